import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Grant, ShareScope } from '@commonpurse/shared/contracts';
import { PeerRefused } from '@commonpurse/shared/service';
import {
  fakeClock,
  startTestService,
  type TestAnswer,
  type TestClient,
  type TestService,
  type TestUser,
} from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import { expense, recordChanged } from '../testing/told-records.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
const travel = { ...groceries, name: 'Travel', categories: [{ category: 'Travel' }] };
const all: ShareScope = { kind: 'budgets' };

let system: TestService;
let ada: TestUser;
let bob: TestUser;
let as: Readonly<Record<'ada' | 'bob' | 'stranger', TestClient>>;
let has: Readonly<Record<'groceries' | 'travel', TestAnswer['body']>>;
beforeEach(async () => {
  // Past midnight where Ada lives: February has begun there.
  system = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), {
    clock: fakeClock(Date.parse('2026-01-31T12:00:00.000Z')),
  });
  ada = await system.user({ timeZone: 'Pacific/Kiritimati' });
  bob = await system.user();
  as = { ada: system.as(ada), bob: system.as(bob), stranger: system.as(await system.user()) };
  const made = async (body: object) => (await as.ada.post('/budgets', body)).body;
  has = { groceries: await made(groceries), travel: await made(travel) };
});
afterEach(() => system.stop());

const share = (scope: ShareScope, facts: Partial<Grant> = {}) => system.auth.grant(ada, bob, { scope, ...facts });
const one = (): ShareScope => ({ kind: 'budgets', budgetIds: [has.groceries.id] });
const said = ({ status, body, headers }: TestAnswer): unknown => {
  const { requestId: _id, ...problem } = body;
  const { date: _date, 'x-request-id': _header, ...rest } = headers;
  return { status, problem, headers: rest };
};
const ways: readonly [string, (client: TestClient, id: string) => Promise<TestAnswer>][] = [
  ['read', (client, id) => client.get(`/budgets/${id}`)],
  ['progress', (client, id) => client.get(`/budgets/${id}/progress`)],
  ['replace', (client, id) => client.put(`/budgets/${id}`, groceries)],
  ['patch', (client, id) => client.patch(`/budgets/${id}`, { amount: '1.00' })],
  ['delete', (client, id) => client.delete(`/budgets/${id}`)],
];

