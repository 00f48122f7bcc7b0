import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../e2e/support/eventually.ts';
import { expense, plan } from '../e2e/support/household.ts';
import { cleanUp } from '../e2e/support/launch.ts';
import { mailsOf, password, type Person, signUp } from '../e2e/support/person.ts';
import { importFile } from '../e2e/support/upload.ts';
import { filesBelow } from './support/canaries.ts';
import { exchange, type Sent } from './support/exchange.ts';
import { type Ground, ground, logsIn } from './support/ground.ts';
import { keyOf, type Operation } from './support/open-api.ts';
import { jsonOf } from './support/requests.ts';

let place: Ground;
let owner: Person;
let before: unknown;

beforeAll(async () => {
  place = await ground();
  ({ owner } = place.cast);
  before = await place.everything();
});
afterAll(cleanUp);

const takers = (): Operation[] =>
  place.openApi.operations.filter(({ requestBody }) => requestBody?.content['application/json'] !== undefined);
const exampleOf = (operation: Operation) => operation.requestBody!.content['application/json']!.example as Record<string, unknown>;
const tokenFor = ({ security }: Operation): Pick<Sent, 'token'> => (security.length === 0 ? {} : { token: owner.tokens.accessToken });

/** What a database would take for more than a value. */
const operators: unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $regex: '.*' },
  { $where: 'sleep(1000)' },
  { $in: ['a'] },
  { 'a.b': 1 },
  ['x'],
  [[]],
  { toString: 'x' },
];

describe('where a text is asked for', () => {
  test('an operator, a list or an object is not one, in any field of any body', async () => {
    let tried = 0;
    for (const operation of takers()) {
      const good = exampleOf(operation);
      const texts = Object.entries(good).filter(([, value]) => typeof value === 'string');
      tried += texts.length * operators.length;
      const ask = async (name: string, operator: unknown): Promise<void> => {
        const sent = { ...tokenFor(operation), ...jsonOf({ ...good, [name]: operator }) };
        for (const { door, answer } of await place.askEverywhere(operation.method, place.pathOf(operation), sent)) {
          const told = { door, of: keyOf(operation), name, operator };
          expect({ ...told, status: answer.status }).toEqual({ ...told, status: 400 });
          expect(answer.body.errors.map(({ path }: { path: string }) => path.split('/')[1])).toContain(name);
        }
      };
      for (const [name] of texts) await Promise.all(operators.map((operator) => ask(name, operator)));
    }
    expect(tried).toBeGreaterThan(200);
  });

  test('and no parameter is one', async () => {
    let tried = 0;
    for (const operation of place.openApi.operations.filter(({ method, path }) => method === 'GET' && path !== '/ws')) {
      const names = operation.parameters.filter(({ in: where }) => where === 'query').map(({ name }) => name);
      const queries = names.flatMap((name) => [
        `${name}[$ne]=x`,
        `${name}[]=x`,
        `${name}.$gt=x`,
        `${name}=x&${name}=y`,
        `%24where=${name}`,
      ]);
      tried += queries.length;
      for (const query of queries)
        for (const { door, answer } of await place.askEverywhere('GET', `${place.pathOf(operation)}?${query}`, tokenFor(operation)))
          expect({ door, of: keyOf(operation), query, status: answer.status }).toEqual({ door, of: keyOf(operation), query, status: 400 });
    }
    expect(tried).toBeGreaterThan(150);
  });

  test('of all that, nothing was done', async () => expect(await place.everything()).toEqual(before));
});

