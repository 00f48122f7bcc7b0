import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestAnswer, TestClient } from '@commonpurse/shared/testing';
import { food, type Household, lunch, rent, startHousehold } from '../testing/household.ts';

let home: Household;
beforeEach(async () => {
  home = await startHousehold();
});
afterEach(() => home.system.stop());

const idsOf = ({ body }: TestAnswer): string[] => body.items.map(({ id }: { id: string }) => id);
/** Everything of an answer but what names the request. */
const said = ({ status, body, headers }: TestAnswer): unknown => {
  const { requestId: _id, ...problem } = body;
  const { date: _date, 'x-request-id': _header, ...rest } = headers;
  return { status, problem, headers: rest };
};
const { type: _type, ...edited } = { ...lunch, amount: '13.00' };

describe('What is shared is in the list', () => {
  test('only where its owner is asked for, and only what lies in the scope', async () => {
    const { as, ada, bob, has } = home;
    await home.share(food);
    const own = (await as.bob.post('/records', { ...rent, date: '2026-03-05' })).body.id;
    expect(idsOf(await as.bob.get('/records'))).toEqual([own]);
    expect(idsOf(await as.bob.get(`/records?owner=${bob.id}`))).toEqual([own]);
    expect(idsOf(await as.bob.get(`/records?owner=${ada.id}`))).toEqual([has.lunch.id]);
    expect(idsOf(await as.bob.get('/records?owner=all'))).toEqual([has.lunch.id, own]);
    expect((await as.bob.get(`/records?owner=${ada.id}`)).body.items[0]).toEqual(has.lunch);
  });

  test('and searched, filtered and counted like it, telling nothing of the rest', async () => {
    const { as, ada } = home;
    await home.share(food);
    const all = `owner=${ada.id}&count=true`;
    const total = async (query: string): Promise<number> => (await as.bob.get(`/records?${all}&${query}`)).body.total;
    expect(await total('sort=amount')).toBe(1);
    for (const query of ['category=Rent', 'type=income', 'q=flat', 'minAmount=700', 'source=Work', 'to=2026-03-05', 'currency=USD']) {
      expect([query, await total(query)]).toEqual([query, 0]);
    }
    const tricky = encodeURIComponent(JSON.stringify({ category: { in: ['Rent', 'Food'] }, type: { in: ['income', 'expense'] } }));
    expect(await total(`filters=${tricky}`)).toBe(1);
    expect(await total('q=lun')).toBe(1);
  });

  test('page by page without a hint of what lies between', async () => {
    const { as, ada, has } = home;
    await home.share({ kind: 'records', recordIds: [has.wages.id] });
    await home.share(food);
    const newest = (await as.ada.post('/records', { ...rent, date: '2026-03-12' })).body;
    const first = (await as.bob.get(`/records?owner=${ada.id}&limit=1&sort=date`)).body;
    const second = (await as.bob.get(`/records?owner=${ada.id}&limit=1&sort=date&cursor=${first.nextCursor}`)).body;
    expect([first.items, second.items, second.nextCursor]).toEqual([[has.wages], [has.lunch], null]);
    expect(JSON.stringify([first, second])).not.toContain(newest.id);
    await home.revoke();
    expect((await as.bob.get(`/records?owner=all&limit=1&sort=date&cursor=${first.nextCursor}`)).status).toBe(400);
    expect((await as.bob.get(`/records?owner=${ada.id}&limit=1&sort=date&cursor=${first.nextCursor}`)).status).toBe(404);
  });

  test('of an owner who shares nothing, or only budgets, as of one who does not exist', async () => {
    const { as, ada } = home;
    const absent = said(await as.bob.get('/records?owner=absent'));
    expect(absent).toMatchObject({ status: 404 });
    expect(said(await as.bob.get(`/records?owner=${ada.id}`))).toEqual(absent);
    await home.share({ kind: 'budgets' });
    expect(said(await as.bob.get(`/records?owner=${ada.id}`))).toEqual(absent);
    expect((await as.bob.get('/records?owner=all')).body.items).toEqual([]);
    await home.share(food, { expiresAt: '2026-03-14T12:00:00.000Z' });
    expect(said(await as.bob.get(`/records?owner=${ada.id}`))).toEqual(absent);
  });

  test('and never among the categories that somebody uses themselves', async () => {
    await home.as.ada.post('/records', { ...lunch, category: 'Secret' });
    await home.share({ kind: 'records' });
    expect(JSON.stringify((await home.as.bob.get('/categories')).body)).not.toContain('Secret');
  });
});

