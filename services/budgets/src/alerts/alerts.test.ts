import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BudgetChanged, BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import { fakeClock, type FakePeer, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import { type PlayedRecords, playRecords } from '../testing/played-records.ts';
import { changed, expense, recordChanged, recordsImported } from '../testing/told-records.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
const clock = fakeClock();
const start = (BUDGET_ALERTS: boolean, peers: { records?: FakePeer } = {}): Promise<TestService> =>
  startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS } }), { clock, peers });

async function budgetOf(harness: TestService, user: TestUser, facts: object = {}): Promise<string> {
  const { status, body } = await harness.as(user).post('/budgets', { ...groceries, ...facts });
  expect([status, body]).toEqual([201, expect.anything()]);
  return body.id;
}
const crossingsOf = (harness: TestService, budgetId: string): DomainEvent<BudgetThresholdCrossed>[] =>
  harness.published
    .filter((event) => event.type === BudgetThresholdCrossed.type)
    .map((event) => event as DomainEvent<BudgetThresholdCrossed>)
    .filter(({ data }) => data.budgetId === budgetId);
/** By period and threshold, in the order in which they were told. */
const firedOf = (harness: TestService, budgetId: string): string[] =>
  crossingsOf(harness, budgetId).map(({ data }) => `${data.period.start} ${data.thresholdPercent}`);
/** Everything that follows from what was published so far has been told. */
const settled = (harness: TestService): Promise<boolean> =>
  harness.until(async () => {
    await harness.bus.idle();
    const metrics = await harness.service.metrics.metrics();
    return /outbox_pending\S* 0$/m.test(metrics) && harness.bus.pending === 0;
  });

describe('An alert', () => {
  let harness: TestService;
  let ada: TestUser;
  beforeAll(async () => {
    harness = await start(true);
  });
  afterAll(() => harness.stop());
  const fresh = async (): Promise<TestUser> => (ada = await harness.user());

  test('tells what was seen when it fired, and by whom', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada, { alerts: [{ thresholdPercent: 50, channels: ['email', 'webhook'] }] });
    await harness.publish(recordChanged(expense({ ownerId, amountMinor: 5_000 })));
    const [event] = await harness.until(() => crossingsOf(harness, id).length === 1 && crossingsOf(harness, id));
    expect(event).toMatchObject({
      id: `budget.threshold-crossed/${id}|monthly-2026-01-01/1`,
      subject: `${id}|monthly-2026-01-01`,
      version: 1,
      actor: ownerId,
      correlationid: 'request-1',
      data: {
        budgetId: id,
        ownerId,
        name: 'Groceries',
        thresholdPercent: 50,
        channels: ['email', 'webhook'],
        period: { start: '2026-01-01', end: '2026-01-31' },
        spentMinor: 5_000,
        availableMinor: 10_000,
        currency: 'EUR',
      },
    });
  });

  test('fires once, however a value crosses back and forth and however often events come', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada);
    let record = expense({ ownerId, amountMinor: 9_000 });
    const events = [recordChanged(record)];
    for (const amountMinor of [100, 12_000, 200, 9_000, 11_000]) {
      const next = changed(record, { amountMinor });
      record = next.record;
      events.push(next.event);
    }
    for (const event of [...events, ...events.toReversed()]) await harness.publish(event);
    await settled(harness);
    expect(firedOf(harness, id).toSorted()).toEqual(['2026-01-01 100', '2026-01-01 80']);
  });

  test('fires once for many at the same time, each threshold with an event of its own', async () => {
    const { id: ownerId } = await fresh();
    const alerts = [10, 20, 30, 40, 50.5].map((thresholdPercent) => ({ thresholdPercent }));
    const id = await budgetOf(harness, ada, { alerts });
    const records = Array.from({ length: 50 }, () => expense({ ownerId, amountMinor: 102 }));
    await Promise.all(records.map((record) => harness.publish(recordChanged(record))));
    await settled(harness);
    const events = crossingsOf(harness, id);
    expect(events.map(({ data }) => data.thresholdPercent).toSorted((a, b) => a - b)).toEqual([10, 20, 30, 40, 50.5]);
    expect(events.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(events.map((event) => event.id)).size).toBe(5);
  });

  test('fires in every period on its own, also in past ones', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada, { startDate: '2025-11-15' });
    const rows = ['2025-11-20', '2025-12-24', '2026-01-02', '2025-11-14'].map((date) => expense({ ownerId, amountMinor: 8_000, date }));
    await harness.publish(recordsImported(rows));
    await settled(harness);
    expect(firedOf(harness, id).toSorted()).toEqual(['2025-11-15 80', '2025-12-01 80', '2026-01-01 80']);
  });

  test('fires for what was spent before the budget was created, in named categories only', async () => {
    const { id: ownerId } = await fresh();
    const told = [
      expense({ ownerId, amountMinor: 9_000, date: '2020-02-29', category: 'Food' }),
      expense({ ownerId, amountMinor: 9_000, date: '2021-02-28', category: 'Rent' }),
      expense({ ownerId, amountMinor: 9_000, date: '2022-02-28', currency: 'USD' }),
      expense({ ownerId, amountMinor: 9_000, date: '2025-07-01' }),
      expense({ ownerId, amountMinor: 9_000, date: '2025-09-01' }),
    ];
    for (const record of told) await harness.publish(recordChanged(record));
    const facts = { startDate: '2020-01-01', endDate: '2025-08-31', categories: [{ category: 'Food' }] };
    const id = await budgetOf(harness, ada, facts);
    await settled(harness);
    expect(firedOf(harness, id).toSorted()).toEqual(['2020-02-01 80', '2025-07-01 80']);
  });

  test('fires when a budget is lowered, and not again when it is raised and lowered', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada);
    await harness.publish(recordChanged(expense({ ownerId, amountMinor: 5_000 })));
    for (const amount of ['60', '200', '50', '60']) {
      await harness.as(ada).patch(`/budgets/${id}`, { amount });
      // it is looked at as it is by then, not as it was
      await settled(harness);
    }
    expect(firedOf(harness, id)).toEqual(['2026-01-01 80', '2026-01-01 100']);
    expect(crossingsOf(harness, id).map(({ data }) => data.availableMinor)).toEqual([6_000, 5_000]);
  });

  test('stays fired when the budget’s first day moves within the period', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada);
    await harness.publish(recordChanged(expense({ ownerId, amountMinor: 8_000, date: '2026-01-20' })));
    await harness.as(ada).patch(`/budgets/${id}`, { startDate: '2026-01-12' });
    await settled(harness);
    expect(firedOf(harness, id)).toEqual(['2026-01-01 80']);
  });

  test('does not fire once the budget is deleted, nor without alerts', async () => {
    const { id: ownerId } = await fresh();
    const [gone, silent] = [await budgetOf(harness, ada), await budgetOf(harness, ada, { alerts: [] })];
    await settled(harness);
    await harness.as(ada).delete(`/budgets/${gone}`);
    await harness.publish(recordChanged(expense({ ownerId, amountMinor: 50_000 })));
    await settled(harness);
    expect([firedOf(harness, gone), firedOf(harness, silent)]).toEqual([[], []]);
  });

  test('of a state that is told again renders the same event', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada);
    await harness.publish(recordChanged(expense({ ownerId, amountMinor: 10_000 })));
    await settled(harness);
    await harness.as(ada).patch(`/budgets/${id}`, { name: 'Renamed', amount: '500' });
    await settled(harness);
    const { body } = await harness.internal('notifications').get('/internal/changes?limit=1000');
    const again = (body.events as DomainEvent[]).filter((event) => (event.data as { budgetId?: string }).budgetId === id);
    expect(again).toEqual(crossingsOf(harness, id));
    const budgets = (body.events as DomainEvent<BudgetChanged>[]).filter(
      ({ type, subject }) => type === BudgetChanged.type && subject === id,
    );
    expect(budgets.map(({ id: eventId, data }) => [eventId, data.action, data.budget.version])).toEqual([
      [`budget.changed/${id}/1`, 'created', 2],
      [`budget.changed/${id}/2`, 'updated', 2],
    ]);
  });

  test('survives a restart', async () => {
    const { id: ownerId } = await fresh();
    const id = await budgetOf(harness, ada);
    const event = recordChanged(expense({ ownerId, amountMinor: 8_500 }));
    await harness.publish(event);
    await settled(harness);
    await harness.restart();
    await harness.publish(event);
    await settled(harness);
    expect(firedOf(harness, id)).toEqual(['2026-01-01 80']);
    expect((await harness.as(ada).get(`/budgets/${id}/progress`)).body.spent).toBe('85.00');
  });
});