describe('a text that looks like more', () => {
  const texts = [
    '$ne',
    '$where',
    '{"$gt":""}',
    '.*',
    '^',
    '(a+)+$',
    '%',
    '_',
    "' OR 1=1 --",
    '\\',
    'a.b',
    '[]',
    '*',
    '?',
    '../..',
    '<script>',
    '${7*7}',
    '{{7*7}}',
  ];
  let ann: Person;
  beforeAll(async () => {
    ann = await signUp(place.system, 'ann@home.example', { baseCurrency: 'EUR' });
    for (const text of texts) {
      const { status } = await ann.post('/records', { ...expense, category: text, tags: [text], description: `about ${text}` });
      expect({ text, status }).toEqual({ text, status: 201 });
    }
  });

  test.each(texts)('%s finds itself and nothing else', async (text) => {
    const found = async (query: string): Promise<string[]> => {
      const { status, body } = await ann.get(`/records?limit=200&${query}`);
      expect({ query, status }).toEqual({ query, status: 200 });
      return body.items.map(({ category }: { category: string }) => category);
    };
    const written = encodeURIComponent(text);
    const filters = (filter: unknown): string => `filters=${encodeURIComponent(JSON.stringify(filter))}`;
    for (const query of [`category=${written}`, `tag=${written}`, filters({ category: { eq: text } }), filters({ tag: { in: [text] } })])
      expect(await found(query)).toEqual([text]);
    const holding = texts.filter((each) => each.includes(text));
    expect((await found(filters({ category: { contains: text } }))).toSorted()).toEqual(holding.toSorted());
  });

  test('takes no longer than another one', async () => {
    // what an expression of this kind does to a matcher that believes in it is not slow, it never ends
    const evil = `${'a'.repeat(60)}!`;
    expect((await ann.post('/records', { ...expense, description: evil })).status).toBe(201);
    for (const text of ['(a+)+$', '(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$'])
      for (const query of [
        `q=${encodeURIComponent(text)}`,
        `filters=${encodeURIComponent(JSON.stringify({ description: { contains: text } }))}`,
      ])
        expect((await ann.get(`/records?${query}`)).status).toBe(200);
  });
});

/** Names that every object of the language has, where a program keeps what it was told by name. */
const inherited = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];

describe('a name that every object has', () => {
  let ann: Person;
  beforeAll(async () => {
    ann = await signUp(place.system, 'proto@home.example', { baseCurrency: 'EUR' });
  });

  test('is a category, a tag and a source like any other', async () => {
    for (const name of inherited) {
      const spent = await ann.post('/records', { ...expense, amount: '2.00', category: name, tags: [name] });
      const { category: _, ...rest } = expense;
      const earned = await ann.post('/records', { ...rest, type: 'income', source: name });
      expect([spent.status, spent.body.category, spent.body.tags, earned.status, earned.body.source]).toEqual([
        201,
        name,
        [name],
        201,
        name,
      ]);
    }
    const { items } = (await ann.get('/categories')).body;
    expect(items.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(inherited));
    const budget = await ann.post('/budgets', {
      ...plan,
      amount: '100.00',
      categories: inherited.map((category) => ({ category, amount: '5.00' })),
    });
    expect(budget.status).toBe(201);
    const { body } = await eventually(
      () => ann.get(`/budgets/${budget.body.id}/progress?date=2024-03-10`),
      (progress) => progress.body.spent === '14.00',
    );
    expect(body.byCategory).toEqual(inherited.map((category) => ({ category, limit: '5.00', spent: '2.00' })));
    const open = await ann.post('/budgets', { ...plan, amount: '100.00' });
    const all = (await ann.get(`/budgets/${open.body.id}/progress?date=2024-03-10`)).body;
    expect(all.byCategory.map((each: { category: string }) => each.category).toSorted()).toEqual(inherited.toSorted());
  });

  test('is a column of a file like any other', async () => {
    const file = `Date,Description,Amount,Currency,${inherited.join(',')}\n2024-03-04,Bakery,-3.20,EUR,${inherited.join(',')}\n`;
    const mapping = { category: 'constructor', tags: '__proto__' };
    const job = await importFile(ann, Buffer.from(file), { mapping, dryRun: true });
    expect(job).toMatchObject({ status: 'done', rows: { imported: 1 }, preview: [{ category: 'constructor', tags: ['__proto__'] }] });
  });

  test('is no field of any body, however it is written, and leaves nothing behind', async () => {
    const bodies = inherited.flatMap((name) => [
      `{"${name}":{"polluted":"yes"}}`,
      `{"${name.replace('_', '\\u005f')}":{"polluted":"yes"}}`,
    ]);
    for (const operation of takers())
      for (const body of [
        ...bodies,
        '{"constructor":{"prototype":{"polluted":"yes"}}}',
        '{"customFields":{"__proto__":{"polluted":"yes"}}}',
      ]) {
        const sent = { ...tokenFor(operation), body, headers: { 'content-type': 'application/json' } };
        for (const { answer } of await place.askEverywhere(operation.method, place.pathOf(operation), sent))
          expect([400, 401]).toContain(answer.status);
      }
    for (const name of inherited)
      for (const query of [`${name}=1`, `${name}[polluted]=yes`, `filters=${encodeURIComponent(`{"${name}":{"eq":"x"}}`)}`])
        for (const { answer } of await place.askEverywhere('GET', `/records?${query}`, { token: owner.tokens.accessToken }))
          expect(answer.status).toBe(400);
    for (const path of ['/records', '/budgets', '/notifications', '/users/profile', '/health/ready'])
      for (const { answer } of await place.askEverywhere('GET', path, { token: owner.tokens.accessToken }))
        expect(answer.text).not.toContain('polluted');
    expect(await place.everything()).toEqual(before);
  });
});

