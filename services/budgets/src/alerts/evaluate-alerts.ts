import { BudgetThresholdCrossed } from '@commonpurse/shared/contracts';
import { DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import { entryOf } from '@commonpurse/shared/messaging';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import type { Cause } from '../mirror/on-record-changed.ts';
import { type BudgetDoc, counts } from '../plans/budget.ts';
import { type Period, periodId } from '../progress/period.ts';
import { availableIn } from '../progress/progress.ts';
import type { Days } from '../progress/days.ts';
import { spendingOf, type SpentSum } from '../progress/spending.ts';
import type { BudgetsStore } from '../store.ts';
import { type Alert, type Firing, newlyCrossed, type PeriodDoc, withFiring } from './alert.ts';

/** What an owner has spent on these days, in all categories, as it was at some moment after the call. */
export type SpentNow = (ownerId: string, days: Days) => Promise<readonly SpentSum[]>;

export interface AlertsDeps {
  readonly store: Pick<BudgetsStore, 'budgets' | 'periods'>;
  readonly clock: Clock;
  readonly spentNow: SpentNow;
}

interface Evaluation {
  readonly budget: BudgetDoc;
  readonly period: Period;
  /** As far as the day totals say. */
  readonly spentMinor: number;
  readonly cause: Cause;
  /** What has happened in the period, as far as was known at any time before, null for nothing; absent: it is read now. */
  readonly read?: PeriodDoc | null | undefined;
}

/** Fires what this spending has newly reached in this period; answers what has happened in it then, as far as that had to be known. Looks at
 *  what has fired again after every lost race, so of any number of evaluations at the same time, in this process or another, one fires each
 *  threshold.
 *
 *  What fires can't be taken back, so what is spent now decides, asked for where something is about to fire. That says no less than what was
 *  heard: an event leaves records when its write is there for all who ask. Whatever it says otherwise has an event that is still to come, which
 *  is followed by another look.
 *
 *  A budget that has changed by then, or is gone, fires nothing: what it was and what is spent now were never there together, and records may take
 *  their time. Whoever changed it looks at its periods. */
export async function evaluatePeriod(deps: AlertsDeps, evaluation: Evaluation): Promise<PeriodDoc | null> {
  const { budget, period, read } = evaluation;
  const { availableMinor } = availableIn(budget);
  const due = (fired: readonly Firing[], spentMinor: number): readonly Alert[] =>
    newlyCrossed(budget.alerts, fired, spentMinor, availableMinor);
  if (due([], evaluation.spentMinor).length === 0) return read ?? null;
  const readNow = (): Promise<PeriodDoc | null> => deps.store.periods.get(periodId(budget._id, period));
  let state = read === undefined ? await readNow() : read;
  if (due(state?.fired ?? [], evaluation.spentMinor).length === 0) return state;
  const sums = await deps.spentNow(budget.ownerId, period);
  if (!(await stands(deps, budget))) return state;
  const { spentMinor } = spendingOf(
    budget,
    sums.filter(({ category }) => counts(budget, category)),
  );
  for (;;) {
    const [alert] = due(state?.fired ?? [], spentMinor);
    if (alert === undefined) return state;
    state = (await fire(deps, { ...evaluation, spentMinor, alert, availableMinor, state })) ?? (await readNow());
  }
}

/** Whether there still is this version of it; a deleted one has another. */
async function stands({ store }: AlertsDeps, { _id, version }: BudgetDoc): Promise<boolean> {
  const now = await store.budgets.get(_id);
  return now?.version === version;
}

interface Crossing extends Evaluation {
  readonly alert: Alert;
  readonly availableMinor: number;
  readonly state: PeriodDoc | null;
}

/** One compare-and-set, one version, one entry for each threshold: its event's id is its own. What has happened then; null when the race was
 *  lost, which is not an error. */
async function fire({ store, clock }: AlertsDeps, crossing: Crossing): Promise<PeriodDoc | null> {
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
    return await (state === null ? store.periods.insert(next, [entry]) : store.periods.replace(next, state.version, [entry]));
  } catch (error) {
    if (!(error instanceof DuplicateKey) && !(error instanceof StaleVersion)) throw error;
    return null;
  }
}
