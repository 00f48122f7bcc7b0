import { describe, expect, test } from '@jest/globals';
import { DuplicateKey, StaleVersion, upsertNewer } from '@commonpurse/shared/documents';
import { type BudgetDoc, newBudget } from '../plans/budget.ts';
import { nextSpending } from '../progress/period-spending.ts';
import { settledSpending } from '../progress/refresh-spending.ts';
import { touchedPeriods } from '../progress/touched-periods.ts';
import { spentBetween } from '../store.ts';
import { simulateMirror, type StartConsumer, type Stored } from '../testing/simulate-mirror.ts';
import { type DayKey, dayKeyId, distinctKeys } from './day-key.ts';
import { nextTotal } from './day-total.ts';
import { keepRecords } from './keep-records.ts';
import { keysOfMirrored, mirrored, type MirroredRecord } from './mirrored-record.ts';
import { createRecomputeTotals } from './recompute-totals.ts';

const seeds = Array.from({ length: 500 }, (_, index) => index + 1);

/** The first seed whose history ends wrong, and how. */
async function firstFault(start: StartConsumer): Promise<string | null> {
  for (const seed of seeds) {
    const wrong = await simulateMirror(seed, start);
    if (wrong.length > 0) return `seed ${seed}: ${wrong.join(', ')}`;
  }
  return null;
}

/** What the service does, without alerts: the mirror, the totals of days, and what the periods of these two people's budgets add up to. */
const real: StartConsumer = (stored) => {
  const recompute = createRecomputeTotals(stored);
  const budgets = ['ada', 'bob'].map(budgetOf);
  return async (told) => {
    const keys = await keepRecords(stored.mirror, told);
    await recompute(keys);
    await Promise.all(touchedPeriods(budgets, keys).map(({ budget, period }) => settledSpending(stored, budget, period)));
  };
};

/** As the real one, but keeps what a period adds up to without asking whether another has kept something newer meanwhile. */
const overwriting: StartConsumer = (stored) => {
  const recompute = createRecomputeTotals(stored);
  return async (told) => {
    const keys = await keepRecords(stored.mirror, told);
    await recompute(keys);
    for (const { budget, period } of touchedPeriods(['ada', 'bob'].map(budgetOf), keys)) {
      const sums = await spentBetween(stored, { ...budget, from: period.start, to: period.end });
      await upsertNewer(stored.spendings, budget._id, (current) => ({ ...nextSpending(current, budget, period, sums)!, _id: budget._id }));
    }
  };
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
      const next = nextTotal(current, key, (current?.sumMinor ?? 0) + change, (current?.records ?? 0) + Math.sign(change));
      if (next === null) return;
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
  const recompute = createRecomputeTotals({ mirror, totals });
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
  const recompute = createRecomputeTotals({ mirror, totals });
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
const onlyTheNew: StartConsumer = (stored) => {
  const recompute = createRecomputeTotals(stored);
  return async (told) => {
    await keepRecords(stored.mirror, told);
    const kept = await stored.mirror.getMany(told.map(({ record }) => record.id));
    await recompute(kept.flatMap((doc) => keysNow(doc)));
  };
};

/** Adds up, then reads the total's version and writes: another's newer sum is lost. */
const hasty: StartConsumer = ({ mirror, totals }: Stored) => {
  const once = async (key: DayKey): Promise<void> => {
    const [sum] = await mirror.sum({ key: dayKeyId(key) }, { by: [], of: 'amountMinor' });
    for (;;) {
      const current = await totals.get(dayKeyId(key));
      const next = nextTotal(current, key, sum?.sum ?? 0, sum?.count ?? 0);
      if (next === null) return;
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

/** Compare-and-sets, but never looks again after a write that succeeded: one who found the total right meanwhile is proven wrong. */
const content: StartConsumer = ({ mirror, totals }) => {
  const settle = async (key: DayKey): Promise<boolean> => {
    const current = await totals.get(dayKeyId(key));
    const [sum] = await mirror.sum({ key: dayKeyId(key) }, { by: [], of: 'amountMinor' });
    const next = nextTotal(current, key, sum?.sum ?? 0, sum?.count ?? 0);
    if (next === null) return true;
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
  test('end as the newest records say, whatever is lost, late, repeated or killed on the way', async () => {
    expect(await firstFault(real)).toBeNull();
  }, 120_000);

  test.each<[string, StartConsumer]>([
    ['adds instead of computing anew', adding],
    ['has no version guard', unguarded],
    ['follows only what it kept', onlyWhenKept],
    ['forgets where a record counted before', onlyTheNew],
    ['computes before it reads the total', hasty],
    ['does not look again after it wrote', content],
    ['overwrites what another kept of a period', overwriting],
  ])(
    'the simulation catches a consumer that %s',
    async (_, planted) => {
      expect(await firstFault(planted)).toMatch(/^seed \d+: /);
    },
    120_000,
  );
});
