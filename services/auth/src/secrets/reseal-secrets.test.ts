import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { codeOf, fakeClock, memoryDisk, overridingCollection, type TestAnswer } from '@commonpurse/shared/testing';
import { goodPassword, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
const disk = memoryDisk();
const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [old, fresh] = [key('old'), key('fresh')];
const start = (...keys: string[]): Promise<TestAuth> => startAuth({ clock, disk, env: { ENCRYPTION_KEYS: keys.join(',') } });
let auth: TestAuth;
afterEach(() => auth.stop());

test('a key is exchanged with nobody noticing, and then not needed any more', async () => {
  auth = await start(old);
  const people = [await auth.person('ada@example.com'), await auth.person('bob@example.com')];
  const secrets: string[] = [];
  for (const who of people) {
    const { secret } = (await auth.as(who).post('/auth/enable-2fa', { password: goodPassword })).body;
    secrets.push(secret);
    await auth.as(who).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) });
  }
  await auth.person('without@example.com');
  clock.advance(60_000);

  await auth.stop();
  auth = await start(fresh, old);
  const reseal = () => auth.internal().post('/internal/secrets/reseal');
  expect((await reseal()).body).toEqual({ resealed: 3, unreadable: 0 });
  expect((await reseal()).body).toEqual({ resealed: 0, unreadable: 0 });
  expect((await auth.as(people[0]!).post('/internal/secrets/reseal')).status).toBe(401);

  await auth.stop();
  auth = await start(fresh);
  for (const [n, who] of people.entries()) {
    const { challengeToken } = (await auth.login(who.email)).body;
    const body = { challengeToken, code: codeOf(secrets[n]!, clock.now()) };
    expect((await auth.request('POST', '/auth/verify-2fa', { body })).status).toBe(200);
  }
});

test('two operators who exchange a key at the same moment both hear that it is done', async () => {
  const shared = memoryDisk();
  let meanwhile: (() => Promise<unknown>) | null = null;
  const startWith = (...keys: string[]) =>
    startAuth({
      clock,
      disk: shared,
      env: { ENCRYPTION_KEYS: keys.join(',') },
      deps: (deps) => ({
        ...deps,
        documents: overridingCollection(deps.documents, 'signing-keys', (documents) => ({
          replace: async (...change) => {
            const first = meanwhile;
            meanwhile = null;
            await first?.();
            return documents.replace(...change);
          },
        })),
      }),
    });
  auth = await startWith(old);
  await auth.stop();
  auth = await startWith(fresh, old);
  const reseal = () => auth.internal().post('/internal/secrets/reseal');
  let other: TestAnswer | undefined;
  meanwhile = async () => (other = await reseal());
  const { status, body } = await reseal();
  expect([other?.status, other?.body, status, body]).toEqual([200, { resealed: 1, unreadable: 0 }, 200, { resealed: 0, unreadable: 0 }]);
});

test('without the key nobody gets in by a code, and nobody gets around it', async () => {
  auth = await start(key('other'));
  const { challengeToken } = (await auth.login('ada@example.com')).body;
  const { status } = await auth.request('POST', '/auth/verify-2fa', { body: { challengeToken, code: '123456' } });
  expect(status).toBe(500);
  expect(auth.logs).toContainEqual(
    expect.objectContaining({ err: expect.objectContaining({ message: expect.stringContaining('lack the key fresh') }) }),
  );
});

test('where a key is lost for good, the rest is sealed anew, and recovery codes let people in to begin again', async () => {
  const lost = memoryDisk();
  const startWith = (...keys: string[]) => startAuth({ clock, disk: lost, env: { ENCRYPTION_KEYS: keys.join(',') } });
  auth = await startWith(old);
  const ada = await auth.person('ada@example.com');
  const { secret } = (await auth.as(ada).post('/auth/enable-2fa', { password: goodPassword })).body;
  const { recoveryCodes } = (await auth.as(ada).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) })).body;
  await auth.stop();

  auth = await startWith(fresh);
  const bob = await auth.person('bob@example.com');
  await auth.as(bob).post('/auth/enable-2fa', { password: goodPassword });
  await auth.stop();

  const newest = key('newest');
  auth = await startWith(newest, fresh);
  const unreadable = 2; // Ada's seed, and the signing key
  expect((await auth.internal().post('/internal/secrets/reseal')).body).toEqual({ resealed: 1, unreadable });
  const told = auth.logs.filter(({ msg }) => msg === 'a secret can not be read; it stays sealed as it is');
  expect(told.map(({ err }) => (err as Error).message)).toEqual([
    expect.stringMatching(`lack the key old, with which users/${ada.id} `),
    expect.stringMatching('lack the key old, with which signing-keys/'),
  ]);

  const { challengeToken } = (await auth.login(ada.email)).body;
  const entered = await auth.request('POST', '/auth/verify-2fa', { body: { challengeToken, code: recoveryCodes[0] } });
  expect(entered.status).toBe(200);
  const again = auth.as({ token: entered.body.accessToken });
  expect((await again.post('/auth/disable-2fa', { password: goodPassword, code: recoveryCodes[1] })).status).toBe(204);
  expect((await again.post('/auth/enable-2fa', { password: goodPassword })).status).toBe(200);
});
