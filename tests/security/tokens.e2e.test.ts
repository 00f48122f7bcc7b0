import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signInternal } from '@commonpurse/shared/http';
import { WebSocket } from 'ws';
import { expense } from '../e2e/support/household.ts';
import { cleanUp } from '../e2e/support/launch.ts';
import { type Person, signIn, signUp } from '../e2e/support/person.ts';
import { multipart } from '../e2e/support/upload.ts';
import { behind } from './support/doors.ts';
import { exchange, type Sent } from './support/exchange.ts';
import { type Ground, ground } from './support/ground.ts';
import { jsonOf } from './support/requests.ts';
import { internalKeyIn } from './support/services.ts';
import { byKey, decodePart, type Part, resigned, signingKeyOf, tokenOf } from './support/tokens.ts';

let place: Ground;
let owner: Person;
/** A good token, its parts, and what it was signed with. */
let good: string;
let header: Part;
let claims: Part;
let key: KeyObject;
let internalKey: KeyObject;

beforeAll(async () => {
  place = await ground();
  ({ owner } = place.cast);
  good = owner.tokens.accessToken;
  [header, claims] = [decodePart(good, 0), decodePart(good, 1)];
  key = await signingKeyOf(place.system.dataDir);
  internalKey = await internalKeyIn(place.system.dataDir);
});
afterAll(cleanUp);

/** One path of each service. */
const paths = ['/users/profile', '/records', '/budgets', '/notifications'];
/** What a token brings at every door: the distinct answers. */
async function answersTo(token: string): Promise<string[]> {
  const heard = await Promise.all(paths.map((path) => place.askEverywhere('GET', path, { token })));
  return [...new Set(heard.flat().map(({ answer }) => `${answer.status} ${answer.body.code ?? ''}`.trim()))];
}
const refused = ['401 unauthenticated'];

const stolen = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = (pair: { publicKey: KeyObject }): Part => ({
  ...pair.publicKey.export({ format: 'jwk' }),
  use: 'sig',
  alg: 'ES256',
  kid: 'mine',
});
const hmac =
  (secret: string | Buffer | KeyObject) =>
  (signed: string): string =>
    createHmac('sha256', secret).update(signed).digest('base64url');
