import { invalid } from '@commonpurse/shared/http';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import type { BudgetDoc } from '../plans/budget.ts';
import { type BudgetsStore, spentBetween } from '../store.ts';
import { dayIn, earlier, later } from './day.ts';
import { type Period, periodAt } from './period.ts';
import { type ProgressView, progressView } from './progress.ts';
import { spendingOf } from './spending.ts';

export interface ProgressDeps {
  readonly store: Pick<BudgetsStore, 'totals'>;
  readonly clock: Clock;
}

/** The progress in the period that holds `date`. Without a date: in today's period, in the first one of a budget that has not begun,
 *  in the last one of a budget that is over. A given date that the budget doesn't count: 400 `outside-budget`.
 *  @param timeZone the owner's */
export function readProgress(deps: ProgressDeps, budget: BudgetDoc, timeZone: string, date?: string): Promise<ProgressView> {
  const today = dayIn(timeZone, deps.clock.now());
  const period = periodAt(budget, date ?? nearestDay(budget, today));
  if (period === null) throw invalid('/date', 'outside-budget', 'The budget does not count that day');
  return progressIn(deps, budget, period, today);
}

/** @param today in the owner's zone */
export async function progressIn({ store, clock }: ProgressDeps, budget: BudgetDoc, period: Period, today: string): Promise<ProgressView> {
  const asOf = instantOf(clock);
  const sums = await spentBetween(store, { ...budget, from: period.start, to: period.end });
  return progressView({ budget, period, spending: spendingOf(budget, sums), today, asOf });
}

const nearestDay = ({ startDate, endDate }: BudgetDoc, day: string): string =>
  later(startDate, endDate === null ? day : earlier(day, endDate));
