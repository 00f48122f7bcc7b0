import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Doc, Documents } from '@commonpurse/shared/documents';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { fakeClock, type FakeClock } from '@commonpurse/shared/testing';
import { type SharingAuth, startSharing, toldOfShares } from '../testing/shares.ts';

let auth: SharingAuth;
let clock: FakeClock;
let writes: number;
/** What comes first where somebody is about to store a share; once. */
let meanwhile: (() => Promise<unknown>) | null = null;

/** Takes note of every durable write of an account or a share; history and counts are written when nobody waits any more. */
function noting(deps: ServiceDeps): ServiceDeps {
  const { documents } = deps;
  const wrap = <T extends Doc>(collection: Documents<T>): Documents<T> => ({
    ...bound(collection),
    insert: async (...given) => {
      const first = collection.name === 'shares' ? meanwhile : null;
      if (first) meanwhile = null;
      await first?.();
      return noted(await collection.insert(...given));
    },
    replace: (...given) => collection.replace(...given).then(noted),
  });
  return {
    ...deps,
    documents: {
      ...bound(documents),
      collection: async (declaration) => {
        const opened = await documents.collection<never>(declaration);
        return ['users', 'shares'].includes(declaration.name) ? wrap(opened) : opened;
      },
    },
  };
}
function noted<T>(written: T): T {
  writes += 1;
  return written;
}
const bound = <T extends object>(target: T): T =>
  Object.fromEntries(
    [...Object.getOwnPropertyNames(Object.getPrototypeOf(target) as object), ...Object.keys(target)].map((name) => {
      const value = (target as Record<string, unknown>)[name];
      return [name, typeof value === 'function' ? (value as () => unknown).bind(target) : value];
    }),
  ) as T;

beforeEach(async () => {
  writes = 0;
  clock = fakeClock();
  auth = await startSharing({ clock, deps: noting });
});
afterEach(() => auth.stop());

