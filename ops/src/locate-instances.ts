import { join } from 'node:path';
import {
  type Clock,
  createLocator,
  findInternalKey,
  isListOf,
  isRunning,
  type ProcessList,
  processListIn,
  readProcessList,
  servicesBehindGateway,
  type ServiceName,
  urlsIn,
} from '@commonpurse/shared/service';
import type { OpsConfig } from './config.ts';
import { hasEmbeddedData } from './start-embedded.ts';

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

/** Finds the system. Rejects with one line that says what is missing. */
export async function locateInstances(config: OpsConfig, clock: Clock): Promise<Located> {
  const located = await findInstances(config, clock);
  if (located !== null) return located;
  throw new Error(
    `no system runs with this DATA_DIR (${config.DATA_DIR}): start it, or set AUTH_URL, RECORDS_URL, BUDGETS_URL and NOTIFICATIONS_URL`,
  );
}

/** Finds the system: by the addresses in the environment where there are any, else by what it left in DATA_DIR. null: none runs there. */
export async function findInstances(config: OpsConfig, clock: Clock): Promise<Located | null> {
  const instances = (await addressed(config, clock)) ?? (await runningIn(config.DATA_DIR))?.processes;
  if (instances === undefined) return null;
  const internalKey = config.INTERNAL_KEY ?? (await findInternalKey(join(config.DATA_DIR, 'keys')));
  if (internalKey === null) throw new Error(`INTERNAL_KEY: is required: the system's own; there is none in ${config.DATA_DIR}/keys`);
  return { instances, internalKey };
}

/** Whether nothing is asked for but an embedded system that does not run: its data are there, and nobody is at work on them. */
export const isAtRest = async (config: OpsConfig): Promise<boolean> =>
  namesNobody(config) && hasEmbeddedData(config.DATA_DIR) && (await runningIn(config.DATA_DIR)) === null;

const namesNobody = (config: OpsConfig): boolean => servicesBehindGateway.every((service) => urlsIn(config)(service).length === 0);

/** null: the environment names no service. */
async function addressed(config: OpsConfig, clock: Clock): Promise<Instance[] | null> {
  if (namesNobody(config)) return null;
  const urls = urlsIn(config);
  const locator = createLocator({ urls, clock });
  await locator.start();
  const instances = servicesBehindGateway.flatMap((service) => named(service, locator.urls(service)));
  await locator.stop();
  return instances;
}

const named = (service: ServiceName, urls: readonly string[]): Instance[] =>
  urls.map((url, at) => ({ name: urls.length === 1 ? service : `${service}-${at + 1}`, service, url }));

/** What a system that runs has left there; null also for what one left behind that was killed, and for what was copied from another's. */
async function runningIn(dataDir: string): Promise<ProcessList | null> {
  const list = await readProcessList(processListIn(dataDir));
  return list !== null && (await isListOf(dataDir, list)) && isRunning(list) ? list : null;
}
