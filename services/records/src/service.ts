import { createService, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { catalogRoutes } from './catalog/routes.ts';
import type { RecordsConfig } from './config.ts';
import { recordOutbox } from './entries/record-entries.ts';
import { entryRoutes } from './entries/routes.ts';
import { historyRoutes } from './history/routes.ts';
import { openRecordsStore } from './store.ts';

/** The records service: expenses and income, their history, their import. */
export async function createRecordsService(deps: ServiceDeps & { readonly config: RecordsConfig }): Promise<Service> {
  const { documents, clock, installationKey } = deps;
  const store = await openRecordsStore(documents);
  const own = { store, clock, installationKey };
  return createService({
    name: 'records',
    deps,
    endpoints: [...entryRoutes(own), ...historyRoutes(own), ...catalogRoutes(store)],
    outboxes: [recordOutbox(store.records)],
    history: store.history,
  });
}