const publicPem = (): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
const now = (): number => Math.floor(Date.now() / 1000);
const part = (at: 0 | 1 | 2): string => good.split('.')[at]!;
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens that somebody could try who has no key; all are made when they are tried. */
const forged: Readonly<Record<string, () => string>> = {
  'no algorithm': () => tokenOf({ ...header, alg: 'none' }, claims, () => ''),
  'no algorithm, in another case': () => tokenOf({ ...header, alg: 'NonE' }, claims, () => ''),
  'no algorithm, with a signature': () => tokenOf({ ...header, alg: 'none' }, claims, () => part(2)),
  'no signature': () => `${part(0)}.${part(1)}.`,
  'two parts': () => `${part(0)}.${part(1)}`,
  'four parts': () => `${good}.${part(2)}`,
  'a signature of zeros': () => tokenOf(header, claims, () => Buffer.alloc(64).toString('base64url')),
  'a signature of zeros in DER': () => tokenOf(header, claims, () => Buffer.from('3006020100020100', 'hex').toString('base64url')),
  'its own signature in DER': () => tokenOf(header, claims, (text) => sign('sha256', Buffer.from(text), key).toString('base64url')),
  'a signature with a flipped bit': () => `${part(0)}.${part(1)}.${part(2)[0] === 'A' ? 'B' : 'A'}${part(2).slice(1)}`,
  'another role under the old signature': () => `${part(0)}.${encoded({ ...claims, role: 'admin' })}.${part(2)}`,
  'another person under the old signature': () => `${part(0)}.${encoded({ ...claims, sub: place.cast.stranger.id })}.${part(2)}`,
  'a later end under the old signature': () => `${part(0)}.${encoded({ ...claims, exp: now() + 9e6 })}.${part(2)}`,
  'HS256 with the public key in PEM': () => tokenOf({ ...header, alg: 'HS256' }, claims, hmac(publicPem())),
  'HS256 with the public key in DER': () =>
    tokenOf({ ...header, alg: 'HS256' }, claims, hmac(createPublicKey(key).export({ type: 'spki', format: 'der' }))),
  'HS256 with the public key as JWK': () =>
    tokenOf({ ...header, alg: 'HS256' }, claims, hmac(JSON.stringify(createPublicKey(key).export({ format: 'jwk' })))),
  'HS256 with the name of the key': () => tokenOf({ ...header, alg: 'HS256' }, claims, hmac(String(header['kid']))),
  'HS256 with nothing': () => tokenOf({ ...header, alg: 'HS256', kid: '' }, claims, hmac('')),
  'HS256 with the internal key': () => tokenOf({ ...header, alg: 'HS256' }, claims, hmac(internalKey)),
  'RS256 with a key of their own': () =>
    tokenOf({ ...header, alg: 'RS256' }, claims, (text) => sign('sha256', Buffer.from(text), rsa.privateKey).toString('base64url')),
  'ES256 with a key of their own': () => tokenOf(header, claims, byKey(stolen.privateKey)),
  'ES256 with a key of their own, embedded': () => tokenOf({ ...header, jwk: jwk(stolen) }, claims, byKey(stolen.privateKey)),
  'ES256 with a key of their own, embedded by its name': () =>
    tokenOf({ ...header, kid: 'mine', jwk: jwk(stolen) }, claims, byKey(stolen.privateKey)),
  'ES256 with a key of their own, at an address': () =>
    tokenOf({ ...header, kid: 'mine', jku: 'http://127.0.0.1:1/jwks.json', x5u: 'http://127.0.0.1:1/x' }, claims, byKey(stolen.privateKey)),
  'ES256 with a certificate of their own': () =>
    tokenOf({ ...header, x5c: [Buffer.from('x').toString('base64')] }, claims, byKey(stolen.privateKey)),
  'ES384 with a key of their own': () =>
    tokenOf({ ...header, alg: 'ES384' }, claims, (text) =>
      sign('sha384', Buffer.from(text), { key: wide.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
    ),
  'a key name that is a path': () => tokenOf({ ...header, alg: 'HS256', kid: '../../../../dev/null' }, claims, hmac('')),
  'a key name that is a query': () => tokenOf({ ...header, kid: "' UNION SELECT 'x" }, claims, byKey(stolen.privateKey)),
  'a key name that is a list': () => tokenOf({ ...header, kid: [header['kid']] }, claims, byKey(key)),
  'a key name of every object': () => tokenOf({ ...header, kid: 'constructor' }, claims, byKey(stolen.privateKey)),
  'text that is none': () => 'not-a-token',
  'a header that is no JSON': () => `${Buffer.from('{').toString('base64url')}.${part(1)}.${part(2)}`,
  'a header of 5 kB': () => tokenOf({ ...header, pad: 'x'.repeat(5_000) }, claims, byKey(key)),
};

/** Signed with the true key, as if by a fault of auth's: each is wrong in one claim. */
const wrong: Readonly<Record<string, () => string>> = {
  expired: () => resigned(good, key, { exp: now() - 1 }),
  'expired long ago': () => resigned(good, key, { iat: 1, exp: 901 }),
  'not yet valid': () => resigned(good, key, { nbf: now() + 600 }),
  'without an end': () => resigned(good, key, { exp: undefined }),
  'with an end in words': () => resigned(good, key, { exp: 'never' }),
  'for another audience': () => resigned(good, key, { aud: 'elsewhere' }),
  'for no audience': () => resigned(good, key, { aud: undefined }),
  'of another issuer': () => resigned(good, key, { iss: 'elsewhere' }),
  'of no issuer': () => resigned(good, key, { iss: undefined }),
  'of another type': () => resigned(good, key, {}, { typ: 'JWT' }),
  'of no type': () => resigned(good, key, {}, { typ: undefined }),
  'with a condition nobody knows': () => resigned(good, key, {}, { crit: ['b64'], b64: false }),
  'without a key name': () => resigned(good, key, {}, { kid: undefined }),
  'without a person': () => resigned(good, key, { sub: undefined }),
  'of several persons': () => resigned(good, key, { sub: [claims['sub'], place.cast.stranger.id] }),
  'of nobody': () => resigned(good, key, { sub: randomUUID() }),
  "of one person in another's session": () => resigned(good, key, { sub: place.cast.stranger.id }),
  'of no session': () => resigned(good, key, { sid: randomUUID() }),
  'without a session': () => resigned(good, key, { sid: undefined }),
  'with a role that is none': () => resigned(good, key, { role: 'root' }),
  'with scopes that are no list': () => resigned(good, key, { scopes: 'records:read' }),
};

describe('a token is refused, at the gateway and by every service itself,', () => {
  test('but not a good one, nor one made by this test in the same way', async () => {
    expect(await answersTo(good)).toEqual(['200']);
    expect(await answersTo(resigned(good, key, {}))).toEqual(['200']);
  });
  test.each(Object.keys(forged))('forged: %s', async (name) => expect(await answersTo(forged[name]!())).toEqual(refused));
  test.each(Object.keys(wrong))('%s', async (name) => expect(await answersTo(wrong[name]!())).toEqual(refused));

  test('of another kind', async () => {
    const { body } = await owner.post('/auth/ws-ticket');
    const peers = behind.map((to) => signInternal({ from: 'gateway', to, key: internalKey, nowMs: Date.now() }));
    for (const token of [owner.tokens.refreshToken, body.ticket, ...peers]) expect(await answersTo(token)).toEqual(refused);
    // what was only looked at still works
    expect((await exchange(place.system.url, 'POST', '/auth/refresh', jsonOf({ refreshToken: owner.tokens.refreshToken }))).status).toBe(
      200,
    );
  });

  test('in another place, or beside another', async () => {
    const places: Record<string, string>[] = [
      { cookie: `access_token=${good}; token=${good}` },
      { 'x-access-token': good },
      { authorization: good },
      { authorization: `Basic ${Buffer.from(`x:${good}`).toString('base64')}` },
      { authorization: `Bearer ${good}, Bearer ${good}` },
      { authorization: `Bearer ${good} ${good}` },
      { 'proxy-authorization': `Bearer ${good}` },
    ];
    for (const headers of places)
      for (const { answer } of await place.askEverywhere('GET', '/records', { headers })) expect(answer.status).toBe(401);
    for (const query of [`access_token=${good}`, `token=${good}`, `authorization=Bearer+${good}`])
      for (const { answer } of await place.askEverywhere('GET', `/records?${query}`)) expect(answer.status).toBe(401);
  });

  test('and with it what it asks for', async () => {
    const count = async (): Promise<number> => (await owner.get('/records?count=true')).body.total;
    const before = await count();
    for (const token of [forged['no algorithm']!(), forged['ES256 with a key of their own, embedded']!(), wrong['expired']!()])
      for (const { answer } of await place.askEverywhere('POST', '/records', { token, ...jsonOf(expense) }))
        expect(answer.status).toBe(401);
    expect(await count()).toBe(before);
  });

  test('also where it opens a socket', async () => {
    const opened = (url: string, token: string): Promise<number> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { authorization: `Bearer ${token}` } });
        socket.on('unexpected-response', (_req, res) => resolve(res.statusCode!));
        socket.on('open', () => (socket.terminate(), resolve(101))).on('error', () => undefined);
      });
    for (const url of [place.system.url, place.doors.service.notifications]) {
      expect(await opened(url, good)).toBe(101);
      for (const make of [...Object.values(forged), ...Object.values(wrong)]) expect(await opened(url, make())).toBe(401);
    }
  });
});

