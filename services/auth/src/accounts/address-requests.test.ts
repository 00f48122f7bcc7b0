import { afterEach, expect, test } from '@jest/globals';
import { type Documents, type Draft, StoreUnavailable } from '@commonpurse/shared/documents';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { fakeClock, overridingCollection } from '@commonpurse/shared/testing';
import { goodPassword, startAuth, type TestAuth } from '../testing/start-auth.ts';
import type { User } from './user.ts';

let auth: TestAuth;
afterEach(() => auth.stop());

const email = 'ada@example.com';
const second = 'the second one I chose';
const third = 'the third one of my choice';
type Gate = PromiseWithResolvers<void>;

/** Whoever writes this address's new account first meets this before. */
const beforeFirstAccount =
  (meet: (users: Documents<User>, draft: Draft<User>) => Promise<unknown>) =>
  (deps: ServiceDeps): ServiceDeps => {
    let met = false;
    const documents = overridingCollection<User>(deps.documents, 'users', (users) => ({
      insert: async (draft) => {
        if (!met && draft.email === email) {
          met = true;
          await meet(users, draft);
        }
        return users.insert(draft);
      },
    }));
    return { ...deps, documents };
  };

test('who signs in right after registering is told that the address is not verified, however slow the store is', async () => {
  const held = Promise.withResolvers<void>();
  auth = await startAuth({ deps: beforeFirstAccount(() => held.promise) });
  expect((await auth.register({ email })).status).toBe(202);
  const login = auth.login(email);
  held.resolve();
  const { status, body } = await login;
  expect([status, body.code]).toEqual([403, 'email-not-verified']);
});

test('of two registrations the one that was asked for last is the one that stays', async () => {
  const held = Promise.withResolvers<void>();
  auth = await startAuth({ deps: beforeFirstAccount(() => held.promise) });
  await auth.register({ email });
  await auth.register({ email, password: second });
  // whose turn comes later is done: the second had every chance to be quicker than the first
  await auth.register({ email: 'grace@example.com' });
  await auth.tokenFor('grace@example.com');
  held.resolve();
  await auth.until(async () => (await auth.addressRequests.count({})) === 0);
  expect((await auth.login(email)).status).toBe(401);
  expect((await auth.login(email, second)).status).toBe(403);
});

test('so it is of three, where the first is done before the third was asked for', async () => {
  const [opening, replacing, held] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as [Gate, Gate, Gate];
  const another = (deps: ServiceDeps): ServiceDeps => {
    const documents = overridingCollection<User>(deps.documents, 'users', (users) => ({
      insert: async (draft) => {
        await opening.promise;
        return users.insert(draft);
      },
      replace: async (draft, ...rest) => {
        if ((await users.get(draft._id))?.passwordHash !== draft.passwordHash) {
          replacing.resolve();
          await held.promise;
        }
        return users.replace(draft, ...rest);
      },
    }));
    return { ...deps, documents };
  };
  auth = await startAuth({ deps: another });
  for (const password of [goodPassword, second]) await auth.register({ email, password });
  opening.resolve();
  await replacing.promise;
  await auth.register({ email, password: third });
  await auth.register({ email: 'grace@example.com' });
  await auth.tokenFor('grace@example.com');
  held.resolve();
  await auth.until(async () => (await auth.addressRequests.count({})) === 0);
  expect([(await auth.login(email, second)).status, (await auth.login(email, third)).status]).toEqual([401, 403]);
});

test('a registration that another instance overtakes in opening the account is the one that was asked for last', async () => {
  auth = await startAuth({
    deps: beforeFirstAccount((users, draft) => users.insert({ ...draft, passwordHash: 'of the other one', tokens: [], mails: [] })),
  });
  await auth.register({ email });
  const { status } = await auth.request('POST', '/auth/verify-email', { body: { token: await auth.tokenFor(email) } });
  expect([status, (await auth.login(email)).status]).toEqual([200, 200]);
});

test('what takes longer than until the next look for what was left is done once', async () => {
  const clock = fakeClock();
  const held = Promise.withResolvers<void>();
  auth = await startAuth({ clock, deps: beforeFirstAccount(() => held.promise) });
  const { addressRequests } = auth;
  const { find } = addressRequests;
  let looks = 0;
  addressRequests.find = async (...given) => {
    const found = await find.apply(addressRequests, given);
    looks += found.length;
    return found;
  };
  await auth.register({ email });
  await auth.until(() => {
    clock.advance(1_000);
    return looks > 1;
  });
  held.resolve();
  await auth.until(async () => (await addressRequests.count({})) === 0 && auth.mails.length > 0);
  await auth.atRest();
  expect(auth.mails).toHaveLength(1);
});

test('what could not be done is done later', async () => {
  const clock = fakeClock();
  auth = await startAuth({ clock, deps: beforeFirstAccount(() => Promise.reject(new StoreUnavailable('the store is away'))) });
  expect((await auth.register({ email })).status).toBe(202);
  expect((await auth.login(email)).status).toBe(401);
  await auth.until(async () => {
    await auth.atRest();
    clock.advance(1_000);
    return auth.mails.length === 1;
  });
  expect((await auth.login(email, goodPassword)).status).toBe(403);
  await auth.until(async () => (await auth.addressRequests.count({})) === 0);
  expect(auth.logs).toContainEqual(
    expect.objectContaining({ msg: 'what was asked for an address could not be done; it will be tried again' }),
  );
});
