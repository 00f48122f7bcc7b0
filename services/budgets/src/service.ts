import { createPeople, type PersonDoc, personNow } from '@commonpurse/shared/access';
import { createService, type Peers, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { createNearness } from './alerts/nearness.ts';
import { createFireAhead } from './fire-ahead.ts';
import { createFollow } from './follow-records.ts';
import { createLook } from './look.ts';
import { onBudgetChanged } from './alerts/on-budget-changed.ts';
import { periodsOutbox } from './alerts/outbox.ts';
import type { BudgetsConfig } from './config.ts';
import { createArrivals } from './mirror/arrivals.ts';
import { type AwaitDeps, awaitRecord } from './mirror/await-record.ts';
import { type KeepDeps, onRecordChanged } from './mirror/on-record-changed.ts';
import { onRecordsImported } from './mirror/on-records-imported.ts';
import { outdated, recomputeTotals } from './mirror/recompute-totals.ts';
import { budgetsPersonalData } from './personal-data.ts';
import { findBudget } from './plans/change-budget.ts';
import { budgetsOutbox } from './plans/outbox.ts';
import { planRoutes } from './plans/routes.ts';
import { createLiveProgress } from './progress/live-progress.ts';
import { progressRoutes } from './progress/routes.ts';
import { derivedFromRecords, openBudgetsStore } from './store.ts';

export type BudgetsDeps = ServiceDeps & { readonly config: BudgetsConfig };

export async function createBudgetsService(deps: BudgetsDeps): Promise<Service> {
  const { documents, cache, peers, clock, log, config, installationKey } = deps;
  const store = await openBudgetsStore(documents);
  const persons = await documents.collection<PersonDoc>({ name: 'people', indexes: [] });
  const people = createPeople({ documents: persons, cache, peers, clock });
  const arrivals = createArrivals();
  const live = createLiveProgress({ store, people, cache, clock, log });
  const nearness = createNearness();
  const look = createLook({ store, clock, alerts: config.BUDGET_ALERTS, nearness });
  const fireAhead = config.BUDGET_ALERTS ? createFireAhead({ store, clock, nearness }) : null;
  const keep: KeepDeps = { mirror: store.mirror, arrivals, follow: createFollow({ store, look, fireAhead, live }) };
  const recompute: AwaitDeps['recompute'] = async (keys) => recomputeTotals(store, await outdated(store, keys));
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
    subscriptions: [
      people.subscription,
      onRecordChanged(keep),
      onRecordsImported(keep),
      onBudgetChanged({ store, look, edited: live.edited }),
    ],
    outboxes: [budgetsOutbox(store.budgets), periodsOutbox(store.periods)],
    history: store.history,
    derived: derivedFromRecords(store),
    personal: budgetsPersonalData(store, persons),
    jobs: [{ name: 'live-progress', start: async () => {}, stop: () => live.stop() }],
  });
}

const versionOf =
  (peers: Peers): AwaitDeps['versionOf'] =>
  async ({ id, ownerId, viewer: { userId, grants } }) => {
    const body = { id, ownerId, viewer: { userId, grants } };
    return (await peers.post<{ version: number | null }>('records', '/internal/records/version', body)).version;
  };
