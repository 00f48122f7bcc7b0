import { openPeople, personNow, type Viewer, viewerOf } from '@commonpurse/shared/access';
import { createService, openDailyCounts, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { catalogRoutes } from './catalog/routes.ts';
import type { RecordsConfig } from './config.ts';
import { countingCreated } from './count-created.ts';
import { recordOutbox } from './entries/record-entries.ts';
import { entryRoutes } from './entries/routes.ts';
import { historyRoutes } from './history/routes.ts';
import { importOutbox } from './imports/import-entries.ts';
import { createImportRunner } from './imports/import-runner.ts';
import { importRoutes } from './imports/routes.ts';
import { createUploadSweep } from './imports/sweep-uploads.ts';
import { recordsPersonalData } from './personal-data.ts';
import { spendingRoutes } from './spending/routes.ts';
import { openRecordsStore } from './store.ts';
import { versionRoutes } from './versions/routes.ts';

export interface RecordsServiceDeps extends ServiceDeps {
  readonly config: RecordsConfig;
  /** The name under which the only instance holds its imports, the same at every start: so it goes on at once after a crash. Absent where there
   *  may be several instances: each takes a new name, and waits until the leases of others have run out. */
  readonly instance?: string;
}

/** The records service: expenses and income, their history, their import. */
export async function createRecordsService(deps: RecordsServiceDeps): Promise<Service> {
  const { documents, clock, log, installationKey, config, instance } = deps;
  const counts = await openDailyCounts(deps);
  const opened = await openRecordsStore(documents);
  const store = { ...opened, records: countingCreated(opened.records, counts) };
  const { people, documents: persons } = await openPeople(deps);
  const own = { store, people, clock, installationKey };
  const viewerNow = async (userId: string): Promise<Viewer> => {
    const person = await personNow(people, userId);
    return person?.status === 'active' ? viewerOf(person, clock.now()) : { userId, grants: [] };
  };
  const runner = createImportRunner({ ...own, viewerNow, log, ...(instance === undefined ? {} : { holder: instance }) });
  const imports = { ...own, maxUploadBytes: config.MAX_UPLOAD_BYTES, wake: () => runner.wake() };
  return createService({
    name: 'records',
    deps,
    people,
    endpoints: [
      ...entryRoutes(own),
      ...historyRoutes(own),
      ...importRoutes(imports),
      ...catalogRoutes(own),
      ...versionRoutes(store),
      ...spendingRoutes(store),
    ],
    outboxes: [recordOutbox(store.records), importOutbox(store, installationKey)],
    history: store.history,
    personal: recordsPersonalData(store, persons),
    counts,
    jobs: [runner, createUploadSweep({ store, clock, log })],
  });
}