/** Every way to reach a record by its id. */
const ways: readonly [string, (client: TestClient, id: string) => Promise<TestAnswer>][] = [
  ['read', (client, id) => client.get(`/records/${id}`)],
  ['history', (client, id) => client.get(`/records/${id}/history`)],
  ['replace', (client, id) => client.put(`/records/${id}`, edited)],
  ['patch', (client, id) => client.patch(`/records/${id}`, { amount: '1.00' })],
  ['delete', (client, id) => client.delete(`/records/${id}`)],
  ['restore', (client, id) => client.post(`/records/${id}/restore`)],
];

describe('A record', () => {
  test.each(ways)('that is not shared answers as an absent one (%s)', async (_way, reach) => {
    const { as, has } = home;
    await home.share(food, { access: 'edit' });
    const absent = said(await reach(as.bob, 'absent'));
    expect(absent).toMatchObject({ status: 404 });
    for (const id of [has.rent.id, has.wages.id]) expect(said(await reach(as.bob, id))).toEqual(absent);
    expect(said(await reach(as.stranger, has.lunch.id))).toEqual(absent);
    expect((await as.ada.get(`/records/${has.rent.id}`)).body).toEqual(has.rent);
  });

  test.each(ways.slice(2))('that is shared to be seen is not changed (%s)', async (_way, reach) => {
    const { as, has } = home;
    await home.share(food);
    expect((await reach(as.bob, has.lunch.id)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await as.ada.get(`/records/${has.lunch.id}`)).body).toEqual(has.lunch);
  });

  test('is refused in the order of refusals: the body, then access, then the version', async () => {
    const { as, ada, has } = home;
    await home.share(food);
    const path = `/records/${has.lunch.id}`;
    const stale = { headers: { 'if-match': '"9"' } };
    expect((await as.bob.put(path, { ...edited, date: '2026-03-20' }, stale)).status).toBe(400);
    expect((await as.stranger.put(path, { ...edited, amount: '1.001' })).body.errors).toMatchObject([{ code: 'amount-too-precise' }]);
    expect((await as.stranger.post(`/records?owner=${ada.id}`, { ...lunch, amount: '0' })).body.errors).toMatchObject([
      { code: 'amount-not-positive' },
    ]);
    for (const [patch, code] of [
      [{ amount: '1e3' }, 'amount-malformed'],
      [{ amount: '0' }, 'amount-not-positive'],
      [{ amount: '1.5', currency: 'JPY' }, 'amount-too-precise'],
      [{ customFields: { x: 1 } }, 'unknown-custom-field'],
      [{ date: null }, 'required'],
    ] as const) {
      const absent = said(await as.stranger.patch('/records/absent', patch));
      expect(absent).toMatchObject({ status: 400, problem: { errors: [{ code }] } });
      expect(said(await as.stranger.patch(path, patch))).toEqual(absent);
    }
    // that EUR has two decimals is known of the record alone
    expect((await as.stranger.patch(path, { amount: '1.001' })).status).toBe(404);
    for (const list of [`/records?owner=${ada.id}&`, `${path}/history?`]) {
      expect((await as.stranger.get(`${list}cursor=x`)).body.errors).toMatchObject([{ code: 'cursor-invalid' }]);
    }
    expect((await as.bob.put(path, edited, stale)).status).toBe(403);
    await home.share(food, { access: 'edit' });
    expect((await as.bob.put(path, { ...edited, category: 'Rent' }, stale)).status).toBe(403);
    expect((await as.bob.put(path, edited, stale)).status).toBe(412);
    expect((await as.bob.post(`${path}/restore`)).status).toBe(409);
  });

  test('that is shared to be changed stays its owner’s, and says who did what', async () => {
    const { as, ada, bob, has } = home;
    await home.share(food, { access: 'edit' });
    const path = `/records/${has.lunch.id}`;
    const patched = await as.bob.patch(path, { amount: '14.00' });
    expect(patched.body).toMatchObject({ ownerId: ada.id, createdBy: ada.id, amount: '14.00', version: 2 });
    expect(patched.body.base).toMatchObject({ amount: '14.00', currency: 'EUR' });
    expect((await as.bob.delete(path)).status).toBe(204);
    expect((await as.bob.get(path)).status).toBe(404);
    expect((await as.bob.post(`${path}/restore`)).status).toBe(200);
    const { items } = (await as.ada.get(`${path}/history`)).body;
    expect(items.map(({ action, by }: { action: string; by: string }) => [action, by])).toEqual([
      ['restored', bob.id],
      ['deleted', bob.id],
      ['updated', bob.id],
      ['created', ada.id],
    ]);
    const told = await home.system.until(() => {
      const events = new Map(
        home.system.published.flatMap((event) => (event.subject === has.lunch.id ? [[event.version, event] as const] : [])),
      );
      return events.size === 4 && events;
    });
    expect([1, 2, 3, 4].map((version) => told.get(version)?.actor)).toEqual([ada.id, bob.id, bob.id, bob.id]);
  });

  test('can not be moved out of what is shared, and is gone for the grantee when its owner does', async () => {
    const { as, has } = home;
    await home.share(food, { access: 'edit' });
    const path = `/records/${has.lunch.id}`;
    expect((await as.bob.patch(path, { category: 'Rent' })).body).toMatchObject({ status: 403, code: 'forbidden' });
    await as.ada.patch(path, { category: 'Rent' });
    expect((await as.bob.get(path)).status).toBe(404);
    expect((await as.bob.patch(path, { category: 'Food' })).status).toBe(404);
  });

  test('that may only be seen can not be moved to where its grantee may change things', async () => {
    const { as, has } = home;
    await home.share(food);
    await home.share({ kind: 'records', types: ['expense'], categories: ['Rent'] }, { access: 'edit' });
    const path = `/records/${has.lunch.id}`;
    expect((await as.bob.patch(path, { category: 'Rent' })).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await as.bob.put(path, { ...edited, category: 'Rent' })).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await as.ada.get(path)).body).toEqual(has.lunch);
  });

  test('is judged by the widest of several shares', async () => {
    const { as, has } = home;
    await home.share({ kind: 'records' });
    await home.share({ kind: 'records', recordIds: [has.wages.id] }, { access: 'edit' });
    expect((await as.bob.patch(`/records/${has.wages.id}`, { source: 'Office' })).status).toBe(200);
    expect((await as.bob.patch(`/records/${has.rent.id}`, { amount: 1 })).status).toBe(403);
  });
});

