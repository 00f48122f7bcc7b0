import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { openFrequentPasswords } from './frequent-passwords.ts';

const lines = readFileSync(new URL('./frequent-passwords.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

describe('the shipped list of frequent passwords', () => {
  test('has at least 10,000 entries, each of 12 to 64 characters, once, in lower case, sorted', () => {
    expect(lines.length).toBeGreaterThanOrEqual(10_000);
    expect(
      lines.filter((line) => line.length < 12 || line.length > 64 || line !== line.toLowerCase() || /[^\x21-\x7e]/.test(line)),
    ).toEqual([]);
    expect(lines).toEqual([...new Set(lines)].toSorted());
  });

  test('finds each of its entries, and nothing else', () => {
    const isFrequent = openFrequentPasswords();
    expect(lines.filter((line) => !isFrequent(line))).toEqual([]);
    expect(lines.filter((line) => isFrequent(`${line}~~~`) || isFrequent(line.slice(0, -1) + '\u0001'))).toEqual([]);
    expect(['', '!', '~'.repeat(64), 'a purse full of 7 coins', `${lines[0]}\n${lines[1]}`].filter(isFrequent)).toEqual([]);
  });

  test.each([
    'password1234',
    '123456789012',
    'qwertyuiop123',
    'passwordpassword',
    'iloveyou1234',
    'administrator',
    'unbelievable',
    'correcthorsebatterystaple',
    '1q2w3e4r5t6y',
    'aaaaaaaaaaaa',
    'welcome12345',
    'password2024!',
    'letmein12345',
  ])('knows %s', (password) => {
    expect(openFrequentPasswords()(password)).toBe(true);
  });
});
