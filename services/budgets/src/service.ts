import { createPeople, type PersonDoc } from '@commonpurse/shared/access';
import { createService, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { evaluatePeriod } from './alerts/evaluate-alerts.ts';
import { onBudgetChanged } from './alerts/on-budget-changed.ts';
import { periodsOutbox } from './alerts/outbox.ts';
import type { BudgetsConfig } from './config.ts';
import { createArrivals } from './mirror/arrivals.ts';
import { awaitRecord } from './mirror/await-record.ts';
import { distinctOwners } from './mirror/day-key.ts';
import { type KeepDeps, onRecordChanged } from './mirror/on-record-changed.ts';
import { onRecordsImported } from './mirror/on-records-imported.ts';
import { createRecomputeTotals, type RecomputeTotals } from './mirror/recompute-totals.ts';
import { createTurnstile } from './mirror/turnstile.ts';
import { findBudget } from './plans/change-budget.ts';
import { budgetsOutbox } from './plans/outbox.ts';
import { planRoutes } from './plans/routes.ts';
import { createLiveProgress, type LiveProgress } from './progress/live-progress.ts';
import { progressRoutes } from './progress/routes.ts';
import { touchedPeriods } from './progress/touched-periods.ts';
import { type BudgetsStore, livingBudgets, openBudgetsStore } from './store.ts';

export type BudgetsDeps = ServiceDeps & { readonly config: BudgetsConfig };

export async function createBudgetsService(deps: BudgetsDeps): Promise<Service> {
  const { documents, cache, peers, clock, installationKey } = deps;
  const store = await openBudgetsStore(documents);
  const people = createPeople({ documents: await documents.collection<PersonDoc>({ name: 'people', indexes: [] }), cache, peers, clock });
  const recompute = createRecomputeTotals(store);
  const arrivals = createArrivals();
  const live = createLiveProgress({ store, people, cache, clock, log: deps.log });
  const keep: KeepDeps = { mirror: store.mirror, arrivals, follow: follower(deps, { store, recompute, live }) };
  const plans = { budgets: store.budgets, clock, installationKey };
  return createService({
    name: 'budgets',
    deps,
    people,
    endpoints: [
      ...planRoutes(plans),
      ...progressRoutes({
        store,
        clock,
        visibleBudget: (caller, id) => findBudget(plans, caller, id, 'view'),
        awaitRecord: (ownerId, written) => awaitRecord({ mirror: store.mirror, arrivals, recompute, clock }, ownerId, written),
      }),
    ],
    subscriptions: [
      people.subscription,
      onRecordChanged(keep),
      onRecordsImported(keep),
      ...(deps.config.BUDGET_ALERTS ? [onBudgetChanged({ store, clock })] : []),
    ],
    outboxes: [budgetsOutbox(store.budgets), periodsOutbox(store.periods)],
    history: store.history,
    jobs: [{ name: 'live-progress', start: async () => {}, stop: () => live.stop() }],
  });
}

interface FollowDeps {
  readonly store: BudgetsStore;
  readonly recompute: RecomputeTotals;
  readonly live: LiveProgress;
}

/** What follows from records that may have changed, on every delivery: totals, then alerts, then live figures that nobody waits for.
 *  Evaluations of one period that come together are done as one; of another version of the budget they are not alike. */
function follower({ clock, config }: BudgetsDeps, { store, recompute, live }: FollowDeps): KeepDeps['follow'] {
  const turnstile = createTurnstile();
  return async (keys, cause) => {
    await recompute(keys);
    const budgets = await Promise.all(distinctOwners(keys).map((ownerId) => livingBudgets(store, ownerId)));
    const touched = touchedPeriods(budgets.flat(), keys);
    live.touched(touched);
    if (!config.BUDGET_ALERTS) return;
    await Promise.all(
      touched.map(({ budget, period }) =>
        turnstile(`${budget._id}|${budget.version}|${period.key}`, () => evaluatePeriod({ store, clock }, budget, period, cause)),
      ),
    );
  };
}
