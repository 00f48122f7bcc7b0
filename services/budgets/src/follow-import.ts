import type { LookTogether } from './look-together.ts';
import type { FollowImport } from './mirror/on-records-imported.ts';
import { recomputeTotals } from './mirror/recompute-totals.ts';
import type { LiveProgress } from './progress/live-progress.ts';
import { touchedPeriods } from './progress/touched-periods.ts';
import { type BudgetsStore, budgetsCounting } from './store.ts';

export interface FollowImportDeps {
  readonly store: BudgetsStore;
  readonly lookTogether: LookTogether;
  readonly live: Pick<LiveProgress, 'touched'>;
}

/** As `createFollow`, for thousands of rows at once, of which nobody waits for a single one: step by step, and nothing ahead. A budget that is
 *  created after the budgets were read finds these totals when its creation looks at its periods. */
export const createFollowImport =
  ({ store, lookTogether, live }: FollowImportDeps): FollowImport =>
  async (keys, cause) => {
    await recomputeTotals(store, keys);
    const periods = touchedPeriods(await budgetsCounting(store, keys), keys);
    await lookTogether(periods, cause);
    live.touched(periods);
  };
