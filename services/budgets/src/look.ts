import { createTurnstile } from '@commonpurse/shared/service';
import { type AlertsDeps, evaluatePeriod } from './alerts/evaluate-alerts.ts';
import type { Nearness } from './alerts/nearness.ts';
import type { Cause } from './mirror/on-record-changed.ts';
import { periodId } from './progress/period.ts';
import { addUpPeriod, keepSpending } from './progress/refresh-spending.ts';
import { spendingOf } from './progress/spending.ts';
import type { BudgetPeriod } from './progress/touched-periods.ts';
import type { ReadPeriod } from './read-periods.ts';
import type { BudgetsStore } from './store.ts';

/** Adds a period up anew, keeps that, and fires what is reached. Resolves when all of it is durable.
 *  @param ahead what was read of it before the call */
export type Look = (at: BudgetPeriod, cause: Cause, ahead?: Ahead) => Promise<void>;

export interface Ahead extends ReadPeriod {
  /** Whether there still is this version of the budget, asked while the period is added up. Otherwise nothing is kept, and nothing fires. */
  stands(): Promise<boolean>;
}

export interface LookDeps extends AlertsDeps {
  readonly store: Pick<BudgetsStore, 'budgets' | 'totals' | 'spendings' | 'periods'>;
  /** false: nothing fires. */
  readonly alerts: boolean;
  /** Told what was found. */
  readonly nearness: Nearness;
}

/** Calls for the same period and version of its budget that come while one is under way share the next one.
 *  An alert doesn't wait for the figures to be kept. */
export function createLook(deps: LookDeps): Look {
  const { store, alerts, nearness } = deps;
  const turnstile = createTurnstile();
  const once = async (at: BudgetPeriod, cause: Cause, ahead?: Ahead): Promise<boolean> => {
    const { budget, period } = at;
    const current = ahead === undefined ? await store.spendings.get(periodId(budget._id, period)) : ahead.spending;
    const [sums, stands] = await Promise.all([addUpPeriod(store, budget, period), ahead === undefined || ahead.stands()]);
    if (!stands) return true;
    const { spentMinor } = spendingOf(budget, sums);
    nearness.saw(at, spentMinor);
    const evaluation = { budget, period, spentMinor, cause, read: ahead?.state };
    const [isKept] = await Promise.all([keepSpending(store, current, at, sums), alerts ? evaluatePeriod(deps, evaluation) : null]);
    return isKept;
  };
  return (at, cause, ahead) =>
    turnstile(`${at.budget._id}|${at.budget.version}|${at.period.key}`, async () => {
      for (let done = await once(at, cause, ahead); !done;) done = await once(at, cause);
    });
}
