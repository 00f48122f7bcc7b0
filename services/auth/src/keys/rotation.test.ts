import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createJwks } from '@commonpurse/shared/http';
import { fakeClock, type FakeClock, memoryDisk } from '@commonpurse/shared/testing';
import { type SignedIn, signingPem, startAuth, type StartAuthOptions, type TestAuth } from '../testing/start-auth.ts';
import { openSigningKey } from './signing-key.ts';

let auth: TestAuth;
let clock: FakeClock;
const disk = () => memoryDisk();
const start = async (options: StartAuthOptions = {}): Promise<void> => {
  clock = options.clock ? (options.clock as FakeClock) : fakeClock();
  auth = await startAuth({ env: { RATE_LIMIT_AUTH: 'off' }, ...options, clock });
};
afterEach(() => auth.stop());

const minute = 60_000;
const kids = async (): Promise<string[]> =>
  (await auth.request('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
const kidOfToken = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
const rotate = async (body: object = {}): Promise<{ kid: string; signsFrom: string }> => {
  const { status, body: rotated } = await auth.internal().post('/internal/signing-keys', body);
  expect(status).toBe(200);
  return rotated;
};
const profile = async (token: string): Promise<number> => (await auth.as({ token }).get('/users/profile')).status;
const refreshed = async (who: Pick<SignedIn, 'refreshToken'>): Promise<{ accessToken: string; refreshToken: string }> => {
  const { status, body } = await auth.request('POST', '/auth/refresh', { body: { refreshToken: who.refreshToken } });
  expect(status).toBe(200);
  return body;
};
const configured = openSigningKey(signingPem).kid;

describe('exchanging the signing key', () => {
  test('logs nobody out: shown first, then signing, and the last one taken until its tokens have ended', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    expect([await kids(), kidOfToken(ada.token)]).toEqual([[configured], configured]);
    const { kid, signsFrom } = await rotate();
    expect(Date.parse(signsFrom) - clock.now()).toBe(10 * minute);
    expect(await kids()).toEqual([configured, kid]);
    clock.advance(10 * minute - 1);
    const last = await refreshed(ada);
    expect(kidOfToken(last.accessToken)).toBe(configured);
    clock.advance(1);
    const first = await refreshed(last);
    expect(kidOfToken(first.accessToken)).toBe(kid);
    expect([await profile(last.accessToken), await profile(first.accessToken)]).toEqual([200, 200]);
    clock.advance(15 * minute - 2_000);
    expect(await profile(last.accessToken)).toBe(200);
    clock.advance(minute + 2_000);
    expect(await kids()).toEqual([kid]);
    expect(kidOfToken((await refreshed(first)).accessToken)).toBe(kid);
  });

  test('leaves no private half of a key that is over', async () => {
    await start();
    const { kid } = await rotate();
    clock.advance(10 * minute);
    clock.advance(16 * minute);
    await auth.until(async () => {
      clock.advance(15_000);
      return (await auth.signingKeys.get(configured))?.sealedKey === null;
    });
    expect((await auth.signingKeys.get(kid))?.sealedKey).toMatch(/^v1\.t1\./);
    expect(JSON.stringify(await auth.signingKeys.find({}))).not.toContain('PRIVATE');
  });

  test('holds over a restart, before and after the new one signs', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { kid } = await rotate();
    await auth.restart();
    expect(await kids()).toEqual([configured, kid]);
    clock.advance(10 * minute);
    await auth.restart();
    // The installation's key of a test is another one after a restart only where the test says so: tokens go on.
    expect(kidOfToken((await auth.login(ada.email)).body.accessToken)).toBe(kid);
    clock.advance(20 * minute);
    await auth.restart();
    expect(await kids()).toEqual([kid]);
  });

  test('by another JWT_PRIVATE_KEY goes the same way', async () => {
    const shared = disk();
    await start({ disk: shared });
    const ada = await auth.person('ada@example.com');
    await auth.stop();
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { kid } = openSigningKey(next);
    await start({ clock, disk: shared, env: { RATE_LIMIT_AUTH: 'off', JWT_PRIVATE_KEY: next } });
    expect(await kids()).toEqual([configured, kid]);
    expect(await profile(ada.token)).toBe(200);
    expect(kidOfToken((await auth.login(ada.email)).body.accessToken)).toBe(configured);
    clock.advance(10 * minute);
    expect(kidOfToken((await auth.login(ada.email)).body.accessToken)).toBe(kid);
  });

  test('of a key that was stolen ends what it signed at once, and clients go on by refreshing', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { kid } = await rotate({ compromised: true });
    expect(await kids()).toEqual([kid]);
    expect(await profile(ada.token)).toBe(401);
    const { accessToken } = await refreshed(ada);
    expect([kidOfToken(accessToken), await profile(accessToken)]).toEqual([kid, 200]);
    expect(auth.logs).toContainEqual(expect.objectContaining({ event: 'crypt_key_rotated', keyId: kid, reason: 'compromised' }));
  });

  test('is for operators only', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    expect((await auth.as(ada).post('/internal/signing-keys', {})).status).toBe(401);
    expect(await kids()).toEqual([configured]);
  });
});

