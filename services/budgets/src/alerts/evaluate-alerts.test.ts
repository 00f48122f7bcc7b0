import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { type Period, periodAt } from '../progress/period.ts';
import type { BudgetPeriod } from '../progress/touched-periods.ts';
import { createLook } from '../look.ts';
import { dayKeyId } from '../mirror/day-key.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { groceries } from '../testing/budgets.ts';
import { spentInMirror } from '../store.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import type { SpentNow } from './evaluate-alerts.ts';
import { createNearness } from './nearness.ts';
import { reviewBudget } from './review-budget.ts';

const clock = fakeClock();
const cause = { by: 'ada', requestId: 'r' };
async function opened() {
  const { documents, store } = await openEmptyStore(clock);
  const budget = await store.budgets.insert(groceries('b1', [10, 50, 80]));
  const count = (day: string, sumMinor: number) => {
    const key = { ownerId: 'ada', day, category: 'Food', currency: 'EUR' };
    return store.totals.insert({ _id: dayKeyId(key), version: 1, ...key, sumMinor, records: 1 });
  };
  const spend = async (day: string, amountMinor: number) => {
    const { _id: key } = await count(day, amountMinor);
    await store.mirror.insert({ _id: `record of ${day}`, version: 1, ownerId: 'ada', key, amountMinor });
  };
  /** As another instance would: nothing is shared but the store. */
  const look = (period: Period, spentNow: SpentNow = spentInMirror(store)) =>
    createLook({ store, clock, alerts: true, nearness: createNearness(), spentNow })({ budget, period }, cause);
  return { documents, store, budget, count, spend, look };
}

