import { DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import { drawFirstVersion } from '../draw-first-version.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { type BudgetsStore, spentBetween } from '../store.ts';
import type { Period } from './period.ts';
import { nextSpending, type PeriodSpending, periodSpendingId } from './period-spending.ts';
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
  if (next === null) return true;
  try {
    await (current === null ? spendings.insert(next) : spendings.replace(next, current.version));
    return true;
  } catch (error) {
    if (error instanceof DuplicateKey || error instanceof StaleVersion) return false;
    throw error;
  }
}

/** As the day totals say now; what is read later is never older. */
export async function settledSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<readonly SpentSum[]> {
  for (;;) {
    const current = await store.spendings.get(periodSpendingId(budget._id, period));
    const sums = await addUpPeriod(store, budget, period);
    if (await keepSpending(store, current, { budget, period }, sums)) return sums;
  }
}

/** What is kept of the period, where it is of this version of the budget; otherwise added up now. */
export async function readSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<readonly SpentSum[]> {
  const kept = await store.spendings.get(periodSpendingId(budget._id, period));
  return kept?.budgetVersion === budget.version ? kept.sums : addUpPeriod(store, budget, period);
}
