import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock } from '@commonpurse/shared/testing';
import { createFollow } from './follow-records.ts';
import { createLook } from './look.ts';
import { type DayKey, dayKeyId } from './mirror/day-key.ts';
import type { BudgetsStore } from './store.ts';
import type { CategoryLimit } from './plans/budget.ts';
import { groceries } from './testing/budgets.ts';
import { openEmptyStore } from './testing/open-store.ts';

const clock = fakeClock();
const key: DayKey = { ownerId: 'ada', day: '2026-01-10', category: 'Food', currency: 'EUR' };
const budget = (id: string) => groceries(id, [80]);

describe('What follows from a record', () => {
  let documents: DocumentStore;
  let store: BudgetsStore;
  beforeEach(async () => {
    ({ documents, store } = await openEmptyStore(clock));
  });
  afterEach(() => documents.close());
  const told: string[][] = [];
  const follow = (keep: () => Promise<unknown>, keys: readonly DayKey[] = [key]): Promise<void> => {
    const live = { touched: (periods: readonly { budget: { _id: string } }[]) => void told.push(periods.map((at) => at.budget._id)) };
    const telling = { told: keys, keep: async () => keep().then(() => keys), cause: { by: 'ada', requestId: 'r' } };
    return createFollow({ store, look: createLook({ store, clock, alerts: true }), live })(telling);
  };
  const spend = (id: string, amountMinor: number) =>
    store.mirror.insert({ _id: id, version: 1, ownerId: 'ada', key: dayKeyId(key), amountMinor });
  const fired = async (): Promise<string[]> =>
    (await store.periods.find({})).flatMap(({ budgetId, fired: all }) => all.map(({ spentMinor }) => `${budgetId} at ${spentMinor}`));
  const kept = async (): Promise<number[]> => (await store.spendings.find({})).map(({ sums }) => sums[0]!.sumMinor);

  test('reaches a budget that is created while the record is kept, and one that was there', async () => {
    await store.budgets.insert(budget('b1'));
    await follow(async () => {
      await spend('r1', 9_000);
      await store.budgets.insert(budget('b2'));
    });
    expect([await fired(), await kept(), told.at(-1)]).toEqual([
      ['b1 at 9000', 'b2 at 9000'],
      [9_000, 9_000],
      ['b1', 'b2'],
    ]);
  });

  test('is told of a budget as it has become meanwhile, and by nothing that it was before', async () => {
    const before = await store.budgets.insert(budget('b1'));
    await follow(async () => {
      await spend('r1', 9_000);
      await store.budgets.replace(
        { ...budget('b1'), version: 2, amountMinor: 9_000, alerts: [{ thresholdPercent: 100, channels: [] }] },
        before.version,
      );
    });
    expect((await store.periods.find({})).flatMap((state) => state.fired.map(({ thresholdPercent }) => thresholdPercent))).toEqual([100]);
    expect((await store.spendings.find({})).map(({ budgetVersion }) => budgetVersion)).toEqual([2]);
  });

  test.each([0, 60])('reaches the budgets that count its category, however many others are told of with it: %i', async (others) => {
    const counting = (id: string, ...names: string[]) => {
      const categories: CategoryLimit[] = names.map((category) => ({ category, amountMinor: null }));
      return store.budgets.insert({ ...budget(id), categories });
    };
    await Promise.all([counting('all'), counting('food', 'Food'), counting('both', 'Rent', 'Food'), counting('rent', 'Rent')]);
    const beside = Array.from({ length: others }, (_, at) => ({ ...key, category: `Category ${at}` }));
    await follow(() => spend('r1', 9_000), [key, ...beside]);
    expect((await fired()).toSorted()).toEqual(['all at 9000', 'both at 9000', 'food at 9000']);
  });

  test('fires once, also where it was not known that it had fired', async () => {
    await store.budgets.insert(budget('b1'));
    await follow(() => spend('r1', 9_000));
    await store.spendings.remove(['b1|monthly-2026-01-01']);
    await follow(() => spend('r2', 500));
    await follow(() => spend('r3', 100));
    expect([await fired(), await kept()]).toEqual([['b1 at 9000'], [9_600]]);
  });
});
