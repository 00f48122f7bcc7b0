import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instantOf } from '@commonpurse/shared/service';
import { fakeClock, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from './service.ts';
import { changed, expense, recordChanged, recordsImported } from './testing/told-records.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };

describe('The budgets service', () => {
  let harness: TestService;
  let ada: TestUser;
  const clock = fakeClock();
  beforeAll(async () => {
    harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), { clock });
    ada = await harness.user();
  });
  afterAll(() => harness.stop());
  const create = async (user: TestUser, facts: object = {}): Promise<string> => {
    const { status, body } = await harness.as(user).post('/budgets', { ...groceries, ...facts });
    expect([status, body]).toEqual([201, expect.objectContaining({ version: 1 })]);
    return body.id;
  };
  const crossings = (budgetId: string): unknown[] =>
    harness.published
      .filter((event) => event.type === 'budget.threshold-crossed')
      .map((event) => event.data as { budgetId: string; thresholdPercent: number })
      .filter((data) => data.budgetId === budgetId)
      .map((data) => data.thresholdPercent);
  const progressOf = async (user: TestUser, id: string, query = ''): Promise<Record<string, unknown>> => {
    const { status, body } = await harness.as(user).get(`/budgets/${id}/progress${query}`);
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  };

  test('shows an expense in the progress and alerts once at each threshold', async () => {
    const id = await create(ada);
    const record = expense({ ownerId: ada.id, amountMinor: 8500 });
    const event = recordChanged(record);
    await harness.publish(event);
    await harness.publish(event);
    expect(await progressOf(ada, id)).toEqual({
      period: { start: '2026-01-01', end: '2026-01-31' },
      currency: 'EUR',
      limit: '100.00',
      rolledOver: '0.00',
      available: '100.00',
      spent: '85.00',
      remaining: '15.00',
      percent: 85,
      byCategory: [{ category: 'Food', limit: null, spent: '85.00' }],
      projected: '175.67',
      daysLeft: 16,
      status: 'warning',
      missingRates: [],
      asOf: '2026-01-15T12:00:00.000Z',
    });
    await harness.until(() => crossings(id).length === 1);
    const { event: raised } = changed(record, { amountMinor: 12000 });
    await harness.publish(raised);
    await harness.until(() => crossings(id).length === 2);
    expect(crossings(id)).toEqual([80, 100]);
  });

  test('follows a record that moves, shrinks, is deleted and restored', async () => {
    const bob = await harness.user();
    const id = await create(bob);
    const first = expense({ ownerId: bob.id, amountMinor: 5000 });
    await harness.publish(recordChanged(first));
    const moved = changed(first, { date: '2026-02-02' });
    await harness.publish(moved.event);
    expect([await progressOf(bob, id), await progressOf(bob, id, '?date=2026-02-15')].map(({ spent }) => spent)).toEqual(['0.00', '50.00']);
    const back = changed(moved.record, { date: '2026-01-31', amountMinor: 4000 });
    await harness.publish(back.event);
    const deleted = changed(back.record, { deleted: true });
    await harness.publish(deleted.event);
    expect((await progressOf(bob, id))['spent']).toBe('0.00');
    const restored = changed(deleted.record, { deleted: false });
    await harness.publish(restored.event);
    await harness.publish(moved.event);
    expect((await progressOf(bob, id))['spent']).toBe('40.00');
  });

  test('counts imported rows', async () => {
    const eve = await harness.user();
    const id = await create(eve);
    const rows = Array.from({ length: 500 }, (_, index) =>
      expense({ ownerId: eve.id, amountMinor: 10, date: `2026-01-${(index % 28) + 1}`.replace(/-(\d)$/, '-0$1') }),
    );
    await harness.publish(recordsImported(rows));
    expect((await progressOf(eve, id))['spent']).toBe('50.00');
  });

  test('alerts for past periods at once when a budget is created or lowered', async () => {
    const kim = await harness.user();
    await harness.publish(recordChanged(expense({ ownerId: kim.id, amountMinor: 9000, date: '2025-11-03' })));
    const id = await create(kim, { startDate: '2025-01-01' });
    await harness.until(() => crossings(id).length === 1);
    expect((await harness.as(kim).patch(`/budgets/${id}`, { amount: '90' })).status).toBe(200);
    await harness.until(() => crossings(id).length === 2);
    expect(crossings(id)).toEqual([80, 100]);
  });
});

test('A budgets service that starts for the first time counts what records had told before, one by one or as an import', async () => {
  const clock = fakeClock();
  const [entered, imported] = [1_500, 3_000].map((amountMinor) => expense({ ownerId: 'ada', amountMinor }));
  const told = [recordChanged(entered!), recordsImported([imported!])];
  const feed = (path: string) => {
    const since = new URL(path, 'http://records').searchParams.get('since') ?? '';
    return { events: told.filter(({ time }) => time >= since), next: null, now: instantOf(clock) };
  };
  const harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), {
    clock,
    peers: { records: ({ path }) => feed(path) },
  });
  const ada = harness.as(await harness.user({ id: 'ada' }));
  const { body } = await ada.post('/budgets', groceries);
  await harness.until(async () => (await ada.get(`/budgets/${body.id}/progress`)).body.spent === '45.00');
  await harness.stop();
});
