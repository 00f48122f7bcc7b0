import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock, overriding } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { createNearness } from './alerts/nearness.ts';
import { createFollowImport } from './follow-import.ts';
import { createLookTogether } from './look-together.ts';
import { createLook } from './look.ts';
import { type DayKey, dayKeyId } from './mirror/day-key.ts';
import type { BudgetDoc } from './plans/budget.ts';
import { createSpentNow } from './spent-now.ts';
import type { BudgetsStore } from './store.ts';
import { groceries } from './testing/budgets.ts';
import { counting } from './testing/counting.ts';
import { openEmptyStore } from './testing/open-store.ts';

const clock = fakeClock();
const on = (day: string, rest: Partial<DayKey> = {}): DayKey => ({ ownerId: 'ada', day, category: 'Food', currency: 'EUR', ...rest });
const budget = (id: string, content: Partial<BudgetDoc> = {}) => ({ ...groceries(id, [80]), ...content });
const categories = (...names: string[]) => names.map((category) => ({ category, amountMinor: null }));

describe('What follows from an import', () => {
  let documents: DocumentStore;
  let store: BudgetsStore;
  let told: string[];
  beforeEach(async () => {
    ({ documents, store } = await openEmptyStore(clock));
    told = [];
  });
  afterEach(() => documents.close());
  const follow = (keys: readonly DayKey[], of: BudgetsStore = store): Promise<void> => {
    const spentNow = createSpentNow({
      store: of,
      peers: { get: () => Promise.reject(new PeerUnavailable('away')) },
      log: pino({ level: 'silent' }),
    });
    const deps = { store: of, clock, alerts: true, nearness: createNearness(), spentNow };
    const live = { touched: (periods: readonly { budget: BudgetDoc }[]) => void told.push(...periods.map((at) => at.budget._id)) };
    const lookTogether = createLookTogether({ ...deps, look: createLook(deps) });
    return createFollowImport({ store: of, lookTogether, live })(keys, { by: 'ada', requestId: 'r' });
  };
  let rows = 0;
  const spend = (key: DayKey, amountMinor: number) =>
    store.mirror.insert({ _id: `r${(rows += 1)}`, version: 1, ownerId: key.ownerId, key: dayKeyId(key), amountMinor });
  const fired = async (): Promise<string[]> =>
    (await store.periods.find({})).flatMap(({ _id, fired: all }) => all.map(({ spentMinor }) => `${_id} at ${spentMinor}`));
  const kept = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await store.spendings.find({})).map(({ _id, sums }) => [_id, sums.map((of) => `${of.sumMinor} ${of.currency} ${of.count}`).join()]),
    );

  test('are the figures and alerts of all periods that it touches, each as it counts', async () => {
    await store.budgets.insert(budget('all'));
    await store.budgets.insert(budget('food', { categories: categories('Food', 'Fun') }));
    await store.budgets.insert(budget('dollars', { currency: 'USD' }));
    await store.budgets.insert(budget('year', { period: 'yearly', categories: categories('Rent') }));
    await store.budgets.insert(budget('other', { ownerId: 'bob' }));
    const [food, dollars, rent] = [on('2026-01-10'), on('2026-01-10', { currency: 'USD' }), on('2026-02-01', { category: 'Rent' })];
    await Promise.all([spend(food, 8_000), spend(dollars, 300), spend(rent, 9_000)]);
    await follow([food, dollars, rent]);
    expect(await kept()).toEqual({
      'all|monthly-2026-01-01': '8000 EUR 0,300 USD 1',
      'all|monthly-2026-02-01': '9000 EUR 0',
      'food|monthly-2026-01-01': '8000 EUR 0,300 USD 1',
      'dollars|monthly-2026-01-01': '8000 EUR 1,300 USD 0',
      'dollars|monthly-2026-02-01': '9000 EUR 1',
      'year|yearly-2026-01-01': '9000 EUR 0',
    });
    const alerts = ['all|monthly-2026-01-01 at 8000', 'all|monthly-2026-02-01 at 9000', 'food|monthly-2026-01-01 at 8000'];
    expect((await fired()).toSorted()).toEqual([...alerts, 'year|yearly-2026-01-01 at 9000']);
    await follow([food, dollars, rent]);
    expect(await fired()).toHaveLength(4);
    expect(told.slice(0, 6).toSorted()).toEqual(['all', 'all', 'dollars', 'dollars', 'food', 'year']);
  });

  test('costs a question for the days of each month, one before anything fires, and a few for hundreds of periods, however many budgets count them', async () => {
    const months = Array.from({ length: 5 }, (_, at) => `2026-0${at + 1}`);
    for (let n = 0; n < 100; n += 1) await store.budgets.insert(budget(`b${n}`, { categories: categories('Food', `Only ${n % 7}`) }));
    const keys = months.flatMap((month) => [on(`${month}-10`), on(`${month}-20`)]);
    await Promise.all(keys.map((key) => spend(key, 4_000)));
    const asked = new Map<string, number>();
    await follow(keys, { ...store, mirror: counting(store.mirror, asked) });
    expect(await fired()).toHaveLength(500);
    // the days, and before anything fires all months at once
    expect(Object.fromEntries(asked)).toEqual({ 'mirror sum': 2 });
    const calls = new Map<string, number>();
    const counted = {
      ...store,
      totals: counting(store.totals, calls),
      budgets: counting(store.budgets, calls),
      spendings: counting(store.spendings, calls),
      periods: counting(store.periods, calls),
    };
    await follow(keys, counted);
    expect(Object.fromEntries(calls)).toEqual({
      // their own: read and written
      'day-totals getMany': 1,
      'day-totals insertMany': 1,
      'day-totals replaceMany': 1,
      // the months
      'day-totals sum': 5,
      'budgets find': 1,
      'budgets getMany': 1,
      'period-spendings getMany': 1,
      'period-spendings insertMany': 1,
      'period-spendings replaceMany': 1,
      'periods getMany': 1,
    });
  });

  test.each([[['stays', 'stays-too', 'changes', 'goes']], [['goes']]])(
    'leaves a budget that changes or goes meanwhile to who changes it: of %j',
    async (ids) => {
      for (const id of ids) await store.budgets.insert(budget(id));
      await spend(on('2026-01-10'), 9_000);
      let first = true;
      const totals = overriding(store.totals, {
        sum: async (...given: Parameters<typeof store.totals.sum>) => {
          if (first) {
            first = false;
            if (ids.includes('changes')) await store.budgets.replace({ ...budget('changes'), version: 2, amountMinor: 1_000_000 }, 1);
            await store.budgets.replace({ ...budget('goes'), version: 2, deletedAt: '2026-01-15T12:00:00.000Z' }, 1);
          }
          return store.totals.sum(...given);
        },
      });
      // read once more behind the sums, where these are asked for at the same time
      const budgets = overriding(store.budgets, {
        getMany: async (wanted: readonly string[]) => {
          while (first || (await store.budgets.get('goes'))!.version === 1) await new Promise((resolve) => setImmediate(resolve));
          return store.budgets.getMany(wanted);
        },
      });
      await follow([on('2026-01-10')], { ...store, totals, budgets });
      const left = ids.filter((id) => id.startsWith('stays')).map((id) => `${id}|monthly-2026-01-01`);
      expect((await fired()).toSorted()).toEqual(left.map((id) => `${id} at 9000`).toSorted());
      expect(Object.keys(await kept()).toSorted()).toEqual(left.toSorted());
    },
  );

  test.each(['is there already', 'comes first'])('counts what another keeps of a period meanwhile, where it %s', async (which) => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await store.budgets.insert(budget(id));
    const key = on('2026-01-10');
    await spend(key, 1_000);
    if (which === 'is there already') await follow([key]);
    let meetings = 0;
    const totals = overriding(store.totals, {
      sum: async (...given: Parameters<typeof store.totals.sum>) => {
        const sums = await store.totals.sum(...given);
        if ((meetings += 1) <= 3) {
          await spend(key, 500);
          await follow([key]);
        }
        return sums;
      },
    });
    await follow([key], { ...store, totals });
    expect(Object.values(await kept())).toEqual(Array.from({ length: 5 }, () => '2500 EUR 0'));
  });

  test('is not done where something of it can not be kept', async () => {
    for (const id of ['a', 'b']) await store.budgets.insert(budget(id));
    await spend(on('2026-01-10'), 1_000);
    const spendings = overriding(store.spendings, { insertMany: () => Promise.reject(new Error('away')) });
    await expect(follow([on('2026-01-10')], { ...store, spendings })).rejects.toThrow('away');
  });
});
