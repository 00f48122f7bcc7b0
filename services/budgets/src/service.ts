import { openPeople, type Person, personNow } from '@commonpurse/shared/access';
import { createService, type Peers, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { createNearness } from './alerts/nearness.ts';
import { createFireAhead } from './fire-ahead.ts';
import { createFollowImport, type FollowImportDeps } from './follow-import.ts';
import { createFollow } from './follow-records.ts';
import { createLookTogether, type LookTogether } from './look-together.ts';
import { createLook, type LookDeps } from './look.ts';
import { onBudgetChanged } from './alerts/on-budget-changed.ts';
import { periodsOutbox } from './alerts/outbox.ts';
import type { BudgetsConfig } from './config.ts';
import { createArrivals } from './mirror/arrivals.ts';
import { type AwaitDeps, awaitRecord } from './mirror/await-record.ts';
import { type KeepDeps, onRecordChanged } from './mirror/on-record-changed.ts';
import { type KeepImportDeps, onRecordsImported } from './mirror/on-records-imported.ts';
import { outdated, recomputeTotals } from './mirror/recompute-totals.ts';
import { budgetsPersonalData } from './personal-data.ts';
import { findBudget } from './plans/change-budget.ts';
import { budgetsOutbox } from './plans/outbox.ts';
import { planRoutes } from './plans/routes.ts';
import { createLiveProgress } from './progress/live-progress.ts';
import { progressRoutes } from './progress/routes.ts';
import { createSpentNow } from './spent-now.ts';
import { derivedFromRecords, openBudgetsStore } from './store.ts';

export type BudgetsDeps = ServiceDeps & { readonly config: BudgetsConfig };

/** The budgets service: what people plan to spend, how far they are, and alerts. */
export async function createBudgetsService(deps: BudgetsDeps): Promise<Service> {
  const { documents, cache, peers, clock, log, config, installationKey } = deps;
  const store = await openBudgetsStore(documents);
  const { people, documents: persons } = await openPeople(deps);
  const arrivals = createArrivals();
  const ownerNow = (ownerId: string): Promise<Person | null> => personNow(people, ownerId);
  const live = createLiveProgress({ store, ownerNow, cache, clock, log });
  const spentNow = createSpentNow({ store, peers, log });
  const { lookTogether, keep, keepImport } = createKeeping({ store, arrivals, live, clock, spentNow, alerts: config.BUDGET_ALERTS });
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
        ownerNow,
        awaitRecord: (written) => awaitRecord({ mirror: store.mirror, arrivals, recompute, versionOf: versionOf(peers), clock }, written),
      }),
    ],
    subscriptions: [
      onRecordChanged(keep),
      onRecordsImported(keepImport),
      onBudgetChanged({ store, look: lookTogether, edited: live.edited }),
    ],
    outboxes: [budgetsOutbox(store.budgets), periodsOutbox(store.periods)],
    history: store.history,
    derived: derivedFromRecords(store),
    personal: budgetsPersonalData(store, persons),
    jobs: [{ name: 'live-progress', start: async () => {}, stop: () => live.stop() }],
  });
}

type KeepingDeps = Omit<FollowImportDeps, 'lookTogether'> & Omit<LookDeps, 'nearness'> & Pick<KeepDeps, 'arrivals'>;

interface Keeping {
  readonly lookTogether: LookTogether;
  readonly keep: KeepDeps;
  readonly keepImport: KeepImportDeps;
}

/** Keeps what records tell of, one by one or as the rows of an import, and does what follows. */
function createKeeping({ arrivals, live, ...deps }: KeepingDeps): Keeping {
  const { store, clock, alerts } = deps;
  const looking = { ...deps, nearness: createNearness() };
  const look = createLook(looking);
  const fireAhead = alerts ? createFireAhead(looking) : null;
  const lookTogether = createLookTogether({ ...looking, look });
  const followImport = createFollowImport({ store, lookTogether, live });
  const kept = { mirror: store.mirror, arrivals };
  return {
    lookTogether,
    keep: { ...kept, follow: createFollow({ store, look, fireAhead, live, followMany: followImport }) },
    keepImport: { ...kept, clock, followImport },
  };
}

const versionOf =
  (peers: Peers): AwaitDeps['versionOf'] =>
  async ({ id, ownerId, viewer: { userId, grants } }) => {
    const body = { id, ownerId, viewer: { userId, grants } };
    return (await peers.post<{ version: number | null }>('records', '/internal/records/version', body)).version;
  };
