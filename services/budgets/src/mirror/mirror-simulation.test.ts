import { describe, expect, test } from '@jest/globals';
import { DuplicateKey, StaleVersion, upsertNewer } from '@commonpurse/shared/documents';
import { type BudgetDoc, newBudget } from '../plans/budget.ts';
import { createNearness } from '../alerts/nearness.ts';
import type { FireAhead } from '../fire-ahead.ts';
import { createFollowImport } from '../follow-import.ts';
import { createFollow } from '../follow-records.ts';
import { createLookTogether, type LookTogether } from '../look-together.ts';
import { createLook } from '../look.ts';
import { nextSpending } from '../progress/period-spending.ts';
import { addUpPeriods, keepSpendings } from '../progress/refresh-spending.ts';
import { touchedPeriods } from '../progress/touched-periods.ts';
import { readPeriods } from '../read-periods.ts';
import { type BudgetsStore, spentBetween } from '../store.ts';
import { fakeClock } from '@commonpurse/shared/testing';
import { type Consumer, simulateMirror, type StartConsumer, type Stored } from '../testing/simulate-mirror.ts';
import { type DayKey, dayKeyId, distinctKeys } from './day-key.ts';
import { agrees, nextTotal } from './day-total.ts';
import { gatherByOwner } from './gather.ts';
import { keepRecords } from './keep-records.ts';
import { keysOfMirrored, keysTold, mirrored, spentTold, type MirroredRecord, type ToldRecord } from './mirrored-record.ts';
import type { Follow } from './on-record-changed.ts';
import { recomputeTotals } from './recompute-totals.ts';

const seeds = Array.from({ length: 500 }, (_, index) => index + 1);

/** The first seed whose history ends wrong, and how. */
async function firstFault(start: StartConsumer): Promise<string | null> {
  for (const seed of seeds) {
    const wrong = await simulateMirror(seed, start);
    if (wrong.length > 0) return `seed ${seed}: ${wrong.join(', ')}`;
  }
  return null;
}

/** Nothing fires, and everything is done as if something did. */
const asIfNear: FireAhead = {
  near: (periods) => periods.map((at) => ({ at, before: 0 })),
  fire: (_near, _telling, adding) => adding.then(() => new Map()),
};

const notSoMany = () => Promise.reject(new Error('there is one budget'));

/** What the service does, without alerts: the mirror, the totals of days, and what the periods of these two people's budgets add up to. */
const real =
  (fireAhead: FireAhead | null): StartConsumer =>
  (stored) => {
    const store = { ...stored, budgets: budgetsOf(1) } as unknown as BudgetsStore;
    const look = createLook({ store, clock: fakeClock(), alerts: false, nearness: createNearness(), spentNow: stored.records.spentNow });
    return gathered(stored, createFollow({ store, look, fireAhead, live, followMany: notSoMany }));
  };

/** The same of people with several budgets, where several records at once, or all that comes, is told of as an import's rows are. */
const importing =
  (leastRecords: number): StartConsumer =>
  (stored) => {
    const store = { ...stored, budgets: budgetsOf(3) } as unknown as BudgetsStore;
    const deps = { store, clock: fakeClock(), alerts: false, nearness: createNearness(), spentNow: stored.records.spentNow };
    const look = createLook(deps);
    const followImport = createFollowImport({ store, lookTogether: createLookTogether({ ...deps, look }), live });
    const gather = gatherByOwner(async (chunks: readonly (readonly DayKey[])[]) => followImport(distinctKeys(chunks.flat()), cause));
    const single = gathered(stored, createFollow({ store, look, fireAhead: null, live, followMany: followImport }));
    return async (told) => (told.length < leastRecords ? single(told) : gather(ownerOf(told), await keepRecords(stored.mirror, told)));
  };

/** Follows an import, with another look at its periods. */
const looking =
  (lookTogether: (store: BudgetsStore) => LookTogether): StartConsumer =>
  (stored) => {
    const store = { ...stored, budgets: budgetsOf(3) } as unknown as BudgetsStore;
    const followImport = createFollowImport({ store, lookTogether: lookTogether(store), live });
    return async (told) => followImport(await keepRecords(stored.mirror, told), cause);
  };

const cause = { by: 'ada', requestId: 'r' };
const live = { touched: () => {} };
const ownerOf = (told: readonly ToldRecord[]): string => told[0]?.record.ownerId ?? 'nobody';

