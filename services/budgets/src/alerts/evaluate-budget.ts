import type { Cause } from '../mirror/on-record-changed.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { addDays } from '../progress/day.ts';
import { periodAt } from '../progress/period.ts';
import { type AlertsDeps, evaluatePeriod } from './evaluate-alerts.ts';

/** Looks at every period of a budget in which something was spent: after it was created, or changed so that a threshold may be reached now.
 *  Goes from one day with spending to the period after it, so that empty years cost nothing. */
export async function evaluateBudget(deps: AlertsDeps, budget: BudgetDoc, cause: Cause): Promise<void> {
  for (let from: string | null = budget.startDate; from !== null;) {
    const day: string | undefined = await firstSpendingDay(deps, budget, from);
    const period = day === undefined ? null : periodAt(budget, day);
    if (period === null) return;
    await evaluatePeriod(deps, budget, period, cause);
    const next = addDays(period.end, 1);
    from = next > period.end ? next : null;
  }
}

async function firstSpendingDay({ store }: AlertsDeps, { ownerId }: BudgetDoc, from: string): Promise<string | undefined> {
  const [total] = await store.totals.find(
    { ownerId, day: { $gte: from } },
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
