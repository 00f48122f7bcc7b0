import type { CategoryLimit } from '../plans/budget.ts';

/** Spending of a period in one category and currency, added up from day totals. */
export interface SpentSum {
  readonly category: string;
  readonly currency: string;
  readonly sumMinor: number;
  /** How many expenses it adds up. */
  readonly count: number;
}

/** A period's spending in the budget's own currency. */
export interface Spending {
  readonly spentMinor: number;
  /** In the budget's order; a budget without named categories lists what was spent on, most first. */
  readonly byCategory: readonly { readonly category: string; readonly limitMinor: number | null; readonly spentMinor: number }[];
  /** Expenses that have no value in the budget's currency (yet): counted here, in nothing else. By currency, in alphabetical order. */
  readonly missingRates: readonly { readonly currency: string; readonly count: number }[];
}

/** The value of a sum in the budget's currency, in its minor units; null when it has none. */
type Valuation = (sum: SpentSum, currency: string) => number | null;

/** The budget's own currency is never converted. */
const ownCurrencyOnly: Valuation = (sum, currency) => (sum.currency === currency ? sum.sumMinor : null);

/** More than this can't be shown or told exactly; a total stays there. (Some 900 expenses of the largest amount there is.) */
export const cappedMinor = (sum: number): number => Math.min(sum, Number.MAX_SAFE_INTEGER);

/** Adds up the sums that a budget counts. `sums` holds only those of its categories. */
export function spendingOf(
  budget: { readonly currency: string; readonly categories: readonly CategoryLimit[] },
  sums: readonly SpentSum[],
  valueOf: Valuation = ownCurrencyOnly,
): Spending {
  const spent = new Map(budget.categories.map(({ category }) => [category, 0]));
  const missing = new Map<string, number>();
  for (const sum of sums) {
    const value = valueOf(sum, budget.currency);
    if (value !== null) spent.set(sum.category, cappedMinor((spent.get(sum.category) ?? 0) + value));
    else if (sum.count > 0) missing.set(sum.currency, (missing.get(sum.currency) ?? 0) + sum.count);
  }
  let spentMinor = 0;
  for (const each of spent.values()) spentMinor += each;
  return {
    spentMinor: cappedMinor(spentMinor),
    byCategory: byCategoryOf(budget.categories, spent),
    missingRates: [...missing].map(([currency, count]) => ({ currency, count })).toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
  };
}

function byCategoryOf(limits: readonly CategoryLimit[], spent: ReadonlyMap<string, number>): Spending['byCategory'] {
  if (limits.length > 0) {
    return limits.map(({ category, amountMinor }) => ({ category, limitMinor: amountMinor, spentMinor: spent.get(category) ?? 0 }));
  }
  const spentOn: Spending['byCategory'][number][] = [];
  for (const [category, spentMinor] of spent) if (spentMinor > 0) spentOn.push({ category, limitMinor: null, spentMinor });
  return spentOn.toSorted((a, b) => b.spentMinor - a.spentMinor || (a.category < b.category ? -1 : 1));
}