function gathered({ mirror }: Stored, follow: Follow): Consumer {
  const gather = gatherByOwner(async (tellings: readonly (readonly ToldRecord[])[]) => {
    const told = tellings.flat();
    const keep = () => keepRecords(mirror, told);
    await follow({ told: told.flatMap(keysTold), spent: told.flatMap(spentTold), keep, cause });
  });
  return (told) => gather(ownerOf(told), told);
}

/** So many of each of the two. */
const budgetsOf = (count: number) => {
  const ofOwner = (ownerId: string) => Array.from({ length: count }, (_, at) => ({ ...budgetOf(ownerId), _id: `budget-${ownerId}-${at}` }));
  return {
    find: async ({ ownerId }: { ownerId: string }) => ofOwner(ownerId),
    getMany: async (ids: readonly string[]) => ['ada', 'bob'].flatMap(ofOwner).filter(({ _id }) => ids.includes(_id)),
  };
};

/** Leaves what another has kept in between as it is. */
const leaving =
  (store: BudgetsStore): LookTogether =>
  async (periods) => {
    const read = await readPeriods(store, periods);
    const sums = await addUpPeriods(store, periods);
    await keepSpendings(
      store,
      periods.map((at, index) => ({ at, current: read[index]!.spending, sums: sums[index]! })),
    );
  };

/** Reads what is kept of the periods after they were added up. */
const readingLate = (store: BudgetsStore): LookTogether =>
  async function lookTogether(periods, because) {
    const sums = await addUpPeriods(store, periods);
    const read = await readPeriods(store, periods);
    const added = periods.map((at, index) => ({ at, current: read[index]!.spending, sums: sums[index]! }));
    const overtaken = await keepSpendings(store, added);
    if (overtaken.length > 0) await lookTogether(overtaken, because);
  };

/** As the real one, but keeps what a period adds up to without asking whether another has kept something newer meanwhile. */
const overwriting: StartConsumer = (stored) => async (told) => {
  const keys = await keepRecords(stored.mirror, told);
  await recomputeTotals(stored, keys);
  for (const { budget, period } of touchedPeriods(['ada', 'bob'].map(budgetOf), keys)) {
    const sums = await spentBetween(stored, { ...budget, from: period.start, to: period.end });
    await upsertNewer(stored.spendings, budget._id, (current) => ({ ...nextSpending(current, 1, budget, period, sums)!, _id: budget._id }));
  }
};

const budgetOf = (ownerId: string): BudgetDoc => {
  const content = { name: '', amountMinor: 1, currency: 'EUR', startDate: '2026-01-01', endDate: null, categories: [], alerts: [] };
  const kinds = { period: 'yearly' as const, rollover: { mode: 'none' as const }, enforcement: 'notify' as const };
  const at = '2026-01-15T12:00:00.000Z';
  return { ...newBudget({ ...content, ...kinds }, { id: `budget-${ownerId}`, ownerId, monthStartDay: 1, at }), changedAt: at };
};

const keysNow = ({ wasKey: _wasKey, ...now }: MirroredRecord): DayKey[] => keysOfMirrored(now);
const lost = (error: unknown): boolean => error instanceof DuplicateKey || error instanceof StaleVersion;

/** Adds to totals what the event says instead of computing them anew. */
const adding: StartConsumer = ({ mirror, totals }) => {
  const add = async (key: DayKey, change: number): Promise<void> => {
    for (;;) {
      const current = await totals.get(dayKeyId(key));
      const added = { sumMinor: (current?.sumMinor ?? 0) + change, records: (current?.records ?? 0) + Math.sign(change) };
      const next = nextTotal(current ?? 1, key, added);
      try {
        await (current === null ? totals.insert(next) : totals.replace(next, current.version));
        return;
      } catch (error) {
        if (!lost(error)) throw error;
      }
    }
  };
  return async (told) => {
    for (const { record } of told) {
      const { before, after } = await upsertNewer(mirror, record.id, (current) =>
        current !== null && current.version >= record.version ? null : mirrored(record, current),
      );
      if (after === before) continue;
      const [from] = before === null ? [] : keysNow(before);
      const [to] = after === null ? [] : keysNow(after);
      if (from) await add(from, -(before?.amountMinor ?? 0));
      if (to) await add(to, after?.amountMinor ?? 0);
    }
  };
};

