import type { Clock } from '@commonpurse/shared/service';
import { evaluatePeriod } from './alerts/evaluate-alerts.ts';
import type { Cause } from './mirror/on-record-changed.ts';
import { createTurnstile } from './mirror/turnstile.ts';
import { refreshSpending } from './progress/refresh-spending.ts';
import { spendingOf } from './progress/spending.ts';
import type { BudgetPeriod } from './progress/touched-periods.ts';
import type { BudgetsStore } from './store.ts';

/** Adds a period up anew, keeps that, and fires what is reached. Resolves when all of it is durable. */
export type Look = (at: BudgetPeriod, cause: Cause) => Promise<void>;

export interface LookDeps {
  readonly store: BudgetsStore;
  readonly clock: Clock;
  /** false: nothing fires. */
  readonly alerts: boolean;
}

/** Looks at one period that come together are done as one; those at another version of the budget are another matter.
 *  An alert doesn't wait for the figures to be kept. */
export function createLook({ store, clock, alerts }: LookDeps): Look {
  const turnstile = createTurnstile();
  const once = async ({ budget, period }: BudgetPeriod, cause: Cause): Promise<boolean> => {
    const { sums, kept } = await refreshSpending(store, budget, period);
    const { spentMinor } = spendingOf(budget, sums);
    const [isKept] = await Promise.all([kept, alerts ? evaluatePeriod({ store, clock }, { budget, period, spentMinor, cause }) : null]);
    return isKept;
  };
  return (at, cause) =>
    turnstile(`${at.budget._id}|${at.budget.version}|${at.period.key}`, async () => {
      while (!(await once(at, cause)));
    });
}
