import { createPeople, type PersonDoc, personNow } from '@commonpurse/shared/access';
import { createService, type Peers, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { createLook, type Look } from './look.ts';
import { onBudgetChanged } from './alerts/on-budget-changed.ts';
import { periodsOutbox } from './alerts/outbox.ts';
import type { BudgetsConfig } from './config.ts';
import { createArrivals } from './mirror/arrivals.ts';
import { type AwaitDeps, awaitRecord } from './mirror/await-record.ts';
import { distinctOwners } from './mirror/day-key.ts';
import { type Follow, type KeepDeps, onRecordChanged } from './mirror/on-record-changed.ts';
import { onRecordsImported } from './mirror/on-records-imported.ts';
import { createRecomputeTotals, type RecomputeTotals } from './mirror/recompute-totals.ts';
import { findBudget } from './plans/change-budget.ts';
import { budgetsOutbox } from './plans/outbox.ts';
import { planRoutes } from './plans/routes.ts';
import { createLiveProgress, type LiveProgress } from './progress/live-progress.ts';
import { progressRoutes } from './progress/routes.ts';
import { touchedPeriods } from './progress/touched-periods.ts';
import { type BudgetsStore, derivedFromRecords, livingBudgets, openBudgetsStore } from './store.ts';

export type BudgetsDeps = ServiceDeps & { readonly config: BudgetsConfig };

export async function createBudgetsService(deps: BudgetsDeps): Promise<Service> {
  const { documents, cache, peers, clock, installationKey } = deps;
  const store = await openBudgetsStore(documents);
  const people = createPeople({ documents: await documents.collection<PersonDoc>({ name: 'people', indexes: [] }), cache, peers, clock });
  const recompute = createRecomputeTotals(store);
  const arrivals = createArrivals();
  const live = createLiveProgress({ store, people, cache, clock, log: deps.log });
  const look = createLook({ store, clock, alerts: deps.config.BUDGET_ALERTS });
  const keep: KeepDeps = { mirror: store.mirror, arrivals, follow: follower({ store, recompute, look, live }) };
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
        visibleBudget: (caller, id) => findBudget(plans, caller, id),
        ownerNow: (ownerId) => personNow(people, ownerId),
        awaitRecord: (written) => awaitRecord({ mirror: store.mirror, arrivals, recompute, versionOf: versionOf(peers), clock }, written),
      }),
    ],
    subscriptions: [people.subscription, onRecordChanged(keep), onRecordsImported(keep), onBudgetChanged({ store, look })],
    outboxes: [budgetsOutbox(store.budgets), periodsOutbox(store.periods)],
    history: store.history,
    derived: derivedFromRecords(store),
    jobs: [{ name: 'live-progress', start: async () => {}, stop: () => live.stop() }],
  });
}

const versionOf =
  (peers: Peers): AwaitDeps['versionOf'] =>
  async ({ id, ownerId, viewer: { userId, grants } }) => {
    const body = { id, ownerId, viewer: { userId, grants } };
    return (await peers.post<{ version: number | null }>('records', '/internal/records/version', body)).version;
  };

interface FollowDeps {
  readonly store: BudgetsStore;
  readonly recompute: RecomputeTotals;
  readonly look: Look;
  readonly live: LiveProgress;
}

/** What follows from records that may have changed, on every delivery: totals, then figures and alerts of the periods that count them,
 *  then live figures, which nobody waits for. */
const follower =
  ({ store, recompute, look, live }: FollowDeps): Follow =>
  async (keys, cause) => {
    await recompute(keys);
    const budgets = await Promise.all(distinctOwners(keys).map((ownerId) => livingBudgets(store, ownerId)));
    const touched = touchedPeriods(budgets.flat(), keys);
    await Promise.all(touched.map((each) => look(each, cause)));
    live.touched(touched);
  };