describe('a line break', () => {
  const forged = '\r\nBcc: everybody@evil.example\r\n\r\n<b>owned</b>';

  test('in a name stays out of mails, and in an address makes it none', async () => {
    const email = 'crlf@home.example';
    const named = await exchange(place.system.url, 'POST', '/auth/register', jsonOf({ email, password, displayName: `Ann${forged}` }));
    const addresses = [
      `a${forged}@x.example`,
      `a@x.example${forged}`,
      'a@x.example\nb@y.example',
      'a@x.example, b@y.example',
      '"a\r\n"@x.example',
    ];
    for (const address of addresses)
      for (const path of ['/auth/register', '/auth/forgot-password', '/auth/resend-verification']) {
        const body = path === '/auth/register' ? { email: address, password } : { email: address };
        expect([path, (await exchange(place.system.url, 'POST', path, jsonOf(body))).status]).toEqual([path, 400]);
      }
    if (named.status === 202)
      await eventually(
        () => mailsTo(email),
        (found) => found.length > 0,
      );
    else expect(named.status).toBe(400);
    const all = await mailsTo('');
    expect(all.length).toBeGreaterThan(1);
    for (const mail of all) {
      const [head = ''] = mail.split('\r\n\r\n');
      expect(head).not.toMatch(/^bcc:/im);
      expect(mail).not.toContain('<b>owned</b>');
    }
  });

  test('makes no line in a log, whoever says it and where', async () => {
    const evil = 'x\\n{"level":30,"msg":"forged"}';
    const escape = '\u001b[31m';
    const headers = {
      'user-agent': `curl ${evil} %0d%0a`,
      'x-request-id': 'a%0D%0Aforged',
      referer: evil,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ email: owner.email, password: 'wrong', deviceName: `${escape}\n{"level":30,"msg":"forged"}\n` });
    for (const { answer } of await place.askEverywhere('POST', '/auth/login', { headers, body }))
      expect(answer.status).toBeGreaterThanOrEqual(400);
    for (const path of ['/records/%0A%7B%22level%22:30,%22msg%22:%22forged%22%7D', '/records?%0A{"msg":"forged"}', '/nowhere/%1b[31m'])
      await place.askEverywhere('GET', encodeURI(decodeURI(path)), { headers, token: owner.tokens.accessToken });
    const id = 'after-the-attack';
    await exchange(place.system.url, 'GET', `/records/${id}`, { headers: { 'x-request-id': id }, token: owner.tokens.accessToken });
    const lines = await eventually(logged, (found) => found.some((line) => line.includes(id)));
    for (const line of lines) {
      expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
      expect(line).not.toMatch(/[\p{Cc}--[\u0080-\u009f]]/v);
    }
  });

  const mailsTo = async (address: string): Promise<string[]> => (await mailsOf(place.system)).filter((mail) => mail.includes(address));
  async function logged(): Promise<string[]> {
    const files = await filesBelow(logsIn(place.system.dataDir));
    // the last one may be half written
    return files.flatMap(({ text }) => text.split('\n').slice(0, -1));
  }
});
