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

/** Every period of these budgets that counts one of these totals, each once. Of an import that may be thousands of days and hundreds of budgets, so a
 *  day is compared with each budget that counts it and no more. */
export function touchedPeriods(budgets: readonly BudgetDoc[], keys: readonly DayKey[]): BudgetPeriod[] {
  const owners = Map.groupBy(keys, ({ ownerId }) => ownerId);
  const daysOfOwner = new Map([...owners].map(([ownerId, theirs]) => [ownerId, daysByCategory(theirs)]));
  return budgets.flatMap((budget) => {
    const days = daysOfOwner.get(budget.ownerId) ?? new Map<string, string[]>();
    const counted = budget.categories.length === 0 ? [...days.keys()] : budget.categories.map(({ category }) => category);
    const periods = new Map(
      counted.flatMap((category) => periodsHolding(budget, days.get(category) ?? [])).map((each) => [each.key, each]),
    );
    return [...periods.values()].map((period) => ({ budget, period }));
  });
}

/** The days of each category, in their order. */
function daysByCategory(keys: readonly DayKey[]): Map<string, string[]> {
  const byCategory = Map.groupBy(keys, ({ category }) => category);
  return new Map([...byCategory].map(([category, theirs]) => [category, theirs.map(({ day }) => day).toSorted()]));
}

/** @param days in their order */
function periodsHolding(budget: BudgetDoc, days: readonly string[]): Period[] {
  const periods: Period[] = [];
  for (const day of days) {
    const last = periods.at(-1);
    const period = last !== undefined && day <= last.end ? null : periodAt(budget, day);
    if (period !== null) periods.push(period);
  }
  return periods;
}