describe('Entering for somebody', () => {
  const enter = (body: object, headers: Record<string, string> = {}) =>
    home.as.bob.post(`/records?owner=${home.ada.id}`, body, { headers });

  test('makes a record of theirs, by the one who entered it, in their currency and their time', async () => {
    await home.share(food, { access: 'edit' });
    // Tomorrow in UTC is today where Ada lives.
    const { status, body, headers } = await enter({ ...lunch, date: '2026-03-15' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ ownerId: home.ada.id, createdBy: home.bob.id, base: { currency: 'EUR' }, version: 1 });
    expect(headers).toMatchObject({ location: `/records/${body.id}`, etag: '"1"' });
    expect((await enter({ ...lunch, date: '2026-03-16' })).body.errors).toMatchObject([{ path: '/date', code: 'date-in-future' }]);
    expect((await home.as.ada.get(`/records/${body.id}`)).body).toEqual(body);
    expect((await home.as.bob.get('/records')).body.items).toEqual([]);
  });

  test('is refused outside of what is shared, and without a share at all', async () => {
    expect((await enter(lunch)).status).toBe(404);
    await home.share(food);
    expect((await enter(lunch)).status).toBe(403);
    await home.share({ kind: 'records', recordIds: [home.has.rent.id] }, { access: 'edit' });
    expect((await enter(rent)).status).toBe(403);
    await home.share(food, { access: 'edit' });
    expect((await enter(rent)).status).toBe(403);
    expect((await enter({ ...lunch, amount: 'x' })).status).toBe(400);
    expect((await home.as.bob.post('/records?owner=all', lunch)).status).toBe(404);
    expect((await home.as.ada.get('/records?count=true')).body.total).toBe(3);
  });

  test('happens once for each key, which is good for one owner', async () => {
    await home.share(food, { access: 'edit' });
    const headers = { 'idempotency-key': 'once' };
    const first = await enter(lunch, headers);
    expect(await enter(lunch, headers)).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect((await home.as.bob.post('/records', lunch, { headers })).body).toMatchObject({ code: 'idempotency-key-reused' });
    const eve = await home.system.user();
    await home.system.auth.grant(eve, home.bob, { scope: food, access: 'edit' });
    const forEve = await home.as.bob.post(`/records?owner=${eve.id}`, lunch, { headers });
    expect(forEve.body).toMatchObject({ code: 'idempotency-key-reused' });
    await home.as.ada.patch(`/records/${first.body.id}`, { amount: '99.00' });
    expect((await enter(lunch, headers)).body).toEqual(first.body);
  });

  test('is not told again to whom it is no longer shared', async () => {
    const headers = { 'idempotency-key': 'once' };
    await home.share(food, { access: 'edit' });
    const { body } = await enter(lunch, headers);
    await home.as.ada.patch(`/records/${body.id}`, { category: 'Rent' });
    expect((await enter(lunch, headers)).status).toBe(404);
    await home.revoke();
    expect((await enter(lunch, headers)).status).toBe(404);
  });
});

