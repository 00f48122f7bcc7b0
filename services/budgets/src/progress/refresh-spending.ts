import { DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import type { BudgetDoc } from '../plans/budget.ts';
import { type BudgetsStore, spentBetween } from '../store.ts';
import type { Period } from './period.ts';
import { nextSpending, periodSpendingId } from './period-spending.ts';
import type { SpentSum } from './spending.ts';

type Stored = Pick<BudgetsStore, 'totals' | 'spendings'>;

export interface Refreshed {
  /** As the day totals say now. */
  readonly sums: readonly SpentSum[];
  /** Resolves once they are kept; false when another was faster, and all is to be done again. */
  readonly kept: Promise<boolean>;
}

/** Adds a period up anew and keeps it, also where it is the same: so any two that are kept were added up one after the other, and the last
 *  one began after every change of a day total whose handler is done. A handler that finds a write of another in between does it again. */
export async function refreshSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<Refreshed> {
  const current = await store.spendings.get(periodSpendingId(budget._id, period));
  const sums = await spentBetween(store, { ...budget, from: period.start, to: period.end });
  const next = nextSpending(current, budget, period, sums);
  return { sums, kept: next === null ? Promise.resolve(true) : keep(store, next, current?.version ?? null) };
}

/** As the day totals say now; what is read later is never older. */
export async function settledSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<readonly SpentSum[]> {
  for (;;) {
    const { sums, kept } = await refreshSpending(store, budget, period);
    if (await kept) return sums;
  }
}

async function keep({ spendings }: Stored, next: Parameters<Stored['spendings']['insert']>[0], expected: number | null): Promise<boolean> {
  try {
    await (expected === null ? spendings.insert(next) : spendings.replace(next, expected));
    return true;
  } catch (error) {
    if (error instanceof DuplicateKey || error instanceof StaleVersion) return false;
    throw error;
  }
}

/** What is kept of the period, where it is of this version of the budget; otherwise added up now. */
export async function readSpending(store: Stored, budget: BudgetDoc, period: Period): Promise<readonly SpentSum[]> {
  const kept = await store.spendings.get(periodSpendingId(budget._id, period));
  return kept?.budgetVersion === budget.version ? kept.sums : spentBetween(store, { ...budget, from: period.start, to: period.end });
}
