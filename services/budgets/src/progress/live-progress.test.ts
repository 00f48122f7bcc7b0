import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { progressChannel } from '@commonpurse/shared/contracts';
import { fakeClock, type FakeClock, overriding, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import { expense, recordChanged, recordsImported } from '../testing/told-records.ts';
import { groceries as groceriesOf } from '../testing/budgets.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import { createLiveProgress } from './live-progress.ts';
import { periodAt } from './period.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2025-01-01' };

interface Hint {
  readonly userId: string;
  readonly data: { readonly budgetId: string; readonly spent: string };
}

describe('Live progress', () => {
  let harness: TestService;
  let clock: FakeClock;
  let ada: TestUser;
  let budgetId: string;
  let hints: Hint[];
  beforeEach(async () => {
    clock = fakeClock();
    harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), { clock });
    ada = await harness.user();
    budgetId = (await harness.as(ada).post('/budgets', groceries)).body.id;
    hints = [];
    await harness.cache.subscribe(progressChannel, (message) => void hints.push(JSON.parse(message) as Hint));
  });
  afterEach(() => harness.stop());
  const spend = (amountMinor: number, date = '2026-01-10'): Promise<void> =>
    harness.publish(recordChanged(expense({ ownerId: ada.id, amountMinor, date })));
  const spentHints = (): string[] => hints.map(({ data }) => data.spent);

  test('is told to the owner, whole', async () => {
    await spend(1_000);
    await harness.until(() => hints.length === 1);
    const { body } = await harness.as(ada).get(`/budgets/${budgetId}/progress`);
    expect(hints).toEqual([{ userId: ada.id, data: { budgetId, ...body } }]);
  });

  test('is of the day that it is for the owner, also before anybody has told of their new time zone', async () => {
    await spend(1_000);
    await harness.until(() => hints.length === 1);
    await harness.auth.change(ada.id, { timeZone: 'Pacific/Kiritimati' });
    clock.advance(200);
    await spend(500);
    await harness.until(() => hints.length === 2);
    const { body } = await harness.as(ada).get(`/budgets/${budgetId}/progress`);
    expect(hints[1]).toEqual({ userId: ada.id, data: { budgetId, ...body } });
    expect(body).toMatchObject({ spent: '15.00', daysLeft: 15 });
  });

  test('comes at once, then at most every 200 ms, and the last change is never missing', async () => {
    await spend(1_000);
    await harness.until(() => hints.length === 1);
    for (let index = 0; index < 20; index += 1) await spend(100);
    expect(spentHints()).toEqual(['10.00']);
    await harness.until(() => (clock.advance(50), hints.length === 2));
    expect(spentHints()).toEqual(['10.00', '30.00']);
    clock.advance(1_200);
    await spend(50);
    await harness.until(() => (clock.advance(200), hints.length === 3));
    expect(spentHints().at(-1)).toBe('30.50');
  });

  test('follows a change of the budget itself', async () => {
    await spend(1_000);
    await harness.until(() => hints.length === 1);
    clock.advance(200);
    await harness.as(ada).patch(`/budgets/${budgetId}`, { amount: '50.00', categories: [{ category: 'Travel' }] });
    await harness.until(() => hints.length === 2);
    const { body } = await harness.as(ada).get(`/budgets/${budgetId}/progress`);
    expect(hints[1]).toEqual({ userId: ada.id, data: { budgetId, ...body } });
    expect(body).toMatchObject({ limit: '50.00', spent: '0.00' });
  });

  test('keeps quiet about past periods and deleted budgets', async () => {
    await spend(1_000, '2025-12-31');
    await harness.as(ada).delete(`/budgets/${budgetId}`);
    const other = (await harness.as(ada).post('/budgets', groceries)).body.id;
    await spend(1_000);
    await harness.until(() => hints.length === 1);
    expect(hints.map(({ data }) => data.budgetId)).toEqual([other]);
  });

  test('asks nothing about what is current nowhere', async () => {
    const asked: string[] = [];
    const { store, documents } = await openEmptyStore(clock);
    const ownerNow = async (id: string) => (asked.push(id), null);
    const budgets = overriding(store.budgets, { get: async (id) => ({ ...(await store.budgets.insert(groceriesOf(id, []))) }) });
    const live = createLiveProgress({ store: { ...store, budgets }, ownerNow, cache: harness.cache, clock, log: harness.deps.log });
    const at = (id: string, day: string) => {
      const budget = { ...groceriesOf(id, []), startDate: '2025-01-01', changedAt: '' };
      return { budget, period: periodAt(budget, day)! };
    };
    live.touched([at('past', '2025-12-31'), at('current', '2026-01-15'), at('future', '2026-02-01')]);
    await harness.until(() => asked.length > 0);
    await live.stop();
    expect(asked).toEqual(['ada']);
    expect((await store.budgets.find({})).map(({ _id }) => _id)).toEqual(['current']);
    await documents.close();
  });

  test('of hundreds of budgets that are touched at once lets others in between any two', async () => {
    const { store, documents } = await openEmptyStore(clock);
    await store.budgets.insertMany(Array.from({ length: 200 }, (_, n) => ({ ...groceriesOf(`b${n}`, []), ownerId: ada.id })));
    const ownerNow = async () => ({ timeZone: 'UTC' });
    const live = createLiveProgress({ store, ownerNow, cache: harness.cache, clock, log: harness.deps.log });
    const budgets = await store.budgets.find({});
    live.touched(budgets.map((budget) => ({ budget, period: periodAt(budget, '2026-01-15')! })));
    const inOneTurn: number[] = [];
    while (hints.length < 200) {
      const before = hints.length;
      await new Promise((resolve) => setImmediate(resolve));
      inOneTurn.push(hints.length - before);
    }
    expect(Math.max(...inOneTurn)).toBe(1);
    await live.stop();
    await documents.close();
  });

  test('of a mass import is told a few times, not for every row', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      expense({ ownerId: ada.id, amountMinor: 1, date: `2026-01-${10 + (index % 5)}` }),
    );
    await harness.publish(recordsImported(rows.slice(0, 250), 1));
    await harness.publish(recordsImported(rows.slice(250), 2));
    await harness.until(() => (clock.advance(200), spentHints().at(-1) === '5.00'));
    expect(hints.length).toBeLessThanOrEqual(2);
  });

  test('that can not be told harms nothing', async () => {
    harness.auth.available = false;
    const stranger = expense({ ownerId: ada.id, amountMinor: 700 });
    const { publish } = harness.cache;
    harness.cache.publish = () => Promise.reject(new Error('away'));
    await harness.publish(recordChanged(stranger));
    await harness.until(() => harness.logs.some(({ msg }) => msg === 'live progress was not told'));
    harness.cache.publish = publish;
    harness.auth.available = true;
    await spend(100);
    await harness.until(() => (clock.advance(200), spentHints().at(-1) === '8.00'));
  });
});