/** Takes whatever comes for the newest. */
const unguarded: StartConsumer = ({ mirror, totals }) => {
  const recompute = (keys: readonly DayKey[]): Promise<void> => recomputeTotals({ mirror, totals }, keys);
  return async (told) => {
    for (const { record } of told) {
      const { before, after } = await upsertNewer(mirror, record.id, (current) => ({
        ...mirrored(record, current),
        version: (current?.version ?? 0) + 1_000,
      }));
      await recompute([before, after].flatMap((doc) => (doc === null ? [] : keysOfMirrored(doc))));
    }
  };
};

/** Follows only what was newer than what was kept. */
const onlyWhenKept: StartConsumer = ({ mirror, totals }) => {
  const recompute = (keys: readonly DayKey[]): Promise<void> => recomputeTotals({ mirror, totals }, keys);
  return async (told) => {
    for (const { record } of told) {
      const { before, after } = await upsertNewer(mirror, record.id, (current) =>
        current !== null && current.version >= record.version ? null : mirrored(record, current),
      );
      if (after !== before) await recompute([before, after].flatMap((doc) => (doc === null ? [] : keysOfMirrored(doc))));
    }
  };
};

/** Recomputes only where the record counts now. */
const onlyTheNew: StartConsumer = (stored) => async (told) => {
  await keepRecords(stored.mirror, told);
  const kept = await stored.mirror.getMany(told.map(({ record }) => record.id));
  await recomputeTotals(
    stored,
    kept.flatMap((doc) => keysNow(doc)),
  );
};

/** Adds up, then reads the total's version and writes: another's newer sum is lost. */
const hasty: StartConsumer = ({ mirror, totals }: Stored) => {
  const once = async (key: DayKey): Promise<void> => {
    const [sum] = await mirror.sum({ key: dayKeyId(key) }, { by: [], of: 'amountMinor' });
    for (;;) {
      const current = await totals.get(dayKeyId(key));
      const next = nextTotal(current ?? 1, key, { sumMinor: sum?.sum ?? 0, records: sum?.count ?? 0 });
      try {
        await (current === null ? totals.insert(next) : totals.replace(next, current.version));
        return;
      } catch (error) {
        if (!lost(error)) throw error;
      }
    }
  };
  return async (told) => {
    const keys = await keepRecords(mirror, told);
    await Promise.all(distinctKeys(keys).map(once));
  };
};

/** Compare-and-sets, but leaves a total that says so already as it is: who had added up before that, and is late, finds it as it was. */
const content: StartConsumer = ({ mirror, totals }) => {
  const settle = async (key: DayKey): Promise<boolean> => {
    const current = await totals.get(dayKeyId(key));
    const [sum] = await mirror.sum({ key: dayKeyId(key) }, { by: [], of: 'amountMinor' });
    const added = { sumMinor: sum?.sum ?? 0, records: sum?.count ?? 0 };
    if (agrees(current, added)) return true;
    const next = nextTotal(current ?? 1, key, added);
    try {
      await (current === null ? totals.insert(next) : totals.replace(next, current.version));
      return true;
    } catch (error) {
      if (!lost(error)) throw error;
      return false;
    }
  };
  return async (told) => {
    for (const key of distinctKeys(await keepRecords(mirror, told))) while (!(await settle(key)));
  };
};

describe('Day totals', () => {
  test.each<[string, FireAhead | null]>([
    ['is', asIfNear],
    ['is not', null],
  ])('end as the newest records say, whatever is lost, late, repeated or killed on the way, where an alert %s near', async (_, ahead) => {
    expect(await firstFault(real(ahead))).toBeNull();
  });

  test.each([
    ['what comes together', 2],
    ['all that comes', 1],
  ])('and what periods add up to end so, too, where %s is followed as an import', async (_, leastRecords) => {
    expect(await firstFault(importing(leastRecords))).toBeNull();
  });

  test.each<[string, StartConsumer]>([
    ['adds instead of computing anew', adding],
    ['has no version guard', unguarded],
    ['follows only what it kept', onlyWhenKept],
    ['forgets where a record counted before', onlyTheNew],
    ['computes before it reads the total', hasty],
    ['leaves alone what says so already', content],
    ['overwrites what another kept of a period', overwriting],
    ['leaves, of many periods, those that another was faster to keep', looking(leaving)],
    ['reads what is kept of many periods after they were added up', looking(readingLate)],
  ])('the simulation catches a consumer that %s', async (_, planted) => {
    expect(await firstFault(planted)).toMatch(/^seed \d+: /);
  });
});