describe('a session that is over', () => {
  const ends: Readonly<Record<string, (leaving: Person) => Promise<unknown>>> = {
    'by signing out': (leaving) => leaving.post('/auth/logout', {}),
    'by signing out everywhere': (leaving) => leaving.post('/auth/logout', { allDevices: true }),
    'taken back from elsewhere': async (leaving) => {
      const other = await signIn(place.system, leaving.email);
      const { items } = (await leaving.get('/auth/sessions')).body;
      const { id } = items.find(({ current }: { current: boolean }) => current);
      expect((await other.call('DELETE', `/auth/sessions/${id}`)).status).toBe(204);
    },
    'by its refresh token used twice': async ({ tokens: { refreshToken } }) => {
      const refresh = (token: string) => exchange(place.system.url, 'POST', '/auth/refresh', jsonOf({ refreshToken: token }));
      const { body: second } = await refresh(refreshToken);
      const { body: third } = await refresh(second.refreshToken);
      await refresh(third.refreshToken);
      expect((await refresh(refreshToken)).body.code).toBe('refresh-token-reused');
    },
  };
  test.each(Object.keys(ends))('%s: its token is refused by the next request, at every door', async (name) => {
    const leaving = await signUp(place.system, `leaving-${Object.keys(ends).indexOf(name)}@home.example`);
    expect(await answersTo(leaving.tokens.accessToken)).toEqual(['200']);
    await ends[name]!(leaving);
    expect(await answersTo(leaving.tokens.accessToken)).toEqual(refused);
    expect(await answersTo(owner.tokens.accessToken)).toEqual(['200']);
  });

  const file = multipart(Buffer.from('Date,Amount\n2026-01-02,-1.00\n'), {});
  const profile = { displayName: 'Eve', baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };
  const share = { granteeEmail: 'eve@away.example', access: 'edit', scope: { kind: 'records' } };
  const budget = { name: 'Food', amount: '1.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
  /** What somebody could begin to say, and the lists in which it would show. */
  const begun: readonly (readonly [method: string, path: string, said: Sent, shows: readonly string[]])[] = [
    ['POST', '/auth/api-keys', jsonOf({ name: 'for later', scopes: ['records:read'] }), ['/auth/api-keys']],
    ['PUT', '/users/profile', jsonOf(profile), []],
    ['POST', '/users/share-permission', jsonOf(share), ['/users/shared-by-me']],
    ['POST', '/records', jsonOf(expense), ['/records']],
    ['POST', '/records/bulk-import', { body: file.raw, headers: file.headers }, ['/records/imports', '/records']],
    ['POST', '/budgets', jsonOf(budget), ['/budgets']],
  ];
  test.each(begun)('has no effect by what it had begun to say: %s %s', async (method, path, said, shows) => {
    const email = `begun-${path.replaceAll('/', '-')}@home.example`;
    const staying = await signUp(place.system, email);
    for (const { url } of place.doors.to(path)) {
      const leaving = await signIn(place.system, email);
      const meanwhile = () => leaving.post('/auth/logout', {});
      const { status, body } = await exchange(url, method, path, { ...said, token: leaving.tokens.accessToken, meanwhile });
      expect([status, body.code]).toEqual([401, 'unauthenticated']);
    }
    for (const list of shows) expect((await staying.get(list)).body.items).toEqual([]);
    expect((await staying.get('/users/profile')).body.version).toBe(1);
  });
});

describe('what services ask of each other', () => {
  const questions: Readonly<Record<(typeof behind)[number], string>> = {
    auth: `/internal/people/${randomUUID()}`,
    records: '/internal/changes?since=2020-01-01T00:00:00.000Z',
    budgets: '/internal/changes?since=2020-01-01T00:00:00.000Z',
    notifications: '/internal/openapi.json',
  };
  const tokenFor = (to: (typeof behind)[number], more: { key?: KeyObject; nowMs?: number } = {}): string =>
    signInternal({ from: 'gateway', to, key: internalKey, nowMs: Date.now(), ...more });

  test.each(behind)('is not to be had through the gateway: %s', async (service) => {
    for (const token of [undefined, good, tokenFor(service)]) {
      const { status, body } = await exchange(place.system.url, 'GET', questions[service], { token });
      expect([404, 401]).toContain(status);
      expect(['not-found', 'unauthenticated']).toContain(body.code);
    }
  });

  test.each(behind)('is answered to a service that says who it is, by %s', async (service) => {
    const statusFor = async (token: string | undefined): Promise<number> =>
      (await exchange(place.doors.service[service], 'GET', questions[service], { token })).status;
    expect([200, 404]).toContain(await statusFor(tokenFor(service)));
    const others = behind.filter((name) => name !== service).map((name) => tokenFor(name));
    const bad = [
      undefined,
      good,
      ...others,
      tokenFor(service, { key: createSecretKey(Buffer.from('another key of 32 characters....')) }),
      tokenFor(service, { nowMs: Date.now() - 120_000 }),
      tokenFor(service, { nowMs: Date.now() - 120_000 }).replace(/\.[^.]*$/, '.'),
      tokenOf({ alg: 'none' }, { iss: 'gateway', aud: service, iat: now(), exp: now() + 60 }, () => ''),
      tokenOf({ alg: 'HS256' }, { iss: 'gateway', aud: service, iat: now(), exp: now() + 86_400 }, hmac(internalKey)),
      tokenOf({ alg: 'HS256' }, { iss: 'gateway', aud: service, iat: now() }, hmac(internalKey)),
      tokenOf({ alg: 'ES256' }, { iss: 'gateway', aud: service, iat: now(), exp: now() + 60 }, byKey(key)),
    ];
    for (const token of bad) expect({ token, status: await statusFor(token) }).toEqual({ token, status: 401 });
  });
});
