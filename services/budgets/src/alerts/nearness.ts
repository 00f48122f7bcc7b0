import { LRUCache } from 'lru-cache';
import type { DaySpending } from '../mirror/day-key.ts';
import { availableIn } from '../progress/progress.ts';
import { cappedMinor } from '../progress/spending.ts';
import { type BudgetPeriod, countsIn } from '../progress/touched-periods.ts';
import { newlyCrossed } from './alert.ts';

/** Whether an alert is near, without asking the store: by what each period held when it was last added up in this process. A guess, for others
 *  add up too. */
export interface Nearness {
  saw(at: BudgetPeriod, spentMinor: number): void;
  /** How many thresholds of the period had been reached before, where this spending may reach another one; null where it doesn't. Of a period
   *  that was not seen lately nothing is known: it is near, and none had been reached. */
  reachedBefore(at: BudgetPeriod, spent: readonly DaySpending[]): number | null;
}

/** Some megabytes. What is forgotten is asked for once more than it need be. */
const rememberedMax = 10_000;

export function createNearness(max = rememberedMax): Nearness {
  const seen = new LRUCache<string, number>({ max });
  return {
    saw: (at, spentMinor) => void seen.set(keyOf(at), spentMinor),
    reachedBefore(at, spent) {
      const { currency } = at.budget;
      const counted = spent.filter((each) => each.currency === currency && countsIn(at, each));
      if (counted.length === 0 || at.budget.alerts.length === 0) return null;
      const before = seen.get(keyOf(at));
      if (before === undefined) return 0;
      const after = counted.reduce((sum, { amountMinor }) => cappedMinor(sum + amountMinor), before);
      return reachedAt(at, after) > reachedAt(at, before) ? reachedAt(at, before) : null;
    },
  };
}

const keyOf = ({ budget, period }: BudgetPeriod): string => `${budget._id}|${budget.version}|${period.key}`;

const reachedAt = ({ budget }: BudgetPeriod, spentMinor: number): number =>
  newlyCrossed(budget.alerts, [], spentMinor, availableIn(budget).availableMinor).length;
