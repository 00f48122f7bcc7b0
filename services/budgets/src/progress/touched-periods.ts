import type { DayKey } from '../mirror/day-key.ts';
import { type BudgetDoc, counts } from '../plans/budget.ts';
import { type Period, periodAt, type Schedule } from './period.ts';

export interface BudgetPeriod {
  readonly budget: BudgetDoc;
  readonly period: Period;
}

/** Whether that period counts what is spent there. */
export const countsIn = ({ budget, period }: BudgetPeriod, key: DayKey): boolean =>
  key.ownerId === budget.ownerId && counts(budget, key.category) && periodAt(budget, key.day)?.key === period.key;

/** Every period of these budgets that counts one of these totals, each once. Of an import that may be thousands of days and hundreds of budgets, and
 *  everybody waits meanwhile: so periods are looked for once for all budgets that have the same ones. */
export function touchedPeriods(budgets: readonly BudgetDoc[], keys: readonly DayKey[]): BudgetPeriod[] {
  const owners = Map.groupBy(keys, ({ ownerId }) => ownerId);
  const daysOfOwner = new Map([...owners].map(([ownerId, theirs]) => [ownerId, daysByCategory(theirs)]));
  const alike = new Map<string, PeriodsOf>();
  return budgets.flatMap((budget) => {
    const { ownerId, period: kind, startDate, endDate, monthStartDay } = budget;
    const id = [ownerId, kind, startDate, endDate, monthStartDay].join('|');
    const periodsOf = alike.get(id) ?? createPeriodsOf(budget, daysOfOwner.get(ownerId) ?? new Map());
    alike.set(id, periodsOf);
    return countedBy(budget, periodsOf).map((period) => ({ budget, period }));
  });
}

/** The periods that hold the days of a category, in their order; null: of all categories. */
type PeriodsOf = (category: string | null) => readonly Period[];

function createPeriodsOf(schedule: Schedule, daysOf: ReadonlyMap<string, readonly string[]>): PeriodsOf {
  const found = new Map<string | null, readonly Period[]>();
  const byKey = new Map<string, Period>();
  return (category) => {
    const known = found.get(category);
    if (known !== undefined) return known;
    const days = category === null ? [...new Set([...daysOf.values()].flat())].toSorted() : (daysOf.get(category) ?? []);
    const periods = periodsHolding(schedule, days, byKey);
    found.set(category, periods);
    return periods;
  };
}

function countedBy({ categories }: BudgetDoc, periodsOf: PeriodsOf): readonly Period[] {
  if (categories.length === 0) return periodsOf(null);
  return [...new Set(categories.flatMap(({ category }) => periodsOf(category)))];
}

/** The days of each category, in their order. */
function daysByCategory(keys: readonly DayKey[]): Map<string, string[]> {
  const byCategory = Map.groupBy(keys, ({ category }) => category);
  return new Map([...byCategory].map(([category, theirs]) => [category, theirs.map(({ day }) => day).toSorted()]));
}

/** @param days in their order
 *  @param byKey those that were found already: one period is one object */
function periodsHolding(schedule: Schedule, days: readonly string[], byKey: Map<string, Period>): Period[] {
  const periods: Period[] = [];
  for (const day of days) {
    const last = periods.at(-1);
    const period = last !== undefined && day <= last.end ? null : periodAt(schedule, day);
    if (period === null) continue;
    const known = byKey.get(period.key) ?? period;
    byKey.set(period.key, known);
    periods.push(known);
  }
  return periods;
}
