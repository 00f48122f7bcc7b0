import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../e2e/support/eventually.ts';
import { expense } from '../e2e/support/household.ts';
import { cleanUp, launch } from '../e2e/support/launch.ts';
import { mailsOf, password, type Person, signUp } from '../e2e/support/person.ts';
import { converse, written } from './support/converse.ts';
import { exchange } from './support/exchange.ts';
import { type Ground, ground } from './support/ground.ts';
import { jsonOf } from './support/requests.ts';

let place: Ground;
let owner: Person;
let stranger: Person;
let bearer: string;

beforeAll(async () => {
  place = await ground();
  ({ owner, stranger } = place.cast);
  bearer = `Authorization: Bearer ${owner.tokens.accessToken}`;
});
afterAll(cleanUp);

/** Headers by which programs behind a proxy have been told who is calling, what and from where. */
const claimed = (id: string): Record<string, string>[] => [
  ...[
    'x-user-id',
    'x-user',
    'x-userid',
    'x-auth-user',
    'x-authenticated-user',
    'x-remote-user',
    'remote-user',
    'x-forwarded-user',
    'x-internal-user',
  ].map((name) => ({ [name]: id })),
  { 'x-user-role': 'admin', 'x-role': 'admin', 'x-internal-request': 'true', 'x-service': 'gateway' },
  { 'x-original-url': '/internal/changes', 'x-rewrite-url': '/internal/changes', 'x-original-uri': '/internal/changes' },
  { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE', 'x-http-method': 'DELETE' },
  { 'x-client-address': '127.0.0.1', 'x-forwarded-for': '127.0.0.1', forwarded: `for=127.0.0.1;host=internal`, 'x-real-ip': '127.0.0.1' },
];

describe('who is calling is said by nothing but the token', () => {
  test('so headers make nobody of an anonymous caller, at the gateway or past it', async () => {
    for (const headers of claimed(owner.id))
      for (const path of ['/users/profile', '/records', `/records/${place.owned.record}`, '/budgets', '/notifications'])
        for (const { door, answer } of await place.askEverywhere('GET', path, { headers }))
          expect({ door, headers, status: answer.status }).toEqual({ door, headers, status: 401 });
  });

  test('and a stranger stays a stranger, who reads what was asked for', async () => {
    const { accessToken: token } = stranger.tokens;
    for (const headers of claimed(owner.id)) {
      for (const { answer } of await place.askEverywhere('GET', '/users/profile', { token, headers }))
        expect(answer.body.id).toBe(stranger.id);
      for (const { answer } of await place.askEverywhere('GET', `/records/${place.owned.record}`, { token, headers }))
        expect(answer.status).toBe(404);
      for (const { answer } of await place.askEverywhere('GET', `/records/${place.owned.record}`, {
        token: owner.tokens.accessToken,
        headers,
      }))
        expect(answer.status).toBe(200);
    }
  });

  test('and no header is lost on the way because another one names it', async () => {
    for (const named of ['X-User-Id', 'Authorization', 'X-Request-Id', 'X-Client-Address', 'Content-Type', 'Idempotency-Key', 'Host']) {
      const id = randomUUID();
      const { body: record, status } = await exchange(place.system.url, 'POST', '/records', {
        ...jsonOf({ ...expense, description: named }),
        token: owner.tokens.accessToken,
        headers: { 'content-type': 'application/json', 'idempotency-key': id, 'x-user-id': stranger.id, connection: `close, ${named}` },
      });
      expect({ named, status, owner: record.ownerId }).toEqual({ named, status: 201, owner: owner.id });
      const again = await exchange(place.system.url, 'POST', '/records', {
        token: owner.tokens.accessToken,
        ...jsonOf({ ...expense, description: named }),
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
      });
      expect(again.body.id).toBe(record.id);
    }
  });
});

describe('a path means one thing', () => {
  const targets = String.raw`
    /records/../internal/changes /records/%2e%2e/internal/changes /records/.%2E/internal/changes /./internal/changes
    //internal/changes /records//internal/changes /// /\internal/changes /records/..\..\internal /records%2f..%2finternal
    /records%5c..%5cinternal /records/%252e%252e/internal/changes /internal/changes /internal%2fchanges /Internal/changes
    /INTERNAL/changes /internal;/changes /records/..;/internal/changes /records;x=1 /;/internal /%69nternal/changes
    /records/%00 /records%00 /%00 /records/%zz /records/% /records/%c0%ae%c0%ae/internal /internal/changes# /records/#/../internal
    /RECORDS /records/ /metrics /admin-metrics /health /health/ /openapi.json/ /.env /docs/../internal /docs/swagger-ui.css/..
    http://evil.example/internal/changes http://127.0.0.1/internal/changes * internal/changes ? /?/internal`
    .trim()
    .split(/\s+/)
    .concat(`/${'a/'.repeat(3_000)}`);
  test.each(targets.map((target) => [target.slice(0, 80), target] as const))('%s', async (_shown, target) => {
    const { statuses, text } = await converse(place.system.url, written(`GET ${target} HTTP/1.1`, [bearer, 'Connection: close']));
    expect({ text: text.slice(0, 300), statuses }).toEqual({
      text: text.slice(0, 300),
      statuses: [[400, 404].find((no) => no === statuses[0])],
    });
    expect(text).not.toContain('"events"');
  });

  test.each(['TRACE', 'CONNECT', 'PROPFIND', 'OPTIONS', 'LOCK', 'PURGE'])('by %s nothing is reached', async (method) => {
    const target = method === 'CONNECT' ? '127.0.0.1:80' : `/records/${place.owned.record}`;
    const { statuses, text } = await converse(place.system.url, written(`${method} ${target} HTTP/1.1`, [bearer, 'Connection: close']));
    // a tunnel is refused by hanging up
    expect(statuses).toEqual(method === 'CONNECT' ? [] : [[400, 404, 405].find((no) => no === statuses[0])]);
    expect(text).not.toContain('eyJ');
  });
});

/** A second request in the body of the first, for whoever reads the first one's end elsewhere. */
const hidden = (): string => written(`DELETE /records/${place.owned.record} HTTP/1.1`, [bearer, 'X-Hidden: 1'], '');

describe('two programs agree where a request ends', () => {
  const bodyOf = (text: string): string => `0\r\n\r\n${text}`;
  const chunked = (size: string, text: string): string => `${size}\r\n${text}\r\n0\r\n\r\n`;
  const cases: readonly (readonly [name: string, make: () => readonly [headers: readonly string[], body: string]])[] = [
    ['length and chunks', () => [[`Content-Length: ${bodyOf(hidden()).length}`, 'Transfer-Encoding: chunked'], bodyOf(hidden())]],
    ['chunks and length', () => [['Transfer-Encoding: chunked', 'Content-Length: 4'], chunked('1', 'x') + hidden()]],
    ['two lengths', () => [['Content-Length: 2', `Content-Length: ${2 + hidden().length}`], `{}${hidden()}`]],
    ['two lengths in one', () => [[`Content-Length: 2, ${2 + hidden().length}`], `{}${hidden()}`]],
    ['a length with a sign', () => [['Content-Length: +2'], `{}${hidden()}`]],
    ['a length in hex', () => [['Content-Length: 0x2'], `{}${hidden()}`]],
    ['a negative length', () => [['Content-Length: -1'], hidden()]],
    ['a length of spaces', () => [['Content-Length: 2 2'], `{}${hidden()}`]],
    ['a space before the colon', () => [['Transfer-Encoding : chunked', 'Content-Length: 2'], `{}${hidden()}`]],
    ['a folded line', () => [['X-Folded: a\r\n Transfer-Encoding: chunked', 'Content-Length: 2'], `{}${hidden()}`]],
    ['a tab in the coding', () => [['Transfer-Encoding:\tchunked', 'Content-Length: 2'], bodyOf(hidden())]],
    ['an unknown coding', () => [['Transfer-Encoding: xchunked', 'Content-Length: 2'], `{}${hidden()}`]],
    ['a coding twice', () => [['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], bodyOf(hidden())]],
    ['chunks not last', () => [['Transfer-Encoding: chunked, gzip'], bodyOf(hidden())]],
    ['a coding in quotes', () => [['Transfer-Encoding: "chunked"', 'Content-Length: 2'], `{}${hidden()}`]],
    ['a bare line feed', () => [['X-A: b\nTransfer-Encoding: chunked', 'Content-Length: 2'], bodyOf(hidden())]],
    ['a bare carriage return', () => [['X-A: b\rTransfer-Encoding: chunked', 'Content-Length: 2'], bodyOf(hidden())]],
    ['a NUL in a header', () => [['X-A: b\0', 'Content-Length: 2'], `{}${hidden()}`]],
    ['a header without a name', () => [[': x', 'Content-Length: 2'], `{}${hidden()}`]],
    ['a chunk size in hex with a prefix', () => [['Transfer-Encoding: chunked'], chunked('0x2', '{}') + hidden()]],
    ['a negative chunk size', () => [['Transfer-Encoding: chunked'], chunked('-2', '{}') + hidden()]],
    ['a chunk size beyond measure', () => [['Transfer-Encoding: chunked'], chunked('ffffffffffffffff2', '{}') + hidden()]],
    ['a chunk that is longer than it says', () => [['Transfer-Encoding: chunked'], chunked('1', '{}') + hidden()]],
    ['a chunk ended by a line feed', () => [['Transfer-Encoding: chunked'], `2\n{}\r\n0\r\n\r\n${hidden()}`]],
  ];
  test.each(cases)('%s: refused, and what is hidden in it is not heard', async (_name, make) => {
    const [headers, body] = make();
    for (const url of [place.system.url, place.doors.service.records]) {
      const all = ['Content-Type: application/json', bearer, ...headers];
      const { statuses, ended, text } = await converse(url, written('POST /records HTTP/1.1', all, body));
      expect({ text, statuses, ended }).toEqual({ text, statuses: [400], ended: true });
    }
    expect((await owner.get(`/records/${place.owned.record}`)).status).toBe(200);
  });

  test('a body that ends where it says leaves the next request what it is', async () => {
    const first = written('POST /records HTTP/1.1', ['Content-Type: application/json', bearer, 'Content-Length: 2'], '{}');
    const second = written('GET /records?limit=1 HTTP/1.1', [bearer, 'Connection: close']);
    for (const url of [place.system.url, place.doors.service.records])
      expect((await converse(url, first + second)).statuses).toEqual([400, 200]);
  });

  test('headers beyond measure, or without end, are refused', async () => {
    const large = written('GET /records HTTP/1.1', [bearer, `X-Large: ${'x'.repeat(20_000)}`]);
    const many = written('GET /records HTTP/1.1', [bearer, ...Array.from({ length: 3_000 }, (_, at) => `X-${at}: ${at}`)]);
    for (const bytes of [large, many]) expect((await converse(place.system.url, bytes)).statuses[0]).toBe(431);
  });
});

test('links in mails lead to the public address, whatever host a request names', async () => {
  const email = 'poisoned@home.example';
  const headers = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    forwarded: 'host=evil.example',
    'x-forwarded-proto': 'https',
    origin: 'https://evil.example',
    referer: 'https://evil.example/',
  };
  for (const { answer } of await place.askEverywhere('POST', '/auth/register', {
    ...jsonOf({ email, password }),
    headers: { ...headers, 'content-type': 'application/json' },
  }))
    expect(answer.status).toBe(202);
  const mails = await eventually(
    async () => (await mailsOf(place.system)).filter((mail) => mail.includes(email)),
    (found) => found.length > 0,
  );
  for (const mail of mails) {
    expect(mail).toContain(place.system.url);
    expect(mail).not.toContain('evil.example');
  }
  const created = await exchange(place.system.url, 'POST', '/records', {
    token: owner.tokens.accessToken,
    ...jsonOf(expense),
    headers: { ...headers, 'content-type': 'application/json' },
  });
  expect(created.headers['location']).toBe(`/records/${created.body.id}`);
});

describe('limits', () => {
  /** The statuses of so many calls, each with other headers. */
  async function calls(url: string, count: number, headersOf: (at: number) => Record<string, string>, token?: string): Promise<number[]> {
    const statuses: number[] = [];
    for (let at = 0; at < count; at += 1) statuses.push((await exchange(url, 'GET', '/records', { headers: headersOf(at), token })).status);
    return statuses;
  }
  const rotated = [
    (at: number) => ({ 'x-forwarded-for': `198.51.100.${at}` }),
    (at: number) => ({ 'x-forwarded-for': `198.51.100.${at}, 203.0.113.${at}` }),
    (at: number) => ({ 'x-real-ip': `198.51.100.${at}`, 'true-client-ip': `198.51.100.${at}`, 'cf-connecting-ip': `198.51.100.${at}` }),
    (at: number) => ({ forwarded: `for=198.51.100.${at}`, 'x-client-address': `198.51.100.${at}` }),
    (at: number) => ({ authorization: `Bearer guess-${at}` }),
  ];

  test('count the connection, whatever address a header names; guessed tokens among them', async () => {
    const { url } = await launch({ env: { RATE_LIMIT_ADDRESS: '1,4' } });
    const statuses = [];
    const startedAt = performance.now();
    for (const headersOf of rotated) statuses.push(...(await calls(url, 4, headersOf)));
    // one comes back each minute
    const backMax = Math.floor((performance.now() - startedAt) / 60_000);
    expect(statuses.slice(0, 4)).toEqual([401, 401, 401, 401]);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(4 + backMax);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  test('count what a trusted proxy names, an IPv6 network of a household as one', async () => {
    const { url } = await launch({ env: { RATE_LIMIT_ADDRESS: '1,2', TRUSTED_PROXIES: '127.0.0.1' } });
    const from = (text: (at: number) => string, count = 4) => calls(url, count, (at) => ({ 'x-forwarded-for': text(at) }));
    expect(await from((at) => `2001:db8:0:1::${at + 1}`)).toEqual([401, 401, 429, 429]);
    expect(await from((at) => `2001:db8:0:1:${(at + 1).toString(16)}:${at}:0:1`)).toEqual([429, 429, 429, 429]);
    expect(await from(() => '2001:DB8:0000:0001::ffff')).toEqual([429, 429, 429, 429]);
    expect(await from(() => '2001:db8:0:2::1')).toEqual([401, 401, 429, 429]);
    expect(await from((at) => (at % 2 === 0 ? '198.51.100.7' : '::ffff:198.51.100.7'))).toEqual([401, 401, 429, 429]);
    // what the client put in front of the proxy's word is not the proxy's word
    expect(await from((at) => `10.0.0.${at}, 198.51.100.7`)).toEqual([429, 429, 429, 429]);
    expect(await from((at) => `198.51.100.${at + 100}`)).toEqual([401, 401, 401, 401]);
  });

  test('count a signed-in user wherever they are, and nobody for them', async () => {
    const system = await launch({ env: { RATE_LIMIT_USER: '1,3', TRUSTED_PROXIES: '127.0.0.1' } });
    const [ann, bob] = [await signUp(system, 'ann@home.example'), await signUp(system, 'bob@home.example')];
    const anywhere = (at: number) => ({ 'x-forwarded-for': `198.51.100.${at}` });
    expect(await calls(system.url, 5, anywhere, ann.tokens.accessToken)).toEqual([200, 200, 200, 429, 429]);
    expect(await calls(system.url, 2, anywhere, bob.tokens.accessToken)).toEqual([200, 200]);
  });
});
