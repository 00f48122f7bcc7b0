import { describe, expect, test } from '@jest/globals';
import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { PeerUnavailable } from '../service/peers.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { kidOf, signAccessToken, verifyAccessToken } from './access-token.ts';
import { bearerOf } from './admit.ts';
import { internalKeyOf, signInternal, verifyInternal } from './internal-token.ts';
import { createJwks, jwkOf, type JwksDocument, keysOf } from './jwks.ts';
import { createVerifyBearer } from './verify-bearer.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clock = fakeClock();
const now = Math.floor(clock.now() / 1000);
const claims = { userId: 'ada', sessionId: 's1', role: 'user', scopes: null } as const;
const token = signAccessToken({ ...claims, lifetimeSeconds: 900 }, { privateKey, kid: 'k1', nowMs: clock.now() });

/** A token as somebody else would make it. */
const made = (change: { header?: object; payload?: object; key?: Parameters<SignJWT['sign']>[0] } = {}): Promise<string> =>
  new SignJWT({ sub: 'ada', sid: 's1', role: 'user', aud: 'commonpurse', iss: 'commonpurse', iat: now, exp: now + 900, ...change.payload })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...change.header })
    .sign(change.key ?? privateKey);
const verifier = () => createVerifyBearer({ clock, jwks: createJwks({ clock, fetch: async () => ({ keys: [jwkOf(publicKey, 'k1')] }) }) });

