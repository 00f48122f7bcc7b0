import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, overriding } from '@commonpurse/shared/testing';
import { createFireAhead } from './fire-ahead.ts';
import { createNearness, type Nearness } from './alerts/nearness.ts';
import { createFollowImport } from './follow-import.ts';
import { createFollow } from './follow-records.ts';
import { createLookTogether } from './look-together.ts';
import { createLook } from './look.ts';
import { type DayKey, dayKeyId } from './mirror/day-key.ts';
import { type BudgetsStore, spentInMirror } from './store.ts';
import { type CategoryLimit, deletedBudget } from './plans/budget.ts';
import { groceries } from './testing/budgets.ts';
import { counting } from './testing/counting.ts';
import { openEmptyStore } from './testing/open-store.ts';

const clock = fakeClock();
const key: DayKey = { ownerId: 'ada', day: '2026-01-10', category: 'Food', currency: 'EUR' };
const budget = (id: string) => groceries(id, [80]);
/** Without and with the foresight that an alert is near. */
const nears = [{ spent: 0 }, { spent: 9_000 }];

describe('What follows from a record', () => {
  let documents: DocumentStore;
  let store: BudgetsStore;
  beforeEach(async () => {
    ({ documents, store } = await openEmptyStore(clock));
    nearness = createNearness();
  });
  afterEach(() => documents.close());
  const told: string[][] = [];
  let nearness: Nearness;
  const follow = (
    keep: () => Promise<unknown>,
    { keys = [key], spent = 0, on = store }: { keys?: readonly DayKey[]; spent?: number; on?: BudgetsStore } = {},
  ): Promise<void> => {
    const live = { touched: (periods: readonly { budget: { _id: string } }[]) => void told.push(periods.map((at) => at.budget._id)) };
    const telling = {
      told: keys,
      spent: [{ ...key, amountMinor: spent }],
      keep: async () => keep().then(() => keys),
      cause: { by: 'ada', requestId: 'r' },
    };
    const deps = { store: on, clock, alerts: true, nearness, spentNow: spentInMirror(on) };
    const look = createLook(deps);
    const followMany = createFollowImport({ store: on, lookTogether: createLookTogether({ ...deps, look }), live });
    return createFollow({ store: on, look, fireAhead: createFireAhead(deps), live, followMany })(telling);
  };
  const spend = (id: string, amountMinor: number) =>
    store.mirror.insert({ _id: id, version: 1, ownerId: 'ada', key: dayKeyId(key), amountMinor });
  const fired = async (): Promise<string[]> =>
    (await store.periods.find({})).flatMap(({ budgetId, fired: all }) => all.map(({ spentMinor }) => `${budgetId} at ${spentMinor}`));
  const kept = async (): Promise<number[]> => (await store.spendings.find({})).map(({ sums }) => sums[0]!.sumMinor);

  test.each(nears)('reaches a budget that is created while the record is kept, and one that was there: %j', async (near) => {
    await store.budgets.insert(budget('b1'));
    await follow(async () => {
      await spend('r1', 9_000);
      await store.budgets.insert(budget('b2'));
    }, near);
    expect([await fired(), await kept(), told.at(-1)]).toEqual([
      ['b1 at 9000', 'b2 at 9000'],
      [9_000, 9_000],
      ['b1', 'b2'],
    ]);
  });

  test.each(nears)('is told of a budget as it has become meanwhile, and by nothing that it was before: %j', async (near) => {
    const before = await store.budgets.insert(budget('b1'));
    await follow(async () => {
      await spend('r1', 9_000);
      await store.budgets.replace(
        { ...budget('b1'), version: 2, amountMinor: 9_000, alerts: [{ thresholdPercent: 100, channels: [] }] },
        before.version,
      );
    }, near);
    expect((await store.periods.find({})).flatMap((state) => state.fired.map(({ thresholdPercent }) => thresholdPercent))).toEqual([100]);
    expect((await store.spendings.find({})).map(({ budgetVersion }) => budgetVersion)).toEqual([2]);
  });

  test.each(nears)('leaves nothing of a budget that is deleted meanwhile, and tells of none: %j', async (near) => {
    const before = await store.budgets.insert(budget('b1'));
    await follow(async () => {
      await spend('r1', 9_000);
      await store.budgets.replace(deletedBudget(before, '2026-01-15T12:00:00.000Z'), before.version);
    }, near);
    expect([await fired(), await kept(), told.at(-1)]).toEqual([[], [], []]);
  });

  test.each([0, 60])('reaches the budgets that count its category, however many others are told of with it: %i', async (others) => {
    const stored = (id: string, ...names: string[]) => {
      const categories: CategoryLimit[] = names.map((category) => ({ category, amountMinor: null }));
      return store.budgets.insert({ ...budget(id), categories });
    };
    await Promise.all([stored('all'), stored('food', 'Food'), stored('both', 'Rent', 'Food'), stored('rent', 'Rent')]);
    const beside = Array.from({ length: others }, (_, at) => ({ ...key, category: `Category ${at}` }));
    await follow(() => spend('r1', 9_000), { keys: [key, ...beside], spent: 9_000 });
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

  /** A store whose totals take nothing before they are told to, and then fail. */
  const withoutTotals = (until: Promise<void>): BudgetsStore => ({
    ...store,
    totals: overriding(store.totals, {
      insert: () => until.then(() => Promise.reject(new Error('no totals'))),
      replace: () => until.then(() => Promise.reject(new Error('no totals'))),
    }),
  });
  const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
  };

  test('fires before the totals are written, from all days that count, and once when it is done anew', async () => {
    await store.budgets.insert(budget('b1'));
    const earlier = { ...key, day: '2026-01-09' };
    await follow(() => store.mirror.insert({ _id: 'r0', version: 1, ownerId: 'ada', key: dayKeyId(earlier), amountMinor: 4_000 }), {
      keys: [earlier],
    });
    await follow(() => spend('r1', 1_000), { spent: 1_000 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const broken = follow(() => spend('r2', 3_000), { keys: [key, key], spent: 3_000, on: withoutTotals(promise) });
    await eventually(async () => (await fired()).length > 0);
    expect([await fired(), (await store.totals.get(dayKeyId(key)))?.sumMinor]).toEqual([['b1 at 8000'], 1_000]);
    resolve();
    await expect(broken).rejects.toThrow('no totals');
    await follow(async () => {}, { spent: 3_000 });
    expect([await fired(), await kept()]).toEqual([['b1 at 8000'], [8_000]]);
  });

  test('asks for no total of a day on which there is nothing else, and for one that it then finds there', async () => {
    await store.budgets.insert(budget('b1'));
    const read: string[][] = [];
    const get = async (id: string) => (read.push([id]), store.totals.get(id));
    const getMany = async (ids: readonly string[]) => (read.push([...ids]), store.totals.getMany(ids));
    const on: BudgetsStore = { ...store, totals: overriding(store.totals, { get, getMany }) };
    await follow(() => spend('r1', 9_000), { spent: 9_000, on });
    expect([read, await kept()]).toEqual([[], [9_000]]);
    await follow(() => spend('r2', 500), { keys: [key, key], spent: 3_500, on });
    expect([read, await kept()]).toEqual([[[dayKeyId(key)]], [9_500]]);
  });

  test('fires nothing ahead that the mirror does not say, whatever was expected', async () => {
    await store.budgets.insert(budget('b1'));
    await follow(() => spend('r1', 7_999), { spent: 9_000 });
    expect(await fired()).toEqual([]);
    await follow(() => spend('r2', 1), { spent: 1 });
    expect(await fired()).toEqual(['b1 at 8000']);
  });

  test('fires nothing ahead where a record was known to count elsewhere, and in the end what is reached', async () => {
    await store.budgets.insert(budget('b1'));
    const elsewhere = { ...key, day: '2026-01-09' };
    await follow(() => store.mirror.insert({ _id: 'r1', version: 1, ownerId: 'ada', key: dayKeyId(elsewhere), amountMinor: 5_000 }), {
      keys: [elsewhere],
    });
    const telling = { told: [key], spent: [{ ...key, amountMinor: 5_000 }], cause: { by: 'ada', requestId: 'r' } };
    const keep = async (): Promise<readonly DayKey[]> => {
      await store.mirror.replace({ _id: 'r1', version: 2, ownerId: 'ada', key: dayKeyId(key), amountMinor: 5_000 }, 1);
      return [key, elsewhere];
    };
    const deps = { store, clock, alerts: true, nearness, spentNow: spentInMirror(store) };
    const followMany = () => Promise.reject(new Error('there is one budget'));
    await createFollow({ store, look: createLook(deps), fireAhead: createFireAhead(deps), live: { touched: () => {} }, followMany })({
      ...telling,
      keep,
    });
    expect([await fired(), await kept()]).toEqual([[], [5_000]]);
  });

  test.each(nears)(
    'costs a few questions however many budgets count it, and each of them has its figures and its alert: %j',
    async (near) => {
      const ids = Array.from({ length: 100 }, (_, n) => `b${100 + n}`);
      for (const id of ids) await store.budgets.insert(budget(id));
      const calls = new Map<string, number>();
      const counted = { ...store, totals: counting(store.totals, calls), spendings: counting(store.spendings, calls) };
      await follow(() => spend('r1', 9_000), { ...near, on: counted });
      expect(await fired()).toEqual(ids.map((id) => `${id} at 9000`));
      expect(await kept()).toEqual(ids.map(() => 9_000));
      expect(told.at(-1)!.toSorted()).toEqual(ids);
      expect(Math.max(...calls.values())).toBeLessThanOrEqual(3);
    },
  );
});
