// Builds ../src/passwords/frequent-passwords.txt. What goes in and why: the README beside that file.
//   node frequent-passwords.mjs <folder of @zxcvbn-ts/language-common> <folder of @zxcvbn-ts/language-en> <folder of zxcvbn>
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [languageCommon, languageEn, zxcvbn] = process.argv.slice(2);
const list = (path) => JSON.parse(readFileSync(path, 'utf8'));
const leaked = [
  ...list(`${languageCommon}/src/passwords.json`),
  ...createRequire(import.meta.url)(`${zxcvbn}/lib/frequency_lists.js`).passwords,
];
const words = list(`${languageEn}/src/commonWords.json`);
const encyclopedia = list(`${languageEn}/src/wikipedia.json`);
const firstNames = list(`${languageEn}/src/firstnames.json`);
const phrases = readFileSync(new URL('./frequent-phrases.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

const found = new Set();
const add = (candidate) => {
  const length = candidate.length;
  if (length >= 12 && length <= 64 && /^[\x21-\x7e]+$/.test(candidate)) found.add(candidate.toLowerCase());
};

// 1. Real ones, from leaks, whole.
leaked.forEach(add);

// 2. One long word.
for (const word of [...words.slice(0, 30_000), ...encyclopedia.slice(0, 20_000)]) if (/^[a-z]+$/.test(word)) add(word);

// 3. A frequent password said twice or more, or with the endings that people give it to make it longer.
const top = [...new Set(leaked.slice(0, 49_000))].filter((each) => /^[\x21-\x7e]+$/.test(each));
for (const each of top.slice(0, 3000))
  if (each.length >= 4) for (let times = 2; times <= 3; times++) if (each.length * times <= 20) add(each.repeat(times));
const endings = [
  '1',
  '12',
  '123',
  '1234',
  '12345',
  '123456',
  '1234567',
  '12345678',
  '123456789',
  '1!',
  '123!',
  '1234!',
  '!',
  '!!',
  '!@#',
  '@123',
  '#123',
  '_123',
  '321',
  '007',
  '111',
  '000',
  '666',
  '777',
  '2000',
  '2010',
];
const years = Array.from({ length: 12 }, (_, index) => String(2016 + index));
for (const each of [
  ...top.slice(0, 400),
  'admin',
  'basketball',
  'volleyball',
  'football',
  'softball',
  'liverpool',
  'chelsea',
  'arsenal',
  'manchester',
])
  for (const ending of [...endings, ...years]) add(each + ending);
for (const each of [
  'password',
  'passwort',
  'passw0rd',
  'p@ssword',
  'p@ssw0rd',
  'pa$$word',
  'welcome',
  'welcome1',
  'letmein',
  'iloveyou',
  'qwerty',
  'qwertyuiop',
  'administrator',
  'admin',
  'admin123',
  'basketball',
  'changeme',
  'secret',
  'default',
  'football',
  'baseball',
  'superman',
  'princess',
  'sunshine',
  'monkey',
  'dragon',
  'master',
  'login',
  'summer',
  'winter',
  'spring',
  'autumn',
  'january',
  'february',
  'september',
  'october',
  'november',
  'december',
  'company',
  'test',
  'testing',
  'temporary',
  'commonpurse',
])
  for (let year = 1970; year <= 2030; year++) for (const ending of [`${year}`, `${year}!`]) add(each + ending);
for (const name of firstNames.slice(0, 300)) for (const ending of ['123456', '12345678', '123456789', '123123']) add(name + ending);

// 4. Two frequent ones side by side.
const stems = top.filter((each) => /^[a-z]{4,9}$/.test(each)).slice(0, 60);
for (const first of stems) for (const second of stems) if (first !== second) add(first + second);
for (const digits of ['123', '1234', '12345', '123456', '1234567', '12345678', '123456789', '1234567890', '111111', '123123', '654321'])
  for (const each of top.filter((candidate) => /^[a-z]{3,12}$/.test(candidate)).slice(0, 150)) {
    add(digits + each);
    add(each + digits);
  }

// 5. Walks over the keyboard and runs through the digits and letters, from every start, both ways.
const rows = [
  '1234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '!@#$%^&*()',
  'qwertzuiop',
  'azertyuiop',
  'yxcvbnm',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1q2w3e4r5t6y7u8i9o0p',
  'qawsedrftgyhujikolp',
  'qazwsxedcrfvtgbyhnujmikolp',
  'zaq12wsxcde34rfvbgt56yhnmju78ik',
  '1qazxsw23edcvfr45tgbnhy67ujm',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  'qweasdzxcrtyfghvbn',
  '123qweasdzxc456rtyfghvbn',
  '147258369',
  '789456123',
  '741852963',
  '123321',
  '112233445566778899',
  '9876543210',
  'abc123def456ghi789',
  'a1b2c3d4e5f6g7h8i9j0',
  'q1w2e3r4t5y6u7i8o9p0',
  'aabbccddeeffgg',
  '1a2b3c4d5e6f7g8h',
];
const turned = rows.flatMap((row) => [row, row.split('').toReversed().join('')]);
for (const row of turned) {
  for (let length = 12; length <= 20; length++)
    for (let start = 0; start < row.length; start++) add(row.repeat(6).slice(start, start + length));
}
for (const first of turned.slice(0, 10))
  for (const second of turned.slice(0, 10))
    for (const [left, right] of [
      [6, 6],
      [8, 4],
      [4, 8],
      [10, 2],
      [10, 3],
      [3, 9],
      [9, 3],
      [10, 4],
      [7, 5],
      [5, 7],
      [6, 7],
    ])
      add(first.slice(0, left) + second.slice(0, right));

// 6. One, two or three characters over and over.
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789!*.-_#')
  for (let length = 12; length <= 24; length++) add(character.repeat(length));
for (const unit of '0123456789'.split('').flatMap((first) => '0123456789'.split('').map((second) => first + second)))
  for (const length of [12, 14, 16]) add(unit.repeat(8).slice(0, length));
for (const unit of [
  'abc',
  '123',
  '321',
  'asd',
  'qwe',
  'zxc',
  'xyz',
  'aaa1',
  'abcd',
  '1234',
  'qwer',
  'asdf',
  'zxcv',
  'test',
  'pass',
  'love',
  '12345',
  'qwert',
  'asdfg',
  'abcde',
  '0000',
  'admin',
  'hello',
])
  for (const length of [12, 13, 14, 15, 16, 18, 20, 24]) add(unit.repeat(8).slice(0, length));

// 7. What people say, and what the handbooks hold up as an example.
for (const phrase of phrases)
  for (const joint of ['', '-', '_', '.', '1'])
    for (const ending of ['', '1', '12', '123', '1234', '12345', '123456', '!', '1!', '123!', '2024', '2025', '2026'])
      add(phrase.replaceAll(' ', joint) + ending);

const sorted = [...found].toSorted((a, b) => (a < b ? -1 : 1));
writeFileSync(new URL('../src/passwords/frequent-passwords.txt', import.meta.url), `${sorted.join('\n')}\n`);