describe('An access token', () => {
  test('is understood by another library, and theirs by us', async () => {
    const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
      issuer: 'commonpurse',
      audience: 'commonpurse',
      currentDate: new Date(clock.now()),
    });
    expect(payload).toEqual({ sub: 'ada', sid: 's1', role: 'user', aud: 'commonpurse', iss: 'commonpurse', iat: now, exp: now + 900 });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' });
    expect(await verifier()(await made())).toEqual({ ...claims, expiresAt: now + 900 });
  });

  test('of a key carries its scopes', () => {
    const scoped = signAccessToken(
      { ...claims, scopes: ['records:read'], lifetimeSeconds: 60 },
      { privateKey, kid: 'k1', nowMs: clock.now() },
    );
    expect(verifyAccessToken(scoped, publicKey, clock.now())?.scopes).toEqual(['records:read']);
  });

  test.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['not three parts', () => 'a.b'],
    ['no JSON', () => 'x.y.z'],
    ['too long', () => `${token}${'A'.repeat(5000)}`],
    ['of another key', () => made({ key: stranger.privateKey })],
    ['of an unknown key', () => made({ header: { kid: 'k2' } })],
    ['of a key named like a path', () => made({ header: { kid: '../../etc/passwd' } })],
    ['without a key id', () => made({ header: { kid: undefined } })],
    ['that brings its own key', () => made({ header: { jwk: jwkOf(stranger.publicKey, 'k1') }, key: stranger.privateKey })],
    ['that says where its key is', () => made({ header: { jku: 'https://evil.example/keys', kid: 'k9' }, key: stranger.privateKey })],
    ['of another type', () => made({ header: { typ: 'JWT' } })],
    ['with critical extensions', () => made({ header: { crit: ['b64'], b64: true } })],
    ['expired', () => made({ payload: { exp: now - 1 } })],
    ['of the very second it expires', () => made({ payload: { exp: now } })],
    ['without an end', () => made({ payload: { exp: undefined } })],
    ['not valid yet', () => made({ payload: { nbf: now + 60 } })],
    ['for somebody else', () => made({ payload: { aud: 'other' } })],
    ['from somebody else', () => made({ payload: { iss: 'other' } })],
    ['without a subject', () => made({ payload: { sub: undefined } })],
    ['with a number for a subject', () => made({ payload: { sub: 7 } })],
    ['without a session', () => made({ payload: { sid: undefined } })],
    ['of an unknown role', () => made({ payload: { role: 'root' } })],
    ['changed', () => token.replace(/\.(.)/, (_, first: string) => `.${first === 'e' ? 'f' : 'e'}`)],
  ])('is refused when it is %s, each time', async (_, make) => {
    const [verify, bad] = [verifier(), await make()];
    expect([await verify(bad), await verify(bad)]).toEqual([null, null]);
  });

  test('is refused with the algorithm swapped', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = part({ sub: 'ada', sid: 's1', role: 'admin', aud: 'commonpurse', iss: 'commonpurse', iat: now, exp: now + 900 });
    const none = `${part({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${payload}.`;
    const signed = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${payload}`;
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const confused = `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
    for (const forged of [none, confused, `${token.split('.').slice(0, 2).join('.')}.`]) {
      expect(await verifier()(forged)).toBeNull();
      expect(verifyAccessToken(forged, publicKey, clock.now())).toBeNull();
    }
    expect(kidOf(none)).toBeNull();
  });

  test('is good until it expires, and not after, wherever it has been before', async () => {
    const time = fakeClock(clock.now());
    const instance = () =>
      createVerifyBearer({ clock: time, jwks: createJwks({ clock: time, fetch: async () => ({ keys: [jwkOf(publicKey, 'k1')] }) }) });
    const known = instance();
    expect(await known(token)).toEqual(await known(token));
    time.advance(899_999);
    for (const verify of [known, instance()]) expect(await verify(token)).toEqual({ ...claims, expiresAt: now + 900 });
    time.advance(1);
    expect([await known(token), await known(token), await instance()(token)]).toEqual([null, null, null]);
  });

  test('is never taken for the one that came before it', async () => {
    const verify = verifier();
    const bobs = await made({ payload: { sub: 'bob', sid: 's2' } });
    const seen: unknown[] = [];
    for (const each of [token, bobs, bobs, token, `${token}x`, token]) seen.push((await verify(each))?.userId);
    expect(seen).toEqual(['ada', 'bob', 'bob', 'ada', undefined, 'ada']);
  });

  test('that was good once is no good any more when its key was taken out', async () => {
    const time = fakeClock(clock.now());
    let keys = [jwkOf(publicKey, 'k1')];
    const verify = createVerifyBearer({ clock: time, jwks: createJwks({ clock: time, fetch: async () => ({ keys }) }) });
    expect(await verify(token)).not.toBeNull();
    keys = [jwkOf(stranger.publicKey, 'k2')];
    time.advance(5 * 60_000);
    expect(await verify(token)).toBeNull();
    expect(await verify(token)).toBeNull();
  });
});

