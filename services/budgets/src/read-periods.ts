import { newlyCrossed, type PeriodDoc } from './alerts/alert.ts';
import { periodId } from './progress/period.ts';
import type { PeriodSpending } from './progress/period-spending.ts';
import { availableIn } from './progress/progress.ts';
import { spendingOf } from './progress/spending.ts';
import type { BudgetPeriod } from './progress/touched-periods.ts';
import type { BudgetsStore } from './store.ts';

/** What was read of a period ahead of adding it up. It may be old by then: every write that builds on it is refused then. */
export interface ReadPeriod {
  readonly spending: PeriodSpending | null;
  /** Null also where it was not read, for nothing can have fired as far as is known. */
  readonly state: PeriodDoc | null;
}

/** What is stored of these periods, in their order. What has fired is read only where something is reached already: the first to fire in a
 *  period finds out by its insert that it is not the first. */
export async function readPeriods(
  { spendings, periods }: Pick<BudgetsStore, 'spendings' | 'periods'>,
  wanted: readonly BudgetPeriod[],
): Promise<ReadPeriod[]> {
  if (wanted.length === 0) return [];
  const ids = wanted.map(({ budget, period }) => periodId(budget._id, period));
  const kept = new Map((await spendings.getMany(ids)).map((doc) => [doc._id, doc]));
  const reached = ids.filter((id, at) => hasReached(wanted[at]!, kept.get(id)));
  const states = new Map(reached.length === 0 ? [] : (await periods.getMany(reached)).map((doc) => [doc._id, doc]));
  return ids.map((id) => ({ spending: kept.get(id) ?? null, state: states.get(id) ?? null }));
}

function hasReached({ budget }: BudgetPeriod, kept: PeriodSpending | undefined): boolean {
  if (kept === undefined || budget.alerts.length === 0) return false;
  const { spentMinor } = spendingOf(budget, kept.sums);
  return newlyCrossed(budget.alerts, [], spentMinor, availableIn(budget).availableMinor).length > 0;
}