describe('An alert of a budget that is changed while records are asked what was spent', () => {
  let harness: TestService;
  let ada: TestUser;
  let records: PlayedRecords;
  /** Done once, while records look for their answer. */
  let meanwhile: (() => Promise<unknown>) | null = null;
  beforeEach(async () => {
    records = playRecords(clock);
    const peer: FakePeer = async (call) => {
      const change = call.path.startsWith('/internal/records/spending') ? meanwhile : null;
      if (change !== null) meanwhile = null;
      await change?.();
      return records.peer(call);
    };
    harness = await start(true, { records: peer });
    ada = await harness.user();
  });
  afterEach(() => harness.stop());
  const spend = async (amountMinor: number): Promise<void> => {
    const record = expense({ ownerId: ada.id, amountMinor });
    records.write(record);
    await harness.publish(recordChanged(record));
  };

  test('is of what was spent while that was available', async () => {
    const id = await budgetOf(harness, ada);
    meanwhile = async () => {
      await harness.as(ada).patch(`/budgets/${id}`, { amount: '106.25' });
      records.write(expense({ ownerId: ada.id, amountMinor: 1_500 }));
    };
    await spend(8_500);
    await settled(harness);
    expect(crossingsOf(harness, id).map(({ data }) => [data.thresholdPercent, data.spentMinor, data.availableMinor])).toEqual([
      [80, 10_000, 10_625],
    ]);
  });

  test('is none once it is deleted', async () => {
    const id = await budgetOf(harness, ada);
    meanwhile = () => harness.as(ada).delete(`/budgets/${id}`);
    await spend(20_000);
    await settled(harness);
    expect(firedOf(harness, id)).toEqual([]);
  });
});

test('Switched off, nothing fires and progress is shown all the same', async () => {
  const harness = await start(false);
  const ada = await harness.user();
  const id = await budgetOf(harness, ada, { startDate: '2025-12-01' });
  await harness.publish(recordChanged(expense({ ownerId: ada.id, amountMinor: 20_000 })));
  const rows = ['2025-12-24', '2026-02-01'].map((date) => expense({ ownerId: ada.id, amountMinor: 20_000, date }));
  await harness.publish(recordsImported(rows));
  await settled(harness);
  expect(firedOf(harness, id)).toEqual([]);
  expect((await harness.as(ada).get(`/budgets/${id}/progress`)).body).toMatchObject({ spent: '200.00', status: 'exceeded' });
  await harness.stop();
});