describe('The key set', () => {
  test('is asked once for many who wait, and not for every made-up id', async () => {
    const time = fakeClock();
    let asked = 0;
    let keys = [jwkOf(publicKey, 'k1')];
    const jwks = createJwks({
      clock: time,
      fetch: async () => {
        asked += 1;
        return { keys };
      },
    });
    const found = await Promise.all(Array.from({ length: 10 }, () => jwks.keyFor('k1')));
    expect([asked, found.every((key) => key?.equals(publicKey))]).toEqual([1, true]);
    expect(await Promise.all(['a', 'b', 'c'].map((kid) => jwks.keyFor(kid)))).toEqual([null, null, null]);
    expect(asked).toBe(1);
    keys = [...keys, jwkOf(stranger.publicKey, 'k2')];
    time.advance(5_000);
    expect((await jwks.keyFor('k2'))?.equals(stranger.publicKey)).toBe(true);
    expect(asked).toBe(2);
  });

  test('is asked for again every five minutes, so that a key which was taken out is good nowhere any more', async () => {
    const time = fakeClock();
    let given: JwksDocument = { keys: [jwkOf(publicKey, 'k1'), jwkOf(stranger.publicKey, 'k2')] };
    let asked = 0;
    const fetch = async (): Promise<JwksDocument> => {
      asked += 1;
      return given;
    };
    const jwks = createJwks({ clock: time, fetch });
    expect(await jwks.keyFor('k1')).not.toBeNull();
    given = { keys: [jwkOf(stranger.publicKey, 'k2')] };
    time.advance(5 * 60_000 - 1);
    expect([await jwks.keyFor('k1'), asked]).toEqual([expect.anything(), 1]);
    time.advance(1);
    expect(await Promise.all(Array.from({ length: 10 }, () => jwks.keyFor('k1')))).toEqual(Array(10).fill(null));
    expect([await jwks.keyFor('k2'), asked]).toEqual([expect.anything(), 2]);
  });

  test('is asked for again by a clock that was set back, which would not get to the next time for long', async () => {
    const time = fakeClock();
    let given: JwksDocument = { keys: [jwkOf(publicKey, 'k1')] };
    const jwks = createJwks({ clock: time, fetch: async () => given });
    expect(await jwks.keyFor('k1')).not.toBeNull();
    given = { keys: [jwkOf(stranger.publicKey, 'k2')] };
    time.advance(-60 * 60_000);
    expect(await jwks.keyFor('k1')).toBeNull();
    given = { keys: [jwkOf(publicKey, 'k3')] };
    time.advance(-60 * 60_000);
    expect(await jwks.keyFor('k3')).not.toBeNull();
  });

  /** It gave one key, and gives another when it comes back. */
  async function keysOfAuthThatIsAway() {
    const time = fakeClock();
    let given: JwksDocument | null = { keys: [jwkOf(publicKey, 'k1')] };
    const fetch = async (): Promise<JwksDocument> => {
      if (!given) throw new PeerUnavailable('auth');
      return given;
    };
    const jwks = createJwks({ clock: time, fetch });
    await jwks.keyFor('k1');
    given = null;
    return { time, jwks, comeBack: () => void (given = { keys: [jwkOf(stranger.publicKey, 'k2')] }) };
  }

  test('goes on counting no longer than otherwise where nobody gave another one before the clock was set back', async () => {
    const { time, jwks, comeBack } = await keysOfAuthThatIsAway();
    time.advance(60 * 60_000);
    expect(await jwks.keyFor('k1')).not.toBeNull();
    comeBack();
    time.advance(-60 * 60_000 + 1_000);
    time.advance(5 * 60_000);
    expect(await jwks.keyFor('k1')).toBeNull();
  });

  test('is asked for anew after a doubt, also when it was being fetched as the doubt came up', async () => {
    const time = fakeClock();
    let given: JwksDocument = { keys: [jwkOf(publicKey, 'k1')] };
    let answer = Promise.withResolvers<void>();
    answer.resolve();
    const fetch = async (): Promise<JwksDocument> => {
      const found = given;
      await answer.promise;
      return found;
    };
    const jwks = createJwks({ clock: time, fetch });
    expect(await jwks.keyFor('k1')).not.toBeNull();
    jwks.doubt();
    answer = Promise.withResolvers();
    const asked = jwks.keyFor('k1');
    given = { keys: [jwkOf(stranger.publicKey, 'k2')] };
    jwks.doubt();
    answer.resolve();
    expect(await asked).not.toBeNull();
    expect(await jwks.keyFor('k1')).toBeNull();
    expect(await jwks.keyFor('k2')).not.toBeNull();
  });

  test('that could not be had a moment ago is asked for after a doubt all the same', async () => {
    const { time, jwks, comeBack } = await keysOfAuthThatIsAway();
    time.advance(5 * 60_000);
    expect(await jwks.keyFor('k1')).not.toBeNull();
    comeBack();
    jwks.doubt();
    expect(await jwks.keyFor('k1')).toBeNull();
  });

  test('goes on counting while nobody can give another one', async () => {
    const time = fakeClock();
    let away = false;
    let asked = 0;
    const fetch = async (): Promise<JwksDocument> => {
      asked += 1;
      if (away) throw new PeerUnavailable('auth');
      return { keys: [jwkOf(publicKey, 'k1')] };
    };
    const jwks = createJwks({ clock: time, fetch });
    await jwks.keyFor('k1');
    away = true;
    time.advance(60 * 60_000);
    for (let n = 0; n < 5; n++) expect(await jwks.keyFor('k1')).not.toBeNull();
    expect(asked).toBe(2);
    time.advance(30_000);
    expect(await jwks.keyFor('k1')).not.toBeNull();
    expect(asked).toBe(3);
  });

  test('that nobody can give is a fault, not an unknown key; the next try asks again', async () => {
    let away = true;
    const jwks = createJwks({
      clock,
      fetch: () => (away ? Promise.reject(new PeerUnavailable('auth')) : Promise.resolve({ keys: [jwkOf(publicKey, 'k1')] })),
    });
    await expect(jwks.keyFor('k1')).rejects.toBeInstanceOf(PeerUnavailable);
    away = false;
    expect(await jwks.keyFor('k1')).not.toBeNull();
  });

  test('holds only keys of our kind', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
    expect([
      ...keysOf({
        keys: [
          { ...rsa, kid: 'r' },
          { ...p384, kid: 'p' },
          { ...jwkOf(publicKey, 'x'), kid: 7 },
        ],
      }).keys(),
    ]).toEqual([]);
    expect(jwkOf(publicKey, 'k1')).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: 'k1',
      use: 'sig',
      alg: 'ES256',
    });
    expect(createPublicKey({ key: jwkOf(publicKey, 'k1'), format: 'jwk' }).equals(publicKey)).toBe(true);
  });
});

