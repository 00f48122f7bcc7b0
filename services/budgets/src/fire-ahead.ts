import type { PeriodDoc } from './alerts/alert.ts';
import { type AlertsDeps, evaluatePeriod } from './alerts/evaluate-alerts.ts';
import type { Nearness } from './alerts/nearness.ts';
import { type DayKey, dayKeyId, distinctKeys } from './mirror/day-key.ts';
import type { Telling } from './mirror/on-record-changed.ts';
import type { AddedDays } from './mirror/recompute-totals.ts';
import { periodId } from './progress/period.ts';
import { type Spending, spendingOf } from './progress/spending.ts';
import { type BudgetPeriod, countsIn } from './progress/touched-periods.ts';
import { type BudgetsStore, spentBetween } from './store.ts';

/** Fires what is reached by what the mirror says of the days that were told of and the totals say of all others, before these days have their
 *  totals: an alert waits for no write but that of the record itself. */
export interface FireAhead {
  /** Those of these periods in which an alert may be near. */
  near(periods: readonly BudgetPeriod[], telling: Pick<Telling, 'told' | 'spent'>): NearPeriod[];
  /** Answers what has happened in these periods, by their ids.
   *  @param adding what the mirror says of the days that were told of, once the records are kept */
  fire(
    near: readonly NearPeriod[],
    telling: Pick<Telling, 'told' | 'cause'>,
    adding: Promise<AddedDays>,
  ): Promise<ReadonlyMap<string, PeriodDoc | null>>;
}

interface NearPeriod {
  readonly at: BudgetPeriod;
  /** How many thresholds had been reached before, as far as is known. */
  readonly before: number;
}

interface FireAheadDeps extends AlertsDeps {
  readonly store: Pick<BudgetsStore, 'periods' | 'budgets' | 'totals'>;
  readonly nearness: Nearness;
}

/** With more days at once nothing is fired ahead: it would ask for all days but those. */
const daysMax = 20;

/** It may miss what another handler does at the same time, for what it adds up is read at different moments: the look at the period, which comes
 *  behind the totals and decides, misses nothing. All days have to be told of that the records have left or come to, so that none is counted
 *  twice. A budget that has changed since it was read is left to that look. */
export const createFireAhead = ({ nearness, ...deps }: FireAheadDeps): FireAhead => ({
  near(periods, { told, spent }) {
    if (distinctKeys(told).length > daysMax) return [];
    return periods.flatMap((at) => {
      const before = nearness.reachedBefore(at, spent);
      return before === null ? [] : { at, before };
    });
  },
  async fire(near, { told, cause }, adding) {
    const days = distinctKeys(told);
    const fired = near.map(async ({ at, before }) => {
      const { spentMinor } = await spendingAhead(deps, at, days, adding);
      // of one that had reached nothing, nothing has fired; its insert finds out if that is wrong
      const evaluation = { ...at, spentMinor, cause, read: before === 0 ? null : undefined };
      return [periodId(at.budget._id, at.period), await evaluatePeriod(deps, evaluation)] as const;
    });
    return new Map(await Promise.all(fired));
  },
});

async function spendingAhead(
  { store }: Pick<FireAheadDeps, 'store'>,
  at: BudgetPeriod,
  days: readonly DayKey[],
  adding: Promise<AddedDays>,
): Promise<Spending> {
  const { start: from, end: to } = at.period;
  const [others, added] = await Promise.all([spentBetween(store, { ...at.budget, from, to, without: days.map(dayKeyId) }), adding]);
  const here = days
    .filter((key) => countsIn(at, key))
    .map(({ category, currency, ...key }) => {
      const { sumMinor, records } = added.get(dayKeyId({ ...key, category, currency }))!;
      return { category, currency, sumMinor, count: records };
    });
  return spendingOf(at.budget, [...others, ...here]);
}
