import { join } from 'node:path';
import { createAuthService } from '@commonpurse/auth';
import { createBudgetsService } from '@commonpurse/budgets';
import { createNotificationsService } from '@commonpurse/notifications';
import { createRecordsService } from '@commonpurse/records';
import type { Cache } from '@commonpurse/shared/cache';
import { openJsonStore } from '@commonpurse/shared/documents/json';
import { openMailer } from '@commonpurse/shared/mail';
import type { Bus } from '@commonpurse/shared/messaging';
import type { Clock, Keys, Peers, Service, ServiceDeps, ServiceName } from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import type { AllConfigs } from './config.ts';

interface Surroundings {
  readonly config: AllConfigs;
  /** What links in mails begin with. */
  readonly publicUrl: string;
  readonly keys: Keys;
  readonly bus: Bus;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly log: Logger;
  readonly securityLog: Logger;
  readonly peersOf: (self: ServiceName) => Peers;
}

/** The four services behind the gateway, each with a store of its own under `DATA_DIR/<name>`, opened together: while one waits for the disk,
 *  another reads. When one can't be opened, none stays open. */
export async function createServices(surroundings: Surroundings): Promise<Service[]> {
  const { config, clock, publicUrl } = surroundings;
  const mailer = await openMailer(config.mail, clock);
  const opened: ServiceDeps[] = [];
  const open = async (name: ServiceName): Promise<ServiceDeps> => {
    const deps = await depsOf(name, surroundings);
    opened.push(deps);
    return deps;
  };
  const made = await Promise.allSettled([
    open('auth').then((deps) => createAuthService({ ...deps, config: config.auth, mailer, publicUrl: () => publicUrl })),
    open('records').then((deps) => createRecordsService({ ...deps, config: config.records, instance: 'all-in-one' })),
    open('budgets').then((deps) => createBudgetsService({ ...deps, config: config.budgets })),
    open('notifications').then((deps) => createNotificationsService({ ...deps, config: config.notifications, mailer })),
  ]);
  const failed = made.find((one) => one.status === 'rejected');
  if (!failed) return made.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  await Promise.all(opened.map(({ documents }) => documents.close()));
  throw failed.reason;
}

async function depsOf(
  name: ServiceName,
  { config, keys, bus, cache, clock, log, securityLog, peersOf }: Surroundings,
): Promise<ServiceDeps> {
  const documents = await openJsonStore({ directory: join(config.system.DATA_DIR, name), clock, log: log.child({ service: name }) });
  const { internalKey, installationKey } = keys;
  return { documents, bus, cache, clock, log, securityLog, peers: peersOf(name), internalKey, installationKey };
}
