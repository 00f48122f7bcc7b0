import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stampKey } from '@commonpurse/shared/access';
import { CacheUnavailable } from '@commonpurse/shared/cache';
import { readHistory, verifyChain } from '@commonpurse/shared/messaging';
import { instantOf } from '@commonpurse/shared/service';
import { fakeClock, type FakeClock } from '@commonpurse/shared/testing';
import { asTimePasses } from '../testing/as-time-passes.ts';
import { everything, type SharingAuth, startSharing, toldOfShares } from '../testing/shares.ts';

let auth: SharingAuth;
let clock: FakeClock;
beforeEach(async () => {
  clock = fakeClock(Date.parse('2026-03-14T12:00:00.000Z'));
  auth = await startSharing({ clock });
});
afterEach(() => asTimePasses(clock, auth.stop()));

const path = '/users/share-permission';
const received = async () => (await auth.as(auth.bob).get('/users/shared-with-me')).body.items;
const given = async () => (await auth.as(auth.ada).get('/users/shared-by-me')).body.items;

describe('a share', () => {
  test('is answered whole, and stands in both lists', async () => {
    const { status, body, headers } = await auth.share({ granteeEmail: ' Bob@Example.com', expiresAt: '2026-03-15T13:00:00+01:00' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      ownerId: auth.ada.id,
      ownerName: 'ada',
      granteeEmail: 'Bob@Example.com',
      access: 'view',
      scope: everything,
      expiresAt: '2026-03-15T12:00:00.000Z',
      createdAt: '2026-03-14T12:00:00.000Z',
      version: 1,
    });
    expect(headers).toMatchObject({ etag: '"1"', location: `${path}/${body.id}` });
    expect([await received(), await given()]).toEqual([[body], [body]]);
  });

  test('shows the id of its grantee only where it was made with it', async () => {
    const { body } = await auth.share({ granteeId: auth.bob.id });
    expect(body).toMatchObject({ granteeId: auth.bob.id, granteeEmail: 'bob@example.com' });
    expect(await received()).toEqual([body]);
  });

  test('holds, and is over, before that is answered', async () => {
    const scope = { kind: 'records', types: ['expense', 'expense'], categories: [' Food ', 'Food'] };
    const { body: share } = await auth.share({ access: 'edit', scope });
    const kept = { kind: 'records', types: ['expense'], categories: ['Food'] };
    const grant = { shareId: share.id, ownerId: auth.ada.id, since: share.createdAt, access: 'edit', scope: kept, expiresAt: null };
    expect(await auth.grantsOf(auth.bob)).toEqual([{ ...grant, version: 1 }]);
    expect(await auth.sharedWith(auth.ada)).toEqual([auth.bob.id]);
    expect((await auth.as(auth.ada).put(`${path}/${share.id}`, { access: 'view', scope })).body).toMatchObject({
      access: 'view',
      version: 2,
    });
    expect(await auth.grantsOf(auth.bob)).toEqual([{ ...grant, access: 'view', version: 2 }]);
    expect((await auth.as(auth.ada).delete(`${path}/${share.id}`)).status).toBe(204);
    expect([await auth.grantsOf(auth.bob), await auth.sharedWith(auth.ada)]).toEqual([[], []]);
    expect([await received(), await given()]).toEqual([[], []]);
  });

  test('says since when its scope is held, whatever else becomes of it', async () => {
    const { body: share } = await auth.share();
    clock.advance(1000);
    await auth.as(auth.ada).put(`${path}/${share.id}`, { access: 'edit', scope: everything });
    expect(await auth.grantsOf(auth.bob)).toMatchObject([{ access: 'edit', since: share.createdAt }]);
    await auth.as(auth.ada).put(`${path}/${share.id}`, { access: 'edit', scope: { kind: 'records', categories: ['Food'] } });
    expect(await auth.grantsOf(auth.bob)).toMatchObject([{ since: instantOf(clock) }]);
  });

  test('raises the stamps of both, so that every service asks again', async () => {
    const stamps = () => auth.cache.getMany([auth.ada, auth.bob].map(({ id }) => stampKey(id)));
    expect(await stamps()).toEqual(['2', '2']);
    const { body } = await auth.share();
    expect(await stamps()).toEqual(['3', '3']);
    await auth.as(auth.bob).delete(`${path}/${body.id}`);
    expect(await stamps()).toEqual(['4', '4']);
  });

  test('is revoked also while the cache is away', async () => {
    const { body } = await auth.share();
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('away'));
    const revoked = auth.as(auth.ada).delete(`${path}/${body.id}`);
    expect((await asTimePasses(clock, revoked)).status).toBe(204);
    const owed = (await auth.stampDebts.find({})).map(({ userId }) => userId);
    expect(new Set(owed)).toEqual(new Set([auth.ada.id, auth.bob.id]));
    expect(await auth.grantsOf(auth.bob)).toEqual([]);
  });

  test('can be left by its grantee, and changed by its owner only', async () => {
    const { body: share } = await auth.share();
    const cyd = await auth.person('cyd@example.com');
    const terms = { access: 'edit', scope: everything };
    expect((await auth.as(auth.bob).put(`${path}/${share.id}`, terms)).body).toMatchObject({ status: 403, code: 'forbidden' });
    for (const id of [share.id, 'absent']) {
      expect((await auth.as(cyd).put(`${path}/${id}`, terms)).status).toBe(404);
      expect((await auth.as(cyd).delete(`${path}/${id}`)).status).toBe(404);
    }
    expect((await auth.as(auth.bob).delete(`${path}/${share.id}`)).status).toBe(204);
    expect([await received(), await given()]).toEqual([[], []]);
    for (const one of [auth.ada, auth.bob]) expect((await auth.as(one).delete(`${path}/${share.id}`)).status).toBe(404);
    expect((await auth.as(auth.ada).put(`${path}/${share.id}`, terms)).status).toBe(404);
  });

  test('is changed only at the version that was read', async () => {
    const { body } = await auth.share();
    const terms = { access: 'edit', scope: everything };
    const headers = { 'if-match': '"1"' };
    expect((await auth.as(auth.ada).put(`${path}/${body.id}`, terms, { headers })).headers).toMatchObject({ etag: '"2"' });
    expect((await auth.as(auth.ada).put(`${path}/${body.id}`, terms, { headers })).status).toBe(412);
    expect((await auth.as(auth.bob).delete(`${path}/${body.id}`, { headers })).status).toBe(412);
    expect((await auth.as(auth.bob).delete(`${path}/${body.id}`, { headers: { 'if-match': '"2"' } })).status).toBe(204);
  });

  test('is over when it expires, for good', async () => {
    const { body } = await auth.share({ expiresAt: '2026-03-14T12:05:00.000Z' });
    clock.advance(5 * 60_000);
    expect([await received(), await given()]).toEqual([[], []]);
    expect((await auth.as(auth.ada).put(`${path}/${body.id}`, { access: 'edit', scope: everything })).status).toBe(404);
    expect((await auth.as(auth.ada).delete(`${path}/${body.id}`)).status).toBe(404);
    // nor does it take any room where their accounts are written for another one
    for (const who of [auth.ada, auth.bob]) await auth.share({ granteeEmail: 'cyd@example.com' }, who);
    expect([await auth.grantsOf(auth.bob), await auth.sharedWith(auth.ada)]).toEqual([[], []]);
  });

  test('is listed page by page, counted, newest first', async () => {
    for (const name of ['a', 'b', 'c']) {
      clock.advance(1);
      await auth.share({ scope: { kind: 'records', categories: [name] } });
    }
    const first = (await auth.as(auth.bob).get('/users/shared-with-me?limit=2&count=true')).body;
    const names = (page: typeof first) => page.items.map(({ scope }: { scope: { categories: string[] } }) => scope.categories[0]);
    expect([names(first), first.total]).toEqual([['c', 'b'], 3]);
    const second = (await auth.as(auth.bob).get(`/users/shared-with-me?limit=2&cursor=${first.nextCursor}`)).body;
    expect([names(second), second.nextCursor]).toEqual([['a'], null]);
    expect((await auth.as(auth.ada).get(`/users/shared-with-me?limit=2&cursor=${first.nextCursor}`)).status).toBe(400);
    expect((await auth.as(auth.bob).get(`/users/shared-by-me?limit=2&cursor=${first.nextCursor}`)).status).toBe(400);
  });

  test('comes to an end of how many one may give', async () => {
    const template = (await auth.share()).body;
    const { changedAt: _at, outbox: _outbox, historyHash: _hash, ...stored } = (await auth.shares.get(template.id))!;
    await auth.shares.insertMany(Array.from({ length: 199 }, (_, n) => ({ ...stored, _id: `copy-${n}`, version: 1 })));
    expect((await auth.share()).body).toMatchObject({ status: 409, code: 'conflict' });
  });
});

