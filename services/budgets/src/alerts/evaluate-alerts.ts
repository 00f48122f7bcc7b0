import { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import { DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import { entryOf } from '@commonpurse/shared/messaging';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import type { Cause } from '../mirror/on-record-changed.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import type { Period } from '../progress/period.ts';
import { availableIn } from '../progress/progress.ts';
import type { BudgetsStore } from '../store.ts';
import { type Alert, newlyCrossed, periodId, withFiring } from './alert.ts';

export interface AlertsDeps {
  readonly store: Pick<BudgetsStore, 'periods'>;
  readonly clock: Clock;
}

export interface Evaluation {
  readonly budget: BudgetDoc;
  readonly period: Period;
  readonly spentMinor: number;
  readonly cause: Cause;
}

/** Fires what this spending has newly reached in this period. Looks at what has fired again after every lost race, so of any number of
 *  evaluations at the same time, in this process or another, one fires each threshold. */
export async function evaluatePeriod(deps: AlertsDeps, { budget, period, spentMinor, cause }: Evaluation): Promise<void> {
  const { availableMinor } = availableIn(budget);
  if (newlyCrossed(budget.alerts, [], spentMinor, availableMinor).length === 0) return;
  for (;;) {
    const state = await deps.store.periods.get(periodId(budget._id, period));
    const [alert] = newlyCrossed(budget.alerts, state?.fired ?? [], spentMinor, availableMinor);
    if (alert === undefined) return;
    await fire(deps, { budget, period, alert, spentMinor, availableMinor, cause, state });
  }
}

interface Crossing extends Evaluation {
  readonly alert: Alert;
  readonly availableMinor: number;
  readonly state: Awaited<ReturnType<BudgetsStore['periods']['get']>>;
}

/** One compare-and-set, one version, one entry for each threshold: its event's id is its own. A lost race is not an error. */
async function fire({ store, clock }: AlertsDeps, crossing: Crossing): Promise<void> {
  const { budget, period, alert, spentMinor, availableMinor, cause, state } = crossing;
  const at = instantOf(clock);
  const seen = {
    name: budget.name,
    currency: budget.currency,
    period: { start: period.start, end: period.end },
    spentMinor,
    availableMinor,
  };
  const of = { _id: periodId(budget._id, period), budgetId: budget._id, ownerId: budget.ownerId };
  const next = withFiring(state, of, { ...alert, ...seen, at });
  const entry = entryOf(BudgetThresholdCrossed, {
    aggregateId: next._id,
    version: next.version,
    at,
    ...cause,
    action: 'crossed',
    change: null,
  });
  try {
    await (state === null ? store.periods.insert(next, [entry]) : store.periods.replace(next, state.version, [entry]));
  } catch (error) {
    if (!(error instanceof DuplicateKey) && !(error instanceof StaleVersion)) throw error;
  }
}