describe('A shared budget', () => {
  test('is in the list where its owner is asked for', async () => {
    await share(one());
    const own = (await as.bob.post('/budgets', travel)).body;
    expect((await as.bob.get('/budgets')).body.items).toEqual([own]);
    expect((await as.bob.get(`/budgets?owner=${ada.id}&count=true`)).body).toEqual({ items: [has.groceries], nextCursor: null, total: 1 });
    expect((await as.bob.get('/budgets?owner=all&count=true')).body.total).toBe(2);
    const first = (await as.bob.get('/budgets?owner=all&limit=1')).body;
    const second = (await as.bob.get(`/budgets?owner=all&limit=1&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual([own.id, has.groceries.id].toSorted());
  });

  test('of who shares nothing, or only records, is as one of nobody', async () => {
    const absent = said(await as.bob.get('/budgets?owner=absent'));
    expect(absent).toMatchObject({ status: 404 });
    expect(said(await as.bob.get(`/budgets?owner=${ada.id}`))).toEqual(absent);
    await share({ kind: 'records' });
    expect(said(await as.bob.get(`/budgets?owner=${ada.id}`))).toEqual(absent);
  });

  test.each(ways)('is all that is shared: others answer as absent ones (%s)', async (_way, reach) => {
    await share(one(), { access: 'edit' });
    await share({ kind: 'records' }, { access: 'edit' });
    const absent = said(await reach(as.bob, 'absent'));
    expect(absent).toMatchObject({ status: 404 });
    expect(said(await reach(as.bob, has.travel.id))).toEqual(absent);
    expect(said(await reach(as.stranger, has.groceries.id))).toEqual(absent);
  });

  test.each(ways.slice(2))('that may be seen is not changed (%s)', async (_way, reach) => {
    await share(all);
    expect((await reach(as.bob, has.groceries.id)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await as.ada.get(`/budgets/${has.groceries.id}`)).body).toEqual(has.groceries);
  });

  test('that may be changed is changed in its owner’s name, and only its owner can delete it', async () => {
    await share(all, { access: 'edit' });
    const path = `/budgets/${has.groceries.id}`;
    expect((await as.bob.patch(path, { amount: '250.00' })).body).toMatchObject({ ownerId: ada.id, amount: '250.00', version: 2 });
    expect((await as.bob.put(path, { ...groceries, name: 'Food' })).body).toMatchObject({ ownerId: ada.id, name: 'Food', version: 3 });
    expect((await as.bob.delete(path)).status).toBe(403);
    expect((await as.bob.put(path, { ...groceries, amount: '0' }, { headers: { 'if-match': '"1"' } })).status).toBe(400);
    expect((await as.bob.put(path, groceries, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await as.ada.get(path)).body).toMatchObject({ name: 'Food', version: 3 });
    const told = await system.until(() => {
      const events = new Map(
        system.published.flatMap((event) => (event.subject === has.groceries.id ? [[event.version, event] as const] : [])),
      );
      return events.size === 3 && events;
    });
    expect([1, 2, 3].map((version) => told.get(version)?.actor)).toEqual([ada.id, bob.id, bob.id]);
  });

  test.each([
    [{ amount: '1e3' }, '/amount amount-malformed'],
    [{ amount: '1.5', currency: 'JPY' }, '/amount amount-too-precise'],
    [{ categories: [{ category: 'A', amount: '0' }] }, '/categories/0/amount amount-not-positive'],
    [{ categories: [{ category: 'A' }, { category: 'A' }] }, '/categories/1/category duplicate-category'],
    [{ amount: '1', currency: 'EUR', categories: [{ category: 'A', amount: '2' }] }, '/categories allocations-exceed-amount'],
    [{ startDate: '2026-02-01', endDate: '2026-01-31' }, '/endDate end-before-start'],
    [{ name: null }, '/name required'],
  ])('or not: what is wrong with the patch %j by itself comes before what is not there', async (patch, fault) => {
    const absent = said(await as.stranger.patch('/budgets/absent', patch));
    expect(absent).toMatchObject({ status: 400 });
    const answer = await as.stranger.patch(`/budgets/${has.groceries.id}`, patch);
    expect(answer.body.errors.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`)).toEqual([fault]);
    expect(said(answer)).toEqual(absent);
  });

  test('is refused in the order of refusals: the content, then access', async () => {
    await share(all);
    expect((await as.bob.patch(`/budgets/${has.groceries.id}`, { endDate: '2025-01-01' })).status).toBe(400);
    expect((await as.bob.patch(`/budgets/${has.groceries.id}`, { name: 'x' }, { headers: { 'if-match': '"9"' } })).status).toBe(403);
  });

  test('shows its figures in its owner’s time, and none of the records behind them', async () => {
    await share(one());
    await system.publish(recordChanged(expense({ ownerId: ada.id, amountMinor: 1_250, date: '2026-02-01', description: 'Secret' })));
    const { body } = await as.bob.get(`/budgets/${has.groceries.id}/progress`);
    expect(body).toMatchObject({ period: { start: '2026-02-01' }, spent: '12.50', remaining: '87.50' });
    expect(JSON.stringify(body)).not.toContain('Secret');
    expect(body).toEqual({ ...(await as.ada.get(`/budgets/${has.groceries.id}/progress`)).body, asOf: body.asOf });
  });

  test('has no figures once auth knows nothing of its owner any more: as one that is not there', async () => {
    await share(one());
    const { answer } = system.auth;
    system.auth.answer = (path) => {
      if (path === `/internal/people/${ada.id}`) throw new PeerRefused('auth', 404, null);
      return answer(path);
    };
    system.cache.forgetAll();
    expect(said(await as.bob.get(`/budgets/${has.groceries.id}/progress`))).toEqual(said(await as.bob.get('/budgets/absent/progress')));
  });

  test('is shared and taken back at once, without a bus, and after the cache was emptied', async () => {
    const seen = async () =>
      (await Promise.all(ways.slice(0, 2).map(([, reach]) => reach(as.bob, has.groceries.id)))).map(({ status }) => status);
    expect(await seen()).toEqual([404, 404]);
    await share(one());
    expect(await seen()).toEqual([200, 200]);
    system.cache.forgetAll();
    expect(await seen()).toEqual([200, 200]);
    await system.auth.revokeGrants(ada, bob);
    expect(await seen()).toEqual([404, 404]);
  });
});

test('Which budgets are somebody’s own is told to other services', async () => {
  await as.ada.delete(`/budgets/${has.travel.id}`);
  const ids = [has.groceries.id, has.travel.id, 'absent'];
  const owned = async (ownerId: string) => (await system.internal('auth').post('/internal/budgets/owned', { ownerId, ids })).body;
  expect([await owned(ada.id), await owned(bob.id)]).toEqual([{ owned: [has.groceries.id] }, { owned: [] }]);
});
