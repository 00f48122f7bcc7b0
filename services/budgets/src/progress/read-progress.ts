import { dayIn } from '@commonpurse/shared/calendar';
import { invalid } from '@commonpurse/shared/http';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import type { BudgetDoc } from '../plans/budget.ts';
import type { BudgetsStore } from '../store.ts';
import { earlier, later } from './day.ts';
import { type Period, periodAt } from './period.ts';
import { type ProgressView, progressView } from './progress.ts';
import { readSpending, settledSpending } from './refresh-spending.ts';
import { spendingOf } from './spending.ts';

export interface ProgressDeps {
  readonly store: Pick<BudgetsStore, 'totals' | 'spendings'>;
  readonly clock: Clock;
}

/** Which progress. */
interface ProgressQuestion {
  readonly budget: BudgetDoc;
  /** The owner's. */
  readonly timeZone: string;
  /** A day of the period wanted. Without: today's period, the first one of a budget that has not begun, the last of one that is over. */
  readonly date?: string | undefined;
  /** Adds the period up now, instead of reading what the last change of its records left. */
  readonly settled?: boolean;
}

/** The progress in the period that was asked for. A given date that the budget doesn't count: 400 `outside-budget`. */
export async function readProgress(deps: ProgressDeps, question: ProgressQuestion): Promise<ProgressView> {
  const { budget, timeZone, date, settled = false } = question;
  const today = dayIn(timeZone, deps.clock.now());
  const period = periodAt(budget, date ?? nearestDay(budget, today));
  if (period === null) throw invalid('/date', 'outside-budget', 'The budget does not count that day');
  if (settled) await settledSpending(deps.store, budget, period);
  return progressIn(deps, budget, period, today);
}

/** @param today in the owner's zone */
export async function progressIn({ store, clock }: ProgressDeps, budget: BudgetDoc, period: Period, today: string): Promise<ProgressView> {
  const asOf = instantOf(clock);
  const sums = await readSpending(store, budget, period);
  return progressView({ budget, period, spending: spendingOf(budget, sums), today, asOf });
}

const nearestDay = ({ startDate, endDate }: BudgetDoc, day: string): string =>
  later(startDate, endDate === null ? day : earlier(day, endDate));
