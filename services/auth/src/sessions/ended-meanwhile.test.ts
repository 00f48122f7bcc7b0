import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { codeOf, overridingCollection } from '@commonpurse/shared/testing';
import { goodPassword as password, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let people = 0;
/** What comes first where somebody has decided about an account and is about to write it; once. */
let meanwhile: (() => Promise<unknown>) | null = null;

const interrupted = (given: DocumentStore): DocumentStore =>
  overridingCollection(given, 'users', (documents) => ({
    replace: async (...change) => {
      const first = meanwhile;
      meanwhile = null;
      await first?.();
      return documents.replace(...change);
    },
  }));

beforeAll(async () => {
  auth = await startAuth({ deps: (deps) => ({ ...deps, documents: interrupted(deps.documents) }) });
});
afterAll(() => auth.stop());

const person = (): Promise<SignedIn> => auth.person(`person-${++people}@example.com`);
const stored = async ({ id }: SignedIn) => {
  const { passwordHash, twoFactor = null, apiKeys = [] } = (await auth.users.get(id))!;
  return { passwordHash, twoFactor, apiKeys };
};
const begin = async (who: SignedIn): Promise<string> => (await auth.as(who).post('/auth/enable-2fa', { password })).body.secret;
async function protectedBy(who: SignedIn): Promise<string[]> {
  const code = codeOf(await begin(who), auth.deps.clock.now());
  return (await auth.as(who).post('/auth/verify-2fa', { code })).body.recoveryCodes;
}

interface Attempt {
  readonly path: string;
  /** What has to be so before; answers what is sent. */
  readonly prepare: (who: SignedIn) => Promise<object> | object;
}
const attempts: readonly Attempt[] = [
  { path: '/auth/api-keys', prepare: () => ({ name: 'Spreadsheet', scopes: ['records:read'] }) },
  { path: '/auth/change-password', prepare: () => ({ currentPassword: password, newPassword: 'another purse of 9 coins' }) },
  { path: '/auth/enable-2fa', prepare: () => ({ password }) },
  { path: '/auth/verify-2fa', prepare: async (who) => ({ code: codeOf(await begin(who), auth.deps.clock.now()) }) },
  { path: '/auth/disable-2fa', prepare: async (who) => ({ password, code: (await protectedBy(who))[0] }) },
  { path: '/auth/recovery-codes', prepare: async (who) => ({ password, code: (await protectedBy(who))[0] }) },
];

test.each(attempts)('what a session asked of $path that is over before it is done has no effect', async ({ path, prepare }) => {
  const ada = await person();
  const body = await prepare(ada);
  const before = await stored(ada);
  meanwhile = () => auth.as(ada).post('/auth/logout');
  const answer = await auth.as(ada).post(path, body);
  expect([answer.status, answer.body?.code]).toEqual([401, 'unauthenticated']);
  expect(await stored(ada)).toEqual(before);
});

test('a key that is asked for while its account is disabled does not live when that is enabled again', async () => {
  const ada = await person();
  const boss = await person();
  const setStatus = (status: 'active' | 'disabled') =>
    auth.request('PATCH', `/admin/users/${ada.id}`, { token: boss.token, body: { status } });
  await auth.internal().post('/internal/admins', { email: boss.email });
  meanwhile = () => setStatus('disabled');
  expect((await auth.as(ada).post('/auth/api-keys', { name: 'Spreadsheet', scopes: ['records:read'] })).status).toBe(401);
  await setStatus('active');
  expect((await auth.users.get(ada.id))!).toMatchObject({ status: 'active', apiKeys: [] });
});