describe('an invitation', () => {
  test('waits for whoever shows that the address is theirs', async () => {
    const { body } = await auth.share({ granteeEmail: 'Cyd@example.com', access: 'edit' });
    expect(body).not.toHaveProperty('granteeId');
    expect(await auth.sharedWith(auth.ada)).toEqual([]);
    await auth.register({ email: 'cyd@example.com' });
    await auth.tokenFor('cyd@example.com');
    expect(await auth.shares.find({ granteeId: { $ne: null } })).toEqual([]);
    const cyd = await auth.person('cyd@example.com');
    expect(await auth.grantsOf(cyd)).toMatchObject([{ shareId: body.id, access: 'edit' }]);
    expect(await auth.sharedWith(auth.ada)).toEqual([cyd.id]);
    expect((await auth.as(cyd).get('/users/shared-with-me')).body.items).toEqual([body]);
    const told = await toldOfShares(auth, 2);
    expect(told).toMatchObject([
      { version: 1, data: { action: 'granted' } },
      { version: 2, data: { action: 'granted', granteeId: cyd.id, share: body } },
    ]);
  });

  test('waits also for somebody who has registered and has yet to show it', async () => {
    await auth.register({ email: 'cyd@example.com' });
    const token = await auth.tokenFor('cyd@example.com');
    const { body } = await auth.share({ granteeEmail: 'cyd@example.com' });
    clock.advance(60_000);
    await auth.request('POST', '/auth/verify-email', { body: { token } });
    const { user: cyd } = (await auth.login('cyd@example.com')).body;
    // held since then: nothing that was told before is told again as if it had been theirs to see
    expect(await auth.grantsOf(cyd)).toMatchObject([{ shareId: body.id, since: new Date(clock.now()).toISOString() }]);
  });

  test('reaches whoever shows that the address is theirs in the very moment in which it is made', async () => {
    await auth.register({ email: 'cyd@example.com' });
    const token = await auth.tokenFor('cyd@example.com');
    meanwhile = () => auth.request('POST', '/auth/verify-email', { body: { token } });
    const { body } = await auth.share({ granteeEmail: 'cyd@example.com' });
    const { user: cyd } = (await auth.login('cyd@example.com')).body;
    expect(await auth.grantsOf(cyd)).toMatchObject([{ shareId: body.id }]);
    expect(await auth.sharedWith(auth.ada)).toEqual([cyd.id]);
  });

  test('that was taken back reaches nobody, also where its request is repeated once somebody has the address', async () => {
    const invite = () => auth.share({ granteeEmail: 'cyd@example.com' }, auth.ada, { 'idempotency-key': 'k1' });
    const { body } = await invite();
    await auth.as(auth.ada).delete(`/users/share-permission/${body.id}`);
    await auth.account('cyd@example.com');
    expect((await invite()).body).toEqual(body);
    expect(await auth.shares.get(body.id)).toMatchObject({ granteeId: null });
  });

  test('looks to its owner the same whether or not anybody has the address', async () => {
    const shown = async () => {
      const { items } = (await auth.as(auth.ada).get('/users/shared-by-me')).body;
      return items.map((share: Record<string, unknown>) => [share['version'], Object.keys(share)]);
    };
    await auth.share({ granteeEmail: 'nobody@example.com' });
    const before = await shown();
    await auth.person('nobody@example.com');
    expect(await shown()).toEqual(before);
    const [share] = (await auth.as(auth.ada).get('/users/shared-by-me')).body.items;
    const headers = { 'if-match': '"1"' };
    expect((await auth.as(auth.ada).delete(`/users/share-permission/${share.id}`, { headers })).status).toBe(204);
  });

  test('costs as many durable writes whether or not anybody has the address', async () => {
    const counted: number[] = [];
    for (const granteeEmail of ['bob@example.com', 'nobody@example.com']) {
      writes = 0;
      const { body } = await auth.share({ granteeEmail });
      await auth.until(async () => (await auth.shares.get(body.id))?.outbox?.length === 0);
      counted.push(writes);
    }
    expect(counted).toEqual([5, 5]);
  });

  test.each<[how: string, facts: () => object, end: (id: string) => unknown]>([
    ['was taken back', () => ({}), (id) => auth.as(auth.ada).delete(`/users/share-permission/${id}`)],
    ['has expired', () => ({ expiresAt: new Date(clock.now() + 60_000).toISOString() }), () => clock.advance(60_000)],
  ])('that %s reaches nobody', async (_how, facts, end) => {
    const { body } = await auth.share({ granteeEmail: 'cyd@example.com', ...facts() });
    await end(body.id);
    const cyd = await auth.person('cyd@example.com');
    expect(await auth.grantsOf(cyd)).toEqual([]);
    expect(await auth.sharedWith(auth.ada)).toEqual([]);
    expect((await auth.as(cyd).get('/users/shared-with-me')).body.items).toEqual([]);
    expect((await auth.as(cyd).delete(`/users/share-permission/${body.id}`)).status).toBe(404);
    await auth.until(async () => (await auth.shares.get(body.id))?.outbox?.length === 0);
    const toldOf = auth.published
      .filter(({ type }) => type === 'share.changed')
      .map(({ data }) => (data as { granteeId: unknown }).granteeId);
    expect(new Set(toldOf)).toEqual(new Set([null]));
  });

  test('by somebody who has one reaches each of several people', async () => {
    await auth.share({ granteeEmail: 'cyd@example.com', scope: { kind: 'budgets', budgetIds: ['b1'] } });
    await auth.share({ granteeEmail: 'cyd@example.com', scope: { kind: 'records', recordIds: ['r1'] } });
    await auth.share({ granteeEmail: 'CYD@example.com' }, auth.bob);
    const cyd = await auth.person('cyd@example.com');
    expect((await auth.grantsOf(cyd)).map(({ ownerId }) => ownerId)).toEqual(
      expect.arrayContaining([auth.ada.id, auth.ada.id, auth.bob.id]),
    );
    expect(await auth.grantsOf(cyd)).toHaveLength(3);
    expect([await auth.sharedWith(auth.ada), await auth.sharedWith(auth.bob)]).toEqual([[cyd.id], [cyd.id]]);
  });
});
