import type { Cause } from '../mirror/on-record-changed.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { addDays } from '../progress/day.ts';
import { periodAt } from '../progress/period.ts';
import type { BudgetPeriod } from '../progress/touched-periods.ts';
import { type BudgetsStore, categoriesMax } from '../store.ts';

export interface ReviewDeps {
  readonly store: Pick<BudgetsStore, 'budgets' | 'totals'>;
  /** Adds periods up and fires what is reached. */
  readonly look: (periods: readonly BudgetPeriod[], cause: Cause) => Promise<void>;
}

/** Looks at every period of a budget in which something that it counts was spent: after it was created, or changed so that other days or categories count
 *  or a threshold is reached now. Goes from one day with spending to the period after it, so that empty years cost nothing. Who spends on a day that it
 *  has passed finds the budget. */
export async function reviewBudget(deps: ReviewDeps, budget: BudgetDoc, cause: Cause): Promise<void> {
  const periods: BudgetPeriod[] = [];
  for (let from: string | null = budget.startDate; from !== null;) {
    const day: string | undefined = await firstSpendingDay(deps, budget, from);
    const period = day === undefined ? null : periodAt(budget, day);
    if (period === null) break;
    periods.push({ budget, period });
    const next = addDays(period.end, 1);
    from = next > period.end ? next : null;
  }
  await deps.look(periods, cause);
}

async function firstSpendingDay({ store }: ReviewDeps, { ownerId, categories }: BudgetDoc, from: string): Promise<string | undefined> {
  const counted = categories.length > 0 &&
    categories.length <= categoriesMax && { category: { $in: categories.map(({ category }) => category) } };
  const [total] = await store.totals.find(
    { ownerId, day: { $gte: from }, ...counted },
    {
      sort: [
        ['ownerId', 1],
        ['day', 1],
      ],
      limit: 1,
    },
  );
  return total?.day;
}
