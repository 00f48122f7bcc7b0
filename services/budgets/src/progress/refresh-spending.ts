import { writeIfUnchanged } from '@commonpurse/shared/documents';
import { drawFirstVersion } from '../draw-first-version.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { type BudgetsStore, spentBetween, spentByEach } from '../store.ts';
import { writeTogether } from '../write-together.ts';
import { type Period, periodId } from './period.ts';
import { nextSpending, type PeriodSpending } from './period-spending.ts';
import type { SpentSum } from './spending.ts';
import type { BudgetPeriod } from './touched-periods.ts';

type Stored = Pick<BudgetsStore, 'totals' | 'spendings'>;

/** What the day totals of a period add up to now. */
export const addUpPeriod = (store: Stored, budget: BudgetDoc, { start, end }: Period): Promise<readonly SpentSum[]> =>
  spentBetween(store, { ...budget, from: start, to: end });

/** Keeps what a period was added up to after `current` was read, also where it is the same: so any two that are kept were added up one after
 *  the other, and the last one began after every change of a day total whose handler is done. False when another has kept something in
 *  between, and all is to be done again. */
export async function keepSpending(
  { spendings }: Pick<Stored, 'spendings'>,
  current: PeriodSpending | null,
  { budget, period }: BudgetPeriod,
  sums: readonly SpentSum[],
): Promise<boolean> {
  const next = nextSpending(current, drawFirstVersion(), budget, period, sums);
  return next === null || (await writeIfUnchanged(spendings, current, next)) !== null;
}

/** As `addUpPeriod`, for each of these, in their order; those that count the same days are added up by one question. */
export async function addUpPeriods(store: Stored, periods: readonly BudgetPeriod[]): Promise<(readonly SpentSum[])[]> {
  const alike = Map.groupBy(periods, ({ budget, period }) => `${budget.ownerId}|${budget.currency}|${period.start}|${period.end}`);
  const added = await Promise.all(
    [...alike.values()].map(async (each) => {
      const { start: from, end: to } = each[0]!.period;
      const budgets = each.map(({ budget }) => budget);
      const sums = await spentByEach(store, budgets, { from, to });
      return each.map((at, index) => [at, sums[index]!] as const);
    }),
  );
  const found = new Map(added.flat());
  return periods.map((at) => found.get(at)!);
}

/** A period that was read, and then added up. */
interface AddedPeriod {
  readonly at: BudgetPeriod;
  readonly current: PeriodSpending | null;
  readonly sums: readonly SpentSum[];
}

/** As `keepSpending`, for many by two commands. Answers those where another may have kept something in between. */
export async function keepSpendings({ spendings }: Pick<Stored, 'spendings'>, added: readonly AddedPeriod[]): Promise<BudgetPeriod[]> {
  const changes = added.flatMap(({ at, current, sums }) => {
    const next = nextSpending(current, drawFirstVersion(), at.budget, at.period, sums);
    return next === null ? [] : { at, current, next };
  });
  return (await writeTogether(spendings, changes)).map(({ at }) => at);
}

/** As the day totals say now; what is read later is never older. */
export async function settledSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<readonly SpentSum[]> {
  for (;;) {
    const current = await store.spendings.get(periodId(budget._id, period));
    const sums = await addUpPeriod(store, budget, period);
    if (await keepSpending(store, current, { budget, period }, sums)) return sums;
  }
}

/** What is kept of the period, where it is of this version of the budget; otherwise added up now. */
export async function readSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<readonly SpentSum[]> {
  const kept = await store.spendings.get(periodId(budget._id, period));
  return kept?.budgetVersion === budget.version ? kept.sums : addUpPeriod(store, budget, period);
}
