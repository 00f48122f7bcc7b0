import { join } from 'node:path';
import {
  type Clock,
  createLocator,
  findInternalKey,
  processListIn,
  readProcessList,
  type ServiceName,
  urlsIn,
} from '@commonpurse/shared/service';
import { behindGateway } from './command.ts';
import type { OpsConfig } from './config.ts';

/** One instance of a service, and where it listens. */
export interface Instance {
  readonly name: string;
  readonly service: ServiceName;
  readonly url: string;
}
export interface Located {
  readonly instances: readonly Instance[];
  readonly internalKey: string;
}

/** Finds the system: by the addresses in the environment where there are any, else by what it left in DATA_DIR.
 *  Rejects with one line that says what is missing. */
export async function locateInstances(config: OpsConfig, clock: Clock): Promise<Located> {
  const instances = (await addressed(config, clock)) ?? (await listed(config));
  const internalKey = config.INTERNAL_KEY ?? (await findInternalKey(join(config.DATA_DIR, 'keys')));
  if (internalKey === null) throw new Error(`INTERNAL_KEY: is required: the system's own; there is none in ${config.DATA_DIR}/keys`);
  return { instances, internalKey };
}

/** null: the environment names no service. */
async function addressed(config: OpsConfig, clock: Clock): Promise<Instance[] | null> {
  const urls = urlsIn(config);
  if (behindGateway.every((service) => urls(service).length === 0)) return null;
  const locator = createLocator({ urls, clock });
  await locator.start();
  const instances = behindGateway.flatMap((service) => named(service, locator.urls(service)));
  await locator.stop();
  return instances;
}

const named = (service: ServiceName, urls: readonly string[]): Instance[] =>
  urls.map((url, at) => ({ name: urls.length === 1 ? service : `${service}-${at + 1}`, service, url }));

async function listed({ DATA_DIR }: OpsConfig): Promise<readonly Instance[]> {
  const path = processListIn(DATA_DIR);
  const list = await readProcessList(path);
  if (list !== null) return list.processes;
  throw new Error(
    `no system runs with this DATA_DIR (there is no ${path}): start it, or set AUTH_URL, RECORDS_URL, BUDGETS_URL and NOTIFICATIONS_URL`,
  );
}
