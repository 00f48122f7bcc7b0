import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Household, editable, expectProblem, expense, household, plan } from './support/household.ts';
import { cleanUp } from './support/launch.ts';
import type { Person } from './support/person.ts';

let home: Household;
let ann: Person;
let bob: Person;
let before: unknown;

beforeAll(async () => {
  home = await household();
  ({ ann, bob } = home);
  before = await home.everything();
});
afterAll(cleanUp);

const profile = { displayName: 'Ann', baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };
/** All at once: they have nothing to do with each other. */
const eachOf = <T>(all: readonly T[], act: (one: T) => Promise<void>) => Promise.all(all.map(act));
const json = { 'content-type': 'application/json' };

/** Everything that takes a JSON body. */
const takers: readonly (readonly [method: string, path: string, good: Record<string, unknown>])[] = [
  ['POST', '/records', expense],
  ['PUT', '/records/:record', editable],
  ['PATCH', '/records/:record', { description: 'better' }],
  ['POST', '/budgets', plan],
  ['PUT', '/budgets/:budget', plan],
  ['PATCH', '/budgets/:budget', { name: 'Better' }],
  ['PUT', '/users/profile', profile],
  ['POST', '/auth/register', { email: 'eve@home.example', password: 'correct horse battery staple' }],
  ['POST', '/auth/login', { email: 'ann@home.example', password: 'correct horse battery staple' }],
  ['POST', '/auth/refresh', { refreshToken: 'x' }],
  ['POST', '/auth/verify-email', { token: 'x' }],
  ['POST', '/auth/resend-verification', { email: 'eve@home.example' }],
  ['POST', '/auth/logout', {}],
];
/** The good body with more text before its closing brace. */
const withMore = (good: Record<string, unknown>, more: string): string =>
  JSON.stringify(good).replace(/\}$/, `${Object.keys(good).length > 0 ? ',' : ''}${more}}`);

