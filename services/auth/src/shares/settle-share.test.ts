import { describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { fakeClock, memoryDisk, overriding } from '@commonpurse/shared/testing';
import { erasedUser } from '../accounts/erased-user.ts';
import { openedAccount } from '../accounts/registration.ts';
import { createChangeUser } from '../people/change-user.ts';
import { type AuthStore, openAuthStore } from '../store.ts';
import { settlePerson, settleShare } from './settle-share.ts';
import { endedShare, newShare } from './share.ts';

const clock = fakeClock();
const profile = { displayName: 'bob', baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };
const asked = { email: 'bob@x.org', passwordHash: '', profile, mailId: 'm' };
const at = '2026-01-01T00:00:00.000Z';

const terms = { access: 'edit', scope: { kind: 'records' }, expiresAt: null } as const;
const grantee = { email: 'bob@x.org', address: 'email:bob@x.org', id: 'bob' };
const origin = { by: 'ada', requestId: 'r' };

async function openStore(): Promise<AuthStore> {
  const store = await openAuthStore(await openJsonStore({ directory: '/auth', disk: memoryDisk(), clock }));
  await store.users.insert({ ...openedAccount('bob', asked, Buffer.alloc(32), clock.now()), verifiedAt: at, personVersion: 1 });
  return store;
}
const shareWithBob = (store: AuthStore, id: string) =>
  store.shares.insert(newShare(terms, { id, ownerId: 'ada', grantee, showsId: false, at }));

test('a share that two instances bring home at once is for neither home before every service knows of it', async () => {
  const store = await openStore();
  await shareWithBob(store, 's');

  const raised: number[] = [];
  const bothRaise = Promise.withResolvers<string>();
  const answer = Promise.withResolvers<void>();
  const raise = async (_userId: string, version: number): Promise<void> => {
    raised.push(version);
    if (raised.length === 2) bothRaise.resolve('both raise the stamp');
    await answer.promise;
  };
  const instance = () => ({ store: { ...store }, clock, changeUser: createChangeUser({ store, stamps: { raise }, clock }) });
  const settling = [1, 2].map(() => settlePerson(instance(), 'bob', origin));

  expect(await Promise.race([bothRaise.promise, ...settling])).toBe('both raise the stamp');
  expect(raised).toEqual([2, 2]);
  answer.resolve();
  await Promise.all(settling);
  expect((await store.users.get('bob'))?.grants).toMatchObject([{ shareId: 's', access: 'edit' }]);
});

test('a share that is taken back before it was brought home does not come home later, by another instance that has read it as it was', async () => {
  const store = await openStore();
  const share = await shareWithBob(store, 's');
  const instance = (own: AuthStore) => ({
    store: own,
    clock,
    changeUser: createChangeUser({ store, stamps: { raise: async () => {} }, clock }),
  });
  let meanwhile: (() => Promise<void>) | null = async () => {
    meanwhile = null;
    await store.shares.replace(endedShare(share, at), share.version);
    await settlePerson(instance({ ...store }), 'bob', origin);
  };
  const find: typeof store.shares.find = async (...given) => {
    const found = await store.shares.find(...given);
    if (found.length > 0) await meanwhile?.();
    return found;
  };
  await settlePerson(instance({ ...store, shares: overriding(store.shares, { find }) }), 'bob', origin);
  expect(meanwhile).toBeNull();
  expect((await store.users.get('bob'))?.grants ?? []).toEqual([]);
});

test('a share that waits for somebody takes the same steps as one that has reached somebody: their time tells nobody who is registered', async () => {
  const stepsFor = async (id: string | null): Promise<string[]> => {
    const store = await openStore();
    const share = await store.shares.insert(newShare(terms, { id: 's', ownerId: 'ada', grantee: { ...grantee, id }, showsId: false, at }));
    const steps: string[] = [];
    const noting = <T extends object>(documents: T): T =>
      new Proxy(documents, {
        get: (real, name) => {
          const value: unknown = Reflect.get(real, name);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]) => {
            steps.push(String(name));
            return Reflect.apply(value, real, given) as unknown;
          };
        },
      });
    const watched = { ...store, users: noting(store.users), shares: noting(store.shares) };
    const changeUser = createChangeUser({ store: watched, stamps: { raise: async () => {} }, clock });
    await settleShare({ store: watched, clock, changeUser }, share, origin);
    return steps.toSorted();
  };
  expect(await stepsFor(null)).toEqual(await stepsFor('bob'));
});

test('a share that is brought home to somebody who is gone makes nobody of them again', async () => {
  const store = await openStore();
  await shareWithBob(store, 's');
  const bob = (await store.users.get('bob'))!;
  const gone = await store.users.replace(erasedUser(bob), bob.version);
  const changeUser = createChangeUser({ store, stamps: { raise: async () => {} }, clock });
  await settlePerson({ store, clock, changeUser }, 'bob', origin);
  expect(await store.users.get('bob')).toEqual(gone);
});

describe('Shares that are brought home at once', () => {
  const countedChanges = (store: AuthStore) => {
    const changeUser = createChangeUser({ store, stamps: { raise: async () => {} }, clock });
    const changes = { count: 0 };
    const counted: typeof changeUser = (...given) => {
      changes.count += 1;
      return changeUser(...given);
    };
    return { changes, deps: { store, clock, changeUser: counted } };
  };

  test('cost two looks at all of them together, not one for each and each other', async () => {
    const store = await openStore();
    await Promise.all(Array.from({ length: 100 }, (_, n) => shareWithBob(store, `s${n}`)));
    const { changes, deps } = countedChanges(store);
    await Promise.all(Array.from({ length: 100 }, () => settlePerson(deps, 'bob', origin)));
    expect(changes.count).toBe(2);
    expect((await store.users.get('bob'))?.grants).toHaveLength(100);
  });

  test('are all home, however late one was made', async () => {
    const store = await openStore();
    const { changes, deps } = countedChanges(store);
    const gate = Promise.withResolvers<void>();
    const late = overriding(store.shares, {
      find: async (...given) => {
        const found = await store.shares.find(...given);
        await gate.promise;
        return found;
      },
    });
    const slowly = { ...deps, store: { ...store, shares: late } };
    const first = settlePerson(slowly, 'bob', origin);
    await new Promise((resolve) => setImmediate(resolve));
    await shareWithBob(store, 'later');
    const others = Array.from({ length: 20 }, () => settlePerson(slowly, 'bob', origin));
    gate.resolve();
    await Promise.race(others);
    expect((await store.users.get('bob'))?.grants).toMatchObject([{ shareId: 'later' }]);
    await Promise.all([first, ...others]);
    expect(changes.count).toBe(2);
  });

  test('are tried again after one that failed', async () => {
    const store = await openStore();
    await shareWithBob(store, 's');
    const { deps } = countedChanges(store);
    const broken = { ...deps, changeUser: () => Promise.reject(new StoreUnavailable('away')) };
    await expect(settlePerson(broken, 'bob', origin)).rejects.toThrow(StoreUnavailable);
    await settlePerson(deps, 'bob', origin);
    expect((await store.users.get('bob'))?.grants).toHaveLength(1);
  });
});
