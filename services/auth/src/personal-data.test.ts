import { expect, test } from '@jest/globals';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { describePersonalData } from '@commonpurse/shared/personal-data/contract';
import { fakeClock, memoryDisk } from '@commonpurse/shared/testing';
import { authPersonalData, holdsNobody } from './personal-data.ts';
import { openAuthStore } from './store.ts';
import { createChangeUser } from './people/change-user.ts';
import { everything } from './testing/shares.ts';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from './testing/start-auth.ts';

const profile = { baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };

/** Registers with a name, signs in on a phone, has a key for programs. */
async function use(auth: TestAuth, name: string): Promise<SignedIn> {
  const email = `canary-${name}@example.com`;
  await auth.account(email, { displayName: `canary-${name}-name` });
  const { body } = await auth.request('POST', '/auth/login', {
    body: { email, password: goodPassword, deviceName: `canary-${name}-phone` },
  });
  const person = { token: body.accessToken, refreshToken: body.refreshToken, id: body.user.id, email };
  await auth.as(person).post('/auth/api-keys', { name: `canary-${name}-key`, scopes: ['records:read'] });
  await auth.as(person).put('/users/profile', { ...profile, displayName: `canary-${name}-renamed` });
  return person;
}

/** What is written behind the answers is written. */
const atRest = async (auth: TestAuth, people: number): Promise<void> => {
  const { activeDays } = await openAuthStore(auth.deps.documents);
  await auth.until(async () => {
    const left = [...(await auth.users.find({})).flatMap(({ mails }) => mails), ...(await auth.addressRequests.find({}))];
    return left.length === 0 && (await activeDays.count({})) === people;
  }, 60_000);
};

describePersonalData({
  service: 'auth',
  holdsNobody,
  passing: ['stamp-debts'],
  start: async (deps) => {
    const auth = await startAuth({ clock: fakeClock(), env: { RATE_LIMIT_AUTH: 'off' }, deps });
    const ada = await use(auth, 'ada');
    await auth.internal().post('/internal/admins', { email: ada.email });
    const bob = await use(auth, 'bob');
    const cleo = await auth.person('cleo@example.com');
    const share = { access: 'view', scope: everything };
    await auth.as(ada).post('/users/share-permission', { ...share, granteeEmail: cleo.email });
    await auth.as(cleo).post('/users/share-permission', { ...share, granteeEmail: ada.email });
    await atRest(auth, 3);
    const words = ['-name', '-phone', '-key', '-renamed', '@example.com'];
    return {
      system: auth,
      gone: { id: ada.id, canaries: words.map((word) => `canary-ada${word}`) },
      stays: { id: bob.id, canaries: words.map((word) => `canary-bob${word}`) },
      personal: async (documents) => {
        const store = await openAuthStore(documents);
        const { clock } = auth.deps;
        return authPersonalData({ store, clock, changeUser: createChangeUser({ store, clock, stamps: { raise: async () => {} } }) });
      },
      remains: [
        { collection: 'history', what: ada.id, why: 'the chain of what happened to an account, without what' },
        { collection: 'users', what: ada.id, id: ada.id, why: 'that somebody was here, so that it can be told again that they are gone' },
      ],
    };
  },
});

test("Stamps that are still owed for somebody go with them, and nobody else's", async () => {
  const clock = fakeClock();
  const store = await openAuthStore(await openJsonStore({ directory: 'auth', disk: memoryDisk(), clock }));
  for (const userId of ['ada', 'bob']) await store.stampDebts.insert({ _id: `${userId}:3`, version: 1, userId, personVersion: 3 });
  const changeUser = createChangeUser({ store, clock, stamps: { raise: async () => {} } });
  await authPersonalData({ store, clock, changeUser }).erase('ada');
  expect((await store.stampDebts.find({})).map(({ userId }) => userId)).toEqual(['bob']);
});