type Bad = (good: Record<string, unknown>) => string | Buffer;
const badBodies: readonly (readonly [name: string, body: Bad, code: unknown, path: unknown])[] = [
  ['JSON that breaks off', () => '{"type":"expense",', 'malformed-json', ''],
  ['single quotes', () => "{'a':1}", 'malformed-json', ''],
  ['two values', () => '{}{}', 'malformed-json', ''],
  ['NaN', (good) => withMore(good, '"amount":NaN'), 'malformed-json', ''],
  ['a NUL byte', (good) => withMore(good, '"note":"a\0b"'), 'malformed-json', ''],
  ['no UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'malformed-json', ''],
  ['a list', () => '[]', expect.any(String), expect.any(String)],
  ['a text', () => '"text"', expect.any(String), expect.any(String)],
  ['null', () => 'null', expect.any(String), expect.any(String)],
  [
    'lists 10,000 deep',
    (good) => withMore(good, `"note":${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    'too-deep',
    expect.stringMatching(/^\/note/),
  ],
  ['objects 10,000 deep', () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'too-deep', expect.stringMatching(/^\/a/)],
  ['an escaped NUL', (good) => withMore(good, '"note":"a\\u0000b"'), 'invalid-character', '/note'],
  ['a lone high surrogate', (good) => withMore(good, '"note":"\\ud800"'), 'invalid-character', '/note'],
  ['a lone low surrogate', (good) => withMore(good, '"note":"\\udc00x"'), 'invalid-character', '/note'],
  ['a surrogate in a name', (good) => withMore(good, '"\\ud800":1'), 'invalid-character', expect.any(String)],
  ['__proto__', (good) => withMore(good, '"__proto__":{"role":"admin"}'), 'unknown-field', expect.any(String)],
  ['an escaped __proto__', (good) => withMore(good, '"\\u005f_proto__":{}'), 'unknown-field', expect.any(String)],
  ['constructor', (good) => withMore(good, '"constructor":{"prototype":{}}'), 'unknown-field', expect.any(String)],
  ['$where', (good) => withMore(good, '"$where":"sleep(1000)"'), 'unknown-field', '/$where'],
  ['an unknown field', (good) => withMore(good, '"colour":"red"'), 'unknown-field', '/colour'],
  ['an id of its own', (good) => withMore(good, '"id":"mine"'), 'unknown-field', '/id'],
  ['an owner of its own', (good) => withMore(good, '"ownerId":"mine"'), 'unknown-field', '/ownerId'],
  ['a version of its own', (good) => withMore(good, '"version":7'), 'unknown-field', '/version'],
  ['a name twice', (good) => withMore(good, '"note":1,"note":1'), 'duplicate-field', '/note'],
  ['a name twice, once escaped', (good) => withMore(good, '"note":1,"n\\u006fte":1'), 'duplicate-field', '/note'],
  ['an exponent', (good) => withMore(good, '"note":1e2'), 'exponent-notation', '/note'],
];

describe('a body that is no good is refused wherever a body is taken', () => {
  test.each(badBodies)('%s', async (_name, bad, code, path) => {
    await eachOf(takers, async ([method, route, good]) => {
      const answer = await ann.call(method, home.filled(route), { raw: bad(good), headers: json });
      expectProblem(answer, 400, 'validation-failed', [{ path, code }]);
    });
  });

  const wrongTypes: readonly (readonly [name: string, headers: Record<string, string>])[] = [
    ['no content type', {}],
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', { 'content-type': 'application/xml' }],
    ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['UTF-16', { 'content-type': 'application/json; charset=utf-16' }],
    ['compressed', { ...json, 'content-encoding': 'gzip' }],
  ];
  test.each(wrongTypes)('%s', async (_name, headers) => {
    await eachOf(takers, async ([method, route, good]) => {
      expectProblem(await ann.call(method, home.filled(route), { raw: JSON.stringify(good), headers }), 415, 'unsupported-media-type');
    });
  });

  test('2 MiB', async () => {
    const raw = withMore(expense, `"description":"${'x'.repeat(2 * 1024 * 1024)}"`);
    for (const [method, route] of takers)
      expectProblem(await ann.call(method, home.filled(route), { raw, headers: json }), 413, 'too-large');
  });

  test('operators of a database are values of the wrong type', async () => {
    const calls = [
      ['POST', '/records', { ...expense, category: { $ne: null } }, '/category'],
      ['PATCH', '/records/:record', { description: { $gt: '' } }, '/description'],
      ['POST', '/budgets', { ...plan, name: { $regex: '.*' } }, '/name'],
      ['POST', '/auth/login', { email: { $gt: '' }, password: 'correct horse battery staple' }, '/email'],
      ['POST', '/auth/refresh', { refreshToken: { $ne: '' } }, '/refreshToken'],
      ['POST', '/auth/verify-email', { token: { $ne: '' } }, '/token'],
    ] as const;
    for (const [method, path, body, at] of calls)
      expectProblem(await ann.call(method, home.filled(path), { body }), 400, 'validation-failed', [{ path: at, code: 'invalid-type' }]);
  });
});

/** Writes that take an amount or a day; each sends this one, written as it stands. */
const writes = (name: 'amount' | 'day', written: string, currency = 'EUR'): [string, string, string, string][] => {
  const [ofRecord, ofBudget] = name === 'amount' ? ['amount', 'amount'] : ['date', 'startDate'];
  const put = (good: Record<string, unknown>, field: string): string =>
    JSON.stringify({ ...good, currency, [field]: '@' }).replace('"@"', () => written);
  return [
    ['POST', '/records', put(expense, ofRecord), `/${ofRecord}`],
    ['PUT', '/records/:record', put(editable, ofRecord), `/${ofRecord}`],
    ['PATCH', '/records/:record', put({}, ofRecord), `/${ofRecord}`],
    ['POST', '/budgets', put(plan, ofBudget), `/${ofBudget}`],
    ['PUT', '/budgets/:budget', put(plan, ofBudget), `/${ofBudget}`],
    ['PATCH', '/budgets/:budget', put({}, ofBudget), `/${ofBudget}`],
  ];
};

describe('an amount that is none', () => {
  const malformed = [
    '"+5"',
    '".5"',
    '"5."',
    '"NaN"',
    '"Infinity"',
    '"1e3"',
    '"1E3"',
    '""',
    '" 1"',
    '"1 "',
    '"1,50"',
    '"1.000,00"',
    '"0x10"',
    '"--1"',
  ];
  const cases: readonly (readonly [written: string, code: unknown, currency?: string])[] = [
    ...[...malformed, '"\u0661"', '"١٢"', '"１２"', '"1\\n"'].map((written) => [written, 'amount-malformed'] as const),
    ...['1e3', '1E-1', '1.5e+2'].map((written) => [written, 'exponent-notation'] as const),
    ...['0', '-0', '"0"', '"0.00"', '-5', '"-5"', '-0.01'].map((written) => [written, 'amount-not-positive'] as const),
    ...['1.234', '"1.234"', '"1.000"', '0.001'].map((written) => [written, 'amount-too-precise'] as const),
    ['"1.5"', 'amount-too-precise', 'JPY'],
    ['1.5', 'amount-too-precise', 'JPY'],
    ['"1.2345"', 'amount-too-precise', 'BHD'],
    ['"100000000000.00"', 'amount-too-large'],
    ['100000000000', 'amount-too-large'],
    ['"10000000000000"', 'amount-too-large', 'JPY'],
    ['"10000000000.000"', 'amount-too-large', 'BHD'],
    ...['true', '[]', '{}', '["1"]', '{"$gt":0}'].map((written) => [written, 'invalid-type'] as const),
    ['null', expect.any(String)],
  ];
  test.each(cases)('%s', async (written, code, currency = 'EUR') => {
    for (const [method, path, raw, at] of writes('amount', written, currency))
      expectProblem(await ann.call(method, home.filled(path), { raw, headers: json }), 400, 'validation-failed', [{ path: at, code }]);
  });
});

describe('a day that is none', () => {
  const cases = ['2023-02-29', '1900-02-29', '2024-04-31', '2024-13-01', '2024-00-10', '2024-01-00', '2024-1-1', '20240101', '2024-W01-1']
    .concat([
      '2024-01-01T00:00:00Z',
      '',
      ' 2024-01-01',
      '01.02.2024',
      '+002024-01-01',
      '-000001-01-01',
      '2024-01-01\\n',
      'today',
      '1899-12-31',
    ])
    .map((day) => `"${day}"`);
  test.each([...cases, '20240101', 'true', '{}', 'null'])('%s', async (written) => {
    for (const [method, path, raw, at] of writes('day', written))
      expectProblem(await ann.call(method, home.filled(path), { raw, headers: json }), 400, 'validation-failed', [
        { path: at, code: expect.any(String) },
      ]);
  });

  test('of an expense, one that is still to come', async () => {
    const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    for (const [method, path, raw] of writes('day', `"${day}"`).slice(0, 3))
      expectProblem(await ann.call(method, home.filled(path), { raw, headers: json }), 400, 'validation-failed', [
        { path: '/date', code: 'date-in-future' },
      ]);
  });

  test('in a question', async () => {
    for (const day of ['2023-02-29', '2024-13-01', 'today', '2024-1-1', '20240101']) {
      const asked = { from: '/records?from=', to: '/records?to=', date: '/budgets/:budget/progress?date=' };
      for (const [name, path] of Object.entries(asked))
        expectProblem(await ann.get(home.filled(path) + day), 400, 'validation-failed', [{ path: `/${name}`, code: expect.any(String) }]);
      const filters = encodeURIComponent(JSON.stringify({ date: { gte: day } }));
      expectProblem(await ann.get(`/records?filters=${filters}`), 400, 'validation-failed', [
        { path: expect.stringMatching(/^\/filters/), code: expect.any(String) },
      ]);
    }
  });
});

describe('a question that is no good', () => {
  const lists = ['/records', '/budgets', '/notifications', '/auth/sessions', '/records/imports', '/records/:record/history'];
  const cases: readonly (readonly [query: string, path: string])[] = [
    ...['0', '201', '-1', '1.5', 'x', '', '1e2', '0x10', '99999999999999999999'].map((limit) => [`limit=${limit}`, '/limit'] as const),
    ['limit=1&limit=2', '/limit'],
    ['limit=%00', '/limit'],
    ['limit=%ff', '/limit'],
    ['count=maybe', '/count'],
    ['cursor=x', '/cursor'],
    ['cursor=', '/cursor'],
    ['cursor=__proto__', '/cursor'],
    [`cursor=${'A'.repeat(5_000)}`, '/cursor'],
    ['$where=1', '/$where'],
    ['%24where=1', '/$where'],
    ['__proto__=1', '/__proto__'],
    ['limit[$gt]=1', '/limit[$gt]'],
    ['colour=red', '/colour'],
  ];
  test.each(cases)('%s', async (query, path) => {
    for (const list of lists)
      expectProblem(await ann.get(`${home.filled(list)}?${query}`), 400, 'validation-failed', [{ path, code: expect.any(String) }]);
  });

  const filters = [
    '{',
    '[]',
    'null',
    '7',
    '{"$where":"1"}',
    '{"amount":{"$gt":1}}',
    '{"amount":{"gte":1e3}}',
    '{"__proto__":{"eq":1}}',
    '{"colour":{"eq":"red"}}',
  ].concat([
    '{"type":{"eq":"a","eq":"b"}}',
    '{"description":{"contains":"\\u0000"}}',
    '{"amount":{}}',
    '{"category":{"gte":"a"}}',
    `{"a":${'['.repeat(2_000)}`,
  ]);
  test.each([
    ...filters.map((text) => `filters=${encodeURIComponent(text)}`),
    'minAmount=1e3',
    'maxAmount=-1',
    'sort=evil',
    'type=evil',
    'currency=XXQ',
  ])('records by %s', async (query) => {
    const name = query.split('=')[0]!;
    expectProblem(await ann.get(`/records?${query}`), 400, 'validation-failed', [
      { path: expect.stringMatching(`^/${name}`), code: expect.any(String) },
    ]);
  });

  test("a cursor that was tampered with, or is another list's or another person's", async () => {
    const cursor: string = (await ann.get('/records?limit=1')).body.nextCursor;
    expect((await ann.get(`/records?limit=1&cursor=${cursor}`)).status).toBe(200);
    const others = Array.from(cursor, (char, at) => cursor.slice(0, at) + (char === 'A' ? 'B' : 'A') + cursor.slice(at + 1));
    const tampered = [...others, cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, cursor.toUpperCase()];
    const refused = [{ path: '/cursor', code: 'cursor-invalid' }];
    for (const text of tampered) expectProblem(await ann.get(`/records?limit=1&cursor=${text}`), 400, 'validation-failed', refused);
    for (const query of ['sort=date', 'type=expense', 'category=Groceries', 'minAmount=1'])
      expectProblem(await ann.get(`/records?${query}&cursor=${cursor}`), 400, 'validation-failed', refused);
    for (const list of lists.slice(1))
      expectProblem(await ann.get(`${home.filled(list)}?cursor=${cursor}`), 400, 'validation-failed', refused);
    expectProblem(await bob.get(`/records?cursor=${cursor}`), 400, 'validation-failed', refused);
  });
});

test('of all that, nothing was done', async () => expect(await home.everything()).toEqual(before));
