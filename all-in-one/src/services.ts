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

export interface Surroundings {
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

/** The four services behind the gateway, each with a store of its own under `DATA_DIR/<name>`. When one can't be opened, none stays open. */
export async function createServices(surroundings: Surroundings): Promise<Service[]> {
  const { config, clock } = surroundings;
  const mailer = openMailer(config.mail, clock);
  const opened: ServiceDeps[] = [];
  const open = async (name: ServiceName): Promise<ServiceDeps> => {
    const deps = await depsOf(name, surroundings);
    opened.push(deps);
    return deps;
  };
  try {
    return [
      await createAuthService({ ...(await open('auth')), config: config.auth, mailer, publicUrl: () => surroundings.publicUrl }),
      await createRecordsService({ ...(await open('records')), config: config.records, instance: 'all-in-one' }),
      await createBudgetsService({ ...(await open('budgets')), config: config.budgets }),
      await createNotificationsService({
        ...(await open('notifications')),
        config: config.notifications,
        mailer,
      }),
    ];
  } catch (error) {
    await Promise.all(opened.map(({ documents }) => documents.close()));
    throw error;
  }
}

async function depsOf(
  name: ServiceName,
  { config, keys, bus, cache, clock, log, securityLog, peersOf }: Surroundings,
): Promise<ServiceDeps> {
  const documents = await openJsonStore({ directory: join(config.system.DATA_DIR, name), clock, log: log.child({ service: name }) });
  const { internalKey, installationKey } = keys;
  return { documents, bus, cache, clock, log, securityLog, peers: peersOf(name), internalKey, installationKey };
}