describe('a signing key that can not be read any more', () => {
  const keys = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
  const shared = disk();

  test('verifies what it signed, and the newest that can be read signs', async () => {
    await start({ disk: shared, env: { RATE_LIMIT_AUTH: 'off', ENCRYPTION_KEYS: keys('lost') } });
    const { kid } = await rotate();
    clock.advance(10 * minute);
    const ada = await auth.person('ada@example.com');
    expect(kidOfToken(ada.token)).toBe(kid);
    await auth.stop();
    await start({ clock, disk: shared, env: { RATE_LIMIT_AUTH: 'off', ENCRYPTION_KEYS: keys('new') } });
    expect(await profile(ada.token)).toBe(200);
    expect(kidOfToken((await auth.login(ada.email)).body.accessToken)).toBe(configured);
    expect(auth.logs).toContainEqual(expect.objectContaining({ msg: 'a signing key can not be read; it only verifies', kid }));
  });

  test('stands in the way of a start where no other one is left, until another JWT_PRIVATE_KEY is set', async () => {
    const late = fakeClock(fakeClock().now() + 60 * minute);
    const env = { RATE_LIMIT_AUTH: 'off', ENCRYPTION_KEYS: keys('new') };
    let close = async (): Promise<void> => undefined;
    const noted: StartAuthOptions['deps'] = (deps) => {
      close = () => deps.documents.close();
      return deps;
    };
    await expect(start({ clock: late, disk: shared, env, deps: noted })).rejects.toThrow('set another JWT_PRIVATE_KEY');
    await close();
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await start({ clock: late, disk: shared, env: { ...env, JWT_PRIVATE_KEY: next } });
    expect(kidOfToken((await auth.login('ada@example.com')).body.accessToken)).toBe(openSigningKey(next).kid);
  });
});

test('a key that another instance made is found when its first token comes, and made-up ones cost a look now and then', async () => {
  await start();
  const ada = await auth.person('ada@example.com');
  let looks = 0;
  const fetch = async () => ((looks += 1), (await auth.request('GET', '/.well-known/jwks.json')).body);
  const elsewhere = createJwks({ fetch, clock });
  expect(await elsewhere.keyFor(configured)).not.toBeNull();
  clock.advance(5_000);
  for (let n = 0; n < 20; n++) expect(await elsewhere.keyFor(`made-up-${n}`)).toBeNull();
  expect(looks).toBe(2);
  const { kid } = await rotate({ compromised: true });
  const { accessToken } = await refreshed(ada);
  clock.advance(5_000);
  expect(await elsewhere.keyFor(kid)).not.toBeNull();
  expect(await elsewhere.keyFor(configured)).toBeNull();
  expect(looks).toBe(3);
  expect(await profile(accessToken)).toBe(200);
});
