import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { overriding } from '@commonpurse/shared/testing';
import type { BudgetDoc } from '../plans/budget.ts';
import type { BudgetsStore } from '../store.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import type { Period } from './period.ts';
import { addUpPeriod, keepSpending, readSpending, settledSpending } from './refresh-spending.ts';

const period: Period = { start: '2026-01-01', end: '2026-01-31', key: 'monthly-2026-01-01' };
const budget: BudgetDoc = {
  _id: 'b1',
  version: 1,
  changedAt: '2026-01-15T12:00:00.000Z',
  ownerId: 'ada',
  name: 'Groceries',
  amountMinor: 10_000,
  currency: 'EUR',
  period: 'monthly',
  startDate: '2026-01-01',
  endDate: null,
  categories: [],
  rollover: { mode: 'none' },
  alerts: [],
  enforcement: 'notify',
  monthStartDay: 1,
  createdAt: '2026-01-15T12:00:00.000Z',
  updatedAt: '2026-01-15T12:00:00.000Z',
  deletedAt: null,
};

describe('What is kept of a period', () => {
  let documents: DocumentStore;
  let store: BudgetsStore;
  beforeEach(async () => {
    ({ documents, store } = await openEmptyStore());
  });
  afterEach(() => documents.close());
  const spend = (category: string, sumMinor: number, version = 1) => {
    const total = { _id: category, version, ownerId: 'ada', day: '2026-01-10', category, currency: 'EUR', sumMinor, records: 1 };
    return version === 1 ? store.totals.insert(total) : store.totals.replace(total, version - 1);
  };
  const spent = async (of = budget): Promise<number> =>
    (await readSpending(store, of, period)).reduce((total, { sumMinor }) => total + sumMinor, 0);

  test('is what is read, until it is refreshed', async () => {
    await spend('Food', 100);
    expect(await spent()).toBe(100);
    expect(await keepSpending(store, null, { budget, period }, await addUpPeriod(store, budget, period))).toBe(true);
    await spend('Drinks', 50);
    expect(await spent()).toBe(100);
    expect((await settledSpending(store, budget, period)).map(({ sumMinor }) => sumMinor)).toEqual([50, 100]);
    expect(await spent()).toBe(150);
  });

  test('holds for one version of the budget, and an older one never replaces it', async () => {
    await spend('Food', 100);
    await settledSpending(store, { ...budget, version: 2, categories: [{ category: 'Drinks', amountMinor: null }] }, period);
    expect([await spent(), await spent({ ...budget, version: 2 })]).toEqual([100, 0]);
    await settledSpending(store, budget, period);
    expect((await store.spendings.find({})).map(({ budgetVersion }) => budgetVersion)).toEqual([2]);
  });

  test('never goes back to a sum that was added up earlier', async () => {
    await spend('Food', 100);
    const late = await addUpPeriod(store, budget, period);
    await spend('Food', 300, 2);
    await settledSpending(store, budget, period);
    expect(await keepSpending(store, null, { budget, period }, late)).toBe(false);
    expect(await spent()).toBe(300);
  });

  test('is added up by one question, however many categories the budget names', async () => {
    const names = Array.from({ length: 100 }, (_, at) => `category ${at}`);
    for (const category of [...names, 'Food']) await spend(category, 100);
    const { totals } = store;
    let asked = 0;
    const counting = overriding(totals, {
      sum: (...given: Parameters<typeof totals.sum>) => {
        asked += 1;
        return totals.sum(...given);
      },
    });
    const named = { ...budget, categories: names.map((category) => ({ category, amountMinor: null })) };
    const sums = await addUpPeriod({ ...store, totals: counting }, named, period);
    expect([asked, sums.map(({ category }) => category).toSorted()]).toEqual([1, names.toSorted()]);
  });

  test('says so when it can not be kept', async () => {
    store.spendings.insert = () => Promise.reject(new Error('away'));
    await expect(settledSpending(store, budget, period)).rejects.toThrow('away');
  });
});