describe('An internal token', () => {
  const key = internalKeyOf('a-key-between-services-of-some-length');
  const nowMs = clock.now();
  const good = signInternal({ from: 'records', to: 'auth', key, nowMs });

  test('says who calls whom, for a minute', () => {
    expect(verifyInternal(good, { audience: 'auth', key, nowMs })).toBe('records');
    expect(verifyInternal(good, { audience: 'auth', key, nowMs: nowMs + 60_000 })).toBe('records');
    expect(verifyInternal(good, { audience: 'auth', key, nowMs: nowMs + 66_000 })).toBeNull();
  });

  test('is good for one service and one key', () => {
    expect(verifyInternal(good, { audience: 'budgets', key, nowMs })).toBeNull();
    expect(verifyInternal(good, { audience: 'auth', key: internalKeyOf('another-key-between-services-entirely'), nowMs })).toBeNull();
    expect(verifyInternal(token, { audience: 'auth', key, nowMs })).toBeNull();
    expect(verifyInternal('', { audience: 'auth', key, nowMs })).toBeNull();
  });

  test('that lives too long or lacks a part is refused', async () => {
    const forge = (payload: object) =>
      new SignJWT({ iss: 'records', aud: 'auth', iat: now, exp: now + 60, ...payload })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(createSecretKey(Buffer.from('a-key-between-services-of-some-length')));
    expect(verifyInternal(await forge({}), { audience: 'auth', key, nowMs })).toBe('records');
    for (const payload of [{ exp: now + 3_600 }, { exp: undefined }, { iat: undefined }, { iss: undefined }]) {
      expect(verifyInternal(await forge(payload), { audience: 'auth', key, nowMs })).toBeNull();
    }
  });
});

describe('The Authorization header', () => {
  test.each<[string | undefined, string | null]>([
    [undefined, null],
    ['', null],
    ['Bearer', null],
    ['Bearer ', null],
    ['Basic YTpi', null],
    ['Bearer a b', null],
    ['Bearer a,b', null],
    ['Bearer abc', 'abc'],
    ['bearer  a.b-c_d ', 'a.b-c_d'],
    ['Bearer cp_123', 'cp_123'],
  ])('%j carries %j', (header, expected) => {
    expect(bearerOf(header)).toBe(expected);
  });
});
