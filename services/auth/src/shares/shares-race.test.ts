import { describe, expect, test } from '@jest/globals';
import type { Documents, DocumentStore, Doc } from '@commonpurse/shared/documents';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { fakeClock, memoryDisk, mulberry32 } from '@commonpurse/shared/testing';
import { openedAccount } from '../accounts/registration.ts';
import type { User } from '../accounts/user.ts';
import { createChangeUser } from '../people/change-user.ts';
import { type AuthStore, openAuthStore } from '../store.ts';
import { bindShare } from './bind-shares.ts';
import { changeShare, endShare } from './change-share.ts';
import { createShare } from './create-share.ts';
import { grantOf } from './share.ts';
import { welcoming } from './share-outbox.ts';
import { settleShare, type SettleDeps } from './settle-share.ts';
import type { SharesDeps } from './shares-deps.ts';

const clock = fakeClock();
const origin = { by: 'x', requestId: 'r' };

/** A store whose every answer may take long, so that whoever asked goes on with what is old. */
function slow(documents: DocumentStore, below: (limit: number) => number): DocumentStore {
  const wait = async (): Promise<void> => {
    for (let turns = below(4) === 0 ? 40 : below(3); turns > 0; turns -= 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  const wrap = <T extends Doc>(target: Documents<T>): Documents<T> =>
    new Proxy(target, {
      get: (_, name) => {
        if (name === unwrapped) return target;
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function' || name === 'onOutbox') return method;
        return async (...given: unknown[]) => {
          await wait();
          const answer: unknown = await Reflect.apply(method, target, given);
          await wait();
          return answer;
        };
      },
    });
  return { ...documents, collection: async (declaration) => wrap(await documents.collection(declaration)) };
}

const unwrapped = Symbol('the collection itself');
/** The same collection without waiting: for looking on from outside. */
const swift = <T extends Doc>(documents: Documents<T>): Documents<T> =>
  (documents as unknown as { readonly [unwrapped]: Documents<T> })[unwrapped];

interface World {
  readonly deps: SharesDeps;
  readonly settling: SettleDeps;
  readonly store: AuthStore;
  readonly users: Documents<User>;
}
async function openWorld(below: (limit: number) => number): Promise<World> {
  const documents = await openJsonStore({ directory: '/auth', disk: memoryDisk(), clock });
  const store = await openAuthStore(slow(documents, below));
  const users = swift(store.users);
  for (const name of ['ada', 'bob', 'cyd']) {
    const profile = { displayName: name, baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };
    const asked = { email: `${name}@x.org`, passwordHash: '', profile, mailId: name };
    const verified = name === 'cyd' ? {} : { verifiedAt: '2026-01-01T00:00:00.000Z', personVersion: 1 };
    await users.insert({ ...openedAccount(name, asked, Buffer.alloc(32), clock.now()), ...verified });
    await swift(store.addresses).insert({ _id: `email:${name}@x.org`, version: 1, userId: name });
  }
  const settling = { store, clock, changeUser: createChangeUser({ store, stamps: { raise: async () => {} }, clock }) };
  const peers = { get: () => Promise.reject(new Error('nobody')), post: () => Promise.reject(new Error('nobody')) };
  const audit = { info: () => {}, warn: () => {} };
  // another instance than the one that settles: they know of each other by the store alone
  const deps: SharesDeps = {
    ...settling,
    store: { ...store },
    changeUser: welcoming(settling),
    peers,
    audit,
    installationKey: Buffer.alloc(32, 1),
  };
  return { deps, settling, store, users };
}
const callerOf = (userId: string) => ({ userId, person: { email: `${userId}@x.org` } }) as Parameters<typeof createShare>[1]['caller'];

/** Shares, changes, takes back, verifies and relays, all at once. Answers what was wrong at any moment: a share that worked after it was
 *  said to be over, and accounts that don't say in the end what the shares say. */
async function simulate(seed: number): Promise<string[]> {
  const random = mulberry32(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const { deps, settling, store, users } = await openWorld(below);
  const over = new Set<string>();
  const wrong: string[] = [];
  const ids: string[] = [];
  const check = async (): Promise<void> => {
    for (const user of await users.find({})) {
      for (const { shareId } of user.grants ?? []) if (over.has(shareId)) wrong.push(`${shareId} works for ${user._id} after it was over`);
    }
  };
  const target = (id: string, userId: string) => ({ caller: callerOf(userId), id, ifMatch: null, requestId: 'r' });
  const acts: (() => Promise<void>)[] = [
    async () => {
      const granteeEmail = `${['bob', 'cyd'][below(2)]}@x.org`;
      const body = { granteeEmail, access: 'edit' as const, scope: { kind: 'records' as const } };
      const { share } = await createShare(deps, { caller: callerOf('ada'), body, requestId: 'r', idempotencyKey: null });
      ids.push(share._id);
      await bindShare(deps, share._id, origin);
    },
    async () => {
      const id = ids[below(ids.length)];
      if (id !== undefined) await changeShare(deps, target(id, 'ada'), { access: 'view', scope: { kind: 'budgets' } });
    },
    async () => {
      const id = (await store.shares.find({}))[below(4)]?._id;
      if (id === undefined) return;
      await endShare(deps, target(id, 'ada'));
      over.add(id);
    },
    async () => {
      // The relay, late, with a share as it once was.
      const share = (await store.shares.find({}))[below(4)];
      if (share !== undefined) await settleShare(settling, share, origin);
    },
    async () => {
      await deps.changeUser('cyd', origin, (user) => ({
        change: { verifiedAt: '2026-01-01T00:00:00.000Z' },
        ...(user.personVersion === 0 ? { told: { action: 'created', change: null } } : {}),
        result: null,
      }));
    },
  ];
  const actor = async (): Promise<void> => {
    for (let n = 0; n < 8; n += 1) {
      await acts[below(acts.length)]!().catch((error: Error & { code?: string }) => {
        if (error.code !== 'not-found') wrong.push(error.message);
      });
      await check();
    }
  };
  await Promise.all(Array.from({ length: 6 }, actor));
  await check();
  for (const { _id, personVersion, grants = [], sharedWith = [] } of await users.find({})) {
    const received = personVersion === 0 ? [] : await store.shares.find({ granteeId: _id, endedAt: null });
    const given = await store.shares.find({ ownerId: _id, endedAt: null });
    if (JSON.stringify(grants) !== JSON.stringify(received.map(grantOf))) wrong.push(`${_id} holds other grants than the shares say`);
    const others = [...new Set(given.flatMap(({ granteeId }) => granteeId ?? []))].toSorted();
    if (JSON.stringify(sharedWith) !== JSON.stringify(others)) wrong.push(`${_id} shares with ${sharedWith.join()}, not ${others.join()}`);
  }
  const waiting = await store.shares.count({ granteeAddress: 'email:cyd@x.org', granteeId: null, endedAt: null });
  if (waiting > 0 && (await users.get('cyd'))!.personVersion > 0) wrong.push(`${waiting} invitations still wait`);
  return wrong;
}

describe('shares that are changed all at once', () => {
  test.each(Array.from({ length: 40 }, (_, at) => at + 1))('(seed %i) leave accounts that say what the shares say', async (seed) => {
    expect(await simulate(seed)).toEqual([]);
  });
});

test('of shares that one owner makes for somebody at once, their account holds no more than it would of one after the other', async () => {
  const random = mulberry32(1);
  const { deps, users } = await openWorld((limit) => Math.floor(random() * limit));
  const categories = Array.from({ length: 100 }, (_, n) => `${n} ${'x'.repeat(90)}`);
  const share = () =>
    createShare(deps, {
      caller: callerOf('ada'),
      body: { granteeEmail: 'bob@x.org', access: 'view', scope: { kind: 'records', categories } },
      requestId: 'r',
      idempotencyKey: null,
    });
  await Promise.allSettled(Array.from({ length: 30 }, share));
  const held = (await users.get('bob'))!.grants!.map(({ scope }) => Buffer.byteLength(JSON.stringify(scope)));
  expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(64 * 1024);
  expect(held).toHaveLength(6);
});