describe('Evaluations at the same time, as of two instances', () => {
  test('fire each threshold once', async () => {
    const { documents, store, budget, spend, look } = await opened();
    await spend('2026-01-10', 9_000);
    const period = periodAt(budget, '2026-01-10') as Period;
    await Promise.all(Array.from({ length: 20 }, () => look(period)));
    const [state] = await store.periods.find({});
    expect(state?.fired.map(({ thresholdPercent, version }) => [thresholdPercent, version])).toEqual([
      [10, 1],
      [50, 2],
      [80, 3],
    ]);
    const [kept] = await store.spendings.find({});
    expect(kept).toMatchObject({
      _id: 'b1|monthly-2026-01-01',
      budgetVersion: 1,
      sums: [{ category: 'Food', sumMinor: 9_000 }],
    });
    expect(state?.outbox?.map(({ id }) => id)).toEqual(
      [1, 2, 3].map((version) => `budget.threshold-crossed/b1|monthly-2026-01-01/${version}`),
    );
    await documents.close();
  });

  test('fire nothing for an expense whose old day has not been added up since it was moved', async () => {
    const { documents, store, budget, count, spend, look } = await opened();
    await spend('2026-01-11', 3_000);
    await count('2026-01-10', 3_000);
    await look(periodAt(budget, '2026-01-10') as Period);
    const [state] = await store.periods.find({});
    expect(state?.fired.map(({ thresholdPercent, spentMinor }) => [thresholdPercent, spentMinor])).toEqual([[10, 3_000]]);
    await documents.close();
  });

  test('fire what is spent now, though less or more was heard of', async () => {
    const { documents, store, budget, spend, look } = await opened();
    await spend('2026-01-10', 8_000);
    const period = periodAt(budget, '2026-01-10') as Period;
    const fired = async () =>
      (await store.periods.find({})).flatMap((state) => state.fired.map((each) => [each.thresholdPercent, each.spentMinor]));
    const now = (sumMinor: number) => async () => [{ category: 'Food', currency: 'EUR', sumMinor, count: 1 }];
    await look(period, async () => []);
    expect(await fired()).toEqual([]);
    await look(period, now(4_999));
    expect(await fired()).toEqual([[10, 4_999]]);
    await look(period, now(8_100));
    expect(await fired()).toEqual([
      [10, 4_999],
      [50, 8_100],
      [80, 8_100],
    ]);
    await documents.close();
  });

  test.each<[string, Partial<BudgetDoc>]>([
    ['was deleted', { deletedAt: '2026-01-15T12:00:00.000Z' }],
    ['was raised', { amountMinor: 1_000_000 }],
  ])('fire nothing of a budget that %s before they know what is spent now', async (_, facts) => {
    const { documents, store, budget, spend, look } = await opened();
    await spend('2026-01-10', 9_000);
    await look(periodAt(budget, '2026-01-10') as Period, async (...asked) => {
      await store.budgets.replace({ ...budget, ...facts, version: 2 }, 1);
      return spentInMirror(store)(...asked);
    });
    expect(await store.periods.find({})).toEqual([]);
    await documents.close();
  });

  test('fire nothing of a budget whose owner was erased before they know what is spent now', async () => {
    const { documents, store, budget, spend, look } = await opened();
    await spend('2026-01-10', 9_000);
    await look(periodAt(budget, '2026-01-10') as Period, async (...asked) => {
      await store.budgets.remove(['b1']);
      return spentInMirror(store)(...asked);
    });
    expect(await store.periods.find({})).toEqual([]);
    await documents.close();
  });

  test('ask what is spent now only where something is about to fire', async () => {
    const { documents, budget, spend, look } = await opened();
    const period = periodAt(budget, '2026-01-10') as Period;
    let asked = 0;
    const spentNow = async () => ((asked += 1), [{ category: 'Food', currency: 'EUR', sumMinor: 1_000, count: 1 }]);
    await spend('2026-01-10', 999);
    await look(period, spentNow);
    expect(asked).toBe(0);
    await spend('2026-01-11', 1);
    await look(period, spentNow);
    await look(period, spentNow);
    expect(asked).toBe(1);
    await documents.close();
  });

  test('don’t hide that the store is away', async () => {
    const { documents, store, budget, spend, look } = await opened();
    await spend('2026-01-10', 9_000);
    store.periods.insert = () => Promise.reject(new Error('away'));
    await expect(look(periodAt(budget, '2026-01-10') as Period)).rejects.toThrow('away');
    await documents.close();
  });

  test('go through every period that has spending, and end', async () => {
    const { documents, store, budget, spend, look } = await opened();
    for (const day of ['9999-12-31', '2026-02-01', '2025-12-31', '2031-07-04', '2026-01-31']) await spend(day, 1_000);
    const lookAll = async (periods: readonly BudgetPeriod[]) => void (await Promise.all(periods.map(({ period }) => look(period))));
    await reviewBudget({ store, look: lookAll }, budget, cause);
    const states = await store.periods.find({});
    const months = ['2026-01', '2026-02', '2031-07', '9999-12'];
    expect(states.map(({ _id }) => _id).toSorted()).toEqual(months.map((month) => `b1|monthly-${month}-01`));
    await documents.close();
  });

  test.each([1, 60])('go through no period in which only others than its %i categories were spent on', async (count) => {
    const { documents, store, budget, spend } = await opened();
    for (const day of ['2026-01-31', '2026-03-01']) await spend(day, 1_000);
    await store.totals.insert({
      ...(await store.totals.get('ada|2026-03-01|Food|EUR'))!,
      _id: 'ada|2026-02-01|Rent|EUR',
      day: '2026-02-01',
      category: 'Rent',
    });
    const others = Array.from({ length: count - 1 }, (_, at) => `Category ${at}`);
    const categories = ['Food', ...others].map((category) => ({ category, amountMinor: null }));
    const seen: string[] = [];
    const look = async (periods: readonly BudgetPeriod[]) => void seen.push(...periods.map(({ period }) => period.start));
    await reviewBudget({ store, look }, { ...budget, categories }, cause);
    expect(seen).toEqual(count > 50 ? ['2026-01-01', '2026-02-01', '2026-03-01'] : ['2026-01-01', '2026-03-01']);
    await documents.close();
  });
});