describe('Everything holds at once, without a bus', () => {
  const seen = async (): Promise<number[]> => {
    const { as, ada, has } = home;
    const answers = [as.bob.get(`/records/${has.lunch.id}`), as.bob.get(`/records?owner=${ada.id}`)];
    return (await Promise.all(answers)).map(({ status }) => status);
  };

  test('a grant and its end', async () => {
    expect(await seen()).toEqual([404, 404]);
    await home.share(food);
    expect(await seen()).toEqual([200, 200]);
    await home.revoke();
    expect(await seen()).toEqual([404, 404]);
  });

  test('also after the cache was emptied', async () => {
    await home.share(food);
    expect(await seen()).toEqual([200, 200]);
    home.system.cache.forgetAll();
    expect(await seen()).toEqual([200, 200]);
    await home.revoke();
    home.system.cache.forgetAll();
    expect(await seen()).toEqual([404, 404]);
  });

  test('and ends when it expires, without anybody doing anything', async () => {
    await home.share(food, { expiresAt: '2026-03-14T12:10:00.000Z' });
    const clock = home.system.deps.clock as unknown as { advance(ms: number): void };
    clock.advance(10 * 60_000 - 1);
    expect(await seen()).toEqual([200, 200]);
    clock.advance(1);
    expect(await seen()).toEqual([404, 404]);
  });

  test('for another service that asks what somebody sees', async () => {
    const { as, bob, has, system } = home;
    const views = async (ids = [has.lunch.id, has.rent.id]) =>
      (await system.internal('notifications').post('/internal/records/views', { viewerId: bob.id, ids })).body;
    await home.share(food);
    const own = (await as.bob.post('/records', rent)).body;
    expect(await views([own.id, has.lunch.id])).toEqual({ records: { [own.id]: own, [has.lunch.id]: has.lunch } });
    expect(await views()).toEqual({ records: { [has.lunch.id]: has.lunch, [has.rent.id]: null } });
    await home.revoke();
    expect(await views()).toEqual({ records: { [has.lunch.id]: null, [has.rent.id]: null } });
    await home.share(food, { expiresAt: '2026-03-14T12:00:00.000Z' });
    expect(await views()).toEqual({ records: { [has.lunch.id]: null, [has.rent.id]: null } });
    system.auth.available = false;
    system.cache.forgetAll();
    expect((await system.internal('notifications').post('/internal/records/views', { viewerId: bob.id, ids: [has.lunch.id] })).status).toBe(
      503,
    );
  });
});