describe('what happens to a share', () => {
  test('is told, and leaves a history that can be checked', async () => {
    const { body } = await auth.share({ access: 'edit' });
    await auth.as(auth.ada).put(`${path}/${body.id}`, { access: 'view', scope: { kind: 'budgets' } });
    await auth.as(auth.bob).delete(`${path}/${body.id}`);
    const told = await toldOfShares(auth, 3);
    expect(told.map(({ id, actor }) => [id, actor])).toEqual([
      [`share.changed/${body.id}/1`, auth.ada.id],
      [`share.changed/${body.id}/2`, auth.ada.id],
      [`share.changed/${body.id}/3`, auth.bob.id],
    ]);
    expect(told.map(({ data }) => data)).toMatchObject([
      { action: 'granted', granteeId: auth.bob.id },
      { action: 'changed', granteeId: auth.bob.id },
      { action: 'left', granteeId: auth.bob.id, ended: true, share: { id: body.id, version: 3, ownerName: 'ada' } },
    ]);
    const lines = await readHistory(auth.history, body.id, await auth.shares.get(body.id));
    const accesses = lines.map(({ entry: { action, change } }) => [action, change?.before?.['access'], change?.after?.['access']]);
    expect(accesses).toEqual([
      ['granted', undefined, 'edit'],
      ['changed', 'edit', 'view'],
      ['left', 'view', undefined],
    ]);
    expect(verifyChain(lines)).toMatchObject({ ok: true });
  });

  test('is told only once it holds', async () => {
    const holding: boolean[] = [];
    const { publish } = auth.bus;
    auth.bus.publish = async (event) => {
      if (event.type === 'share.changed') holding.push((await auth.grantsOf(auth.bob)).length === 1);
      return publish.call(auth.bus, event);
    };
    await auth.share();
    await auth.until(() => holding.length > 0);
    expect(holding).not.toContain(false);
  });

  test('stands in the security log', async () => {
    await auth.stop();
    auth = await startSharing({ clock, logLevel: 'info' });
    const { body } = await auth.share();
    await auth.as(auth.bob).delete(`${path}/${body.id}`);
    const taken = (await auth.share()).body;
    await auth.as(auth.ada).put(`${path}/${taken.id}`, { access: 'edit', scope: everything });
    await auth.as(auth.ada).delete(`${path}/${taken.id}`);
    const noted = auth.logs.filter(({ event }) => event === 'authz_change');
    expect(noted).toMatchObject([
      { userId: auth.ada.id, reason: 'granted', share: body.id },
      { userId: auth.bob.id, reason: 'left', share: body.id },
      { userId: auth.ada.id, reason: 'granted', share: taken.id },
      { userId: auth.ada.id, reason: 'changed', share: taken.id },
      { userId: auth.ada.id, reason: 'revoked', share: taken.id },
    ]);
  });
});

