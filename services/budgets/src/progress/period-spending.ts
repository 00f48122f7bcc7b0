import type { Doc, Draft } from '@commonpurse/shared/documents';
import type { BudgetDoc } from '../plans/budget.ts';
import { type Period, periodId } from './period.ts';
import type { SpentSum } from './spending.ts';

/** What was spent in one period of one budget, added up from day totals, so that nobody has to add it up to read it.
 *  `_id` is its `periodId`. Absent where nothing was spent, or nobody has looked yet. */
export interface PeriodSpending extends Doc {
  readonly ownerId: string;
  /** It holds for this version of the budget only: another may have other days, categories, currency. */
  readonly budgetVersion: number;
  readonly sums: readonly SpentSum[];
}

/** The next state of what is kept, from `firstVersion` on. Null when that is of a newer version of the budget: whoever changed the budget adds up anew. */
export function nextSpending(
  current: PeriodSpending | null,
  firstVersion: number,
  budget: Pick<BudgetDoc, '_id' | 'version' | 'ownerId'>,
  period: Period,
  sums: readonly SpentSum[],
): Draft<PeriodSpending> | null {
  if (current !== null && current.budgetVersion > budget.version) return null;
  return {
    _id: periodId(budget._id, period),
    version: current === null ? firstVersion : current.version + 1,
    ownerId: budget.ownerId,
    budgetVersion: budget.version,
    sums,
  };
}
