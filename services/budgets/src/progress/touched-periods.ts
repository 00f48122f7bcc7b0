import type { DayKey } from '../mirror/day-key.ts';
import { type BudgetDoc, counts } from '../plans/budget.ts';
import { type Period, periodAt } from './period.ts';

export interface BudgetPeriod {
  readonly budget: BudgetDoc;
  readonly period: Period;
}

/** Whether that period counts what is spent there. */
export const countsIn = ({ budget, period }: BudgetPeriod, key: DayKey): boolean =>
  key.ownerId === budget.ownerId && counts(budget, key.category) && periodAt(budget, key.day)?.key === period.key;

/** Every period of these budgets that counts one of these totals, each once. */
export function touchedPeriods(budgets: readonly BudgetDoc[], keys: readonly DayKey[]): BudgetPeriod[] {
  return budgets.flatMap((budget) => {
    const days = new Set(keys.filter((key) => key.ownerId === budget.ownerId && counts(budget, key.category)).map((key) => key.day));
    const periods = new Map<string, Period>();
    for (const day of days) {
      const period = periodAt(budget, day);
      if (period !== null) periods.set(period.key, period);
    }
    return [...periods.values()].map((period) => ({ budget, period }));
  });
}