describe('a retried request', () => {
  const headers = { 'idempotency-key': 'k1' };

  test('shares once, and is answered as the first, whatever has become of it', async () => {
    const first = await auth.share({ expiresAt: '2026-03-14T12:05:00.000Z' }, auth.ada, headers);
    for (const access of ['edit', 'view']) await auth.as(auth.ada).put(`${path}/${first.body.id}`, { access, scope: { kind: 'budgets' } });
    clock.advance(6 * 60_000);
    const again = await auth.share({ expiresAt: '2026-03-14T12:05:00.000Z' }, auth.ada, headers);
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true', etag: '"1"' } });
    expect(await auth.shares.count({})).toBe(1);
  });

  test('is answered with what its owner was called then', async () => {
    const first = await auth.share({}, auth.ada, headers);
    const { body: profile } = await auth.as(auth.ada).get('/users/profile');
    const { baseCurrency, locale, timeZone, monthStartDay } = profile;
    await auth.as(auth.ada).put('/users/profile', { displayName: 'Ada King', baseCurrency, locale, timeZone, monthStartDay });
    expect(await given()).toMatchObject([{ ownerName: 'Ada King' }]);
    expect((await auth.share({}, auth.ada, headers)).body).toEqual(first.body);
  });

  test('asks nothing else under the same key', async () => {
    await auth.share({}, auth.ada, headers);
    expect((await auth.share({ access: 'edit' }, auth.ada, headers)).body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect((await auth.share({ granteeEmail: 'cyd@example.com' }, auth.ada, headers)).status).toBe(422);
    // the same person, named in a way that would tell whose address it is
    expect((await auth.share({ granteeId: auth.bob.id }, auth.ada, headers)).status).toBe(422);
    expect((await auth.share({ granteeEmail: 'ada@example.com' }, auth.bob, headers)).status).toBe(201);
  });

  test('brings nothing back', async () => {
    const { body } = await auth.share({}, auth.ada, headers);
    await auth.as(auth.ada).delete(`${path}/${body.id}`);
    expect((await auth.share({}, auth.ada, headers)).body).toEqual(body);
    expect(await auth.grantsOf(auth.bob)).toEqual([]);
  });
});
