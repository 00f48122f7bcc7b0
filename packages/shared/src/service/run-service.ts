import type { Logger } from 'pino';
import type { Cache } from '../cache/cache.ts';
import type { DocumentStore } from '../documents/documents.ts';
import type { Bus } from '../messaging/bus.ts';
import { type Clock, systemClock } from './clock.ts';
import { collectGarbage } from './collect-garbage.ts';
import { createLogger, createSecurityLogger } from './create-logger.ts';
import { createPeers } from './create-peers.ts';
import { serverChecks } from './health.ts';
import { type ConfigParts, type ConfigsOf, type Environment, loadParts } from './load-config.ts';
import { createLocator } from './locate-services.ts';
import { createMetrics } from './metrics.ts';
import { openAdminServer } from './open-admin-server.ts';
import { type Peers, servicesBehindGateway, type ServiceName } from './peers.ts';
import { openPersistently } from './open-persistently.ts';
import { type Program, type ProgramHost, runProgram } from './run-program.ts';
import { installationKeyFrom } from './secrets.ts';
import type { Service } from './service.ts';
import { type ServerName, type Surroundings, surroundingsOf, urlsIn } from './surroundings.ts';

interface Near {
  readonly clock: Clock;
  readonly log: Logger;
}
/** How the servers around a service are reached. Each resolves when it can be used, however long that takes, and rejects with one line when it
 *  never will be as things are. */
export interface Adapters {
  readonly documents: (options: Near & { readonly url: string; readonly database: string }) => Promise<DocumentStore>;
  readonly bus: (options: Near & { readonly url: string }) => Promise<Bus>;
  readonly cache: (options: Near & { readonly url: string; readonly prefix: string }) => Promise<Cache>;
}

/** What a service is made of, as far as it is the same for all: one of each adapter it uses, and what surrounds it. */
export type Found<A extends Partial<Adapters>> = Near & {
  readonly [K in keyof A]: A[K] extends (options: never) => Promise<infer T> ? T : never;
} & {
  readonly peers: Peers;
  readonly securityLog: Logger;
  /** Where the instances of another service are now. */
  readonly urls: (service: ServiceName) => readonly string[];
  readonly internalKey: string;
  readonly installationKey: Buffer;
  readonly linesWithinMs: number;
};

/** On a server each write is a command, which costs it more than what is written. An alert takes less than this on its way through all
 *  services, so what is kept of it for later comes behind it. */
const linesWithinMs = 100;

export interface ServiceProgram<A extends Partial<Adapters>, P extends ConfigParts> {
  readonly name: ServiceName;
  readonly env: Environment;
  /** What it reads of the environment beside its surroundings. */
  readonly config: P;
  readonly adapters: A;
  readonly create: (found: Found<A>, config: ConfigsOf<P>) => Promise<Service> | Service;
}

/** The whole life of a service in a process of its own, from its environment to its exit code. */
export const runService = <A extends Partial<Adapters>, P extends ConfigParts>(
  program: ServiceProgram<A, P>,
  host?: ProgramHost,
): Promise<void> => runProgram(`commonpurse-${program.name}`, () => openService(program, host ?? process), undefined, host);

async function openService<A extends Partial<Adapters>, P extends ConfigParts>(
  program: ServiceProgram<A, P>,
  host: ProgramHost,
): Promise<Program> {
  const { name, env, config, adapters } = program;
  const needs = Object.keys(adapters) as ServerName[];
  const { surroundings, ...own } = loadParts({ surroundings: surroundingsOf(name, needs), ...config }, env);
  const around = surroundings as Surroundings;
  const logging = { level: around.LOG_LEVEL, ...(around.LOG_DIR !== undefined && { dir: around.LOG_DIR }) };
  const log = await createLogger({ ...logging, name });
  const securityLog = await createSecurityLogger({ ...logging, name: `security-${name}` });
  const waiting = createWaiting(name, needs, host);
  const admin = around.ADMIN_PORT && (await openAdminServer({ ...around.ADMIN_PORT, services: () => [waiting.service] }));
  const locator = createLocator({ urls: urlsIn(surroundings), clock: systemClock });
  await locator.start();
  const near = { clock: systemClock, log, securityLog, urls: locator.urls };
  const open = () => openOnce(program, around, own as unknown as ConfigsOf<P>, near, waiting);
  const kept = await openPersistently(open, near);
  return {
    ...kept,
    start: async () => {
      await kept.start();
      collectGarbage();
    },
    stop: async () => {
      await kept.stop();
      await closeAll([{ close: () => locator.stop() }, admin]);
    },
  };
}

/** The service on adapters of its own. What was opened is closed again when it can't be put together. */
async function openOnce<A extends Partial<Adapters>, P extends ConfigParts>(
  { name, adapters, create }: ServiceProgram<A, P>,
  around: Surroundings,
  own: ConfigsOf<P>,
  near: Near & { readonly urls: (service: ServiceName) => readonly string[] },
  waiting: Waiting,
): Promise<Program> {
  const opened = await openAdapters(name, adapters, around, near, waiting);
  try {
    const service = await create({ ...opened, ...identityOf(name, around, near.urls), ...near, linesWithinMs } as unknown as Found<A>, own);
    waiting.service = service;
    await service.listen({ host: around.HOST, port: around.PORT });
    return programOf(service, [opened['bus'], opened['cache']]);
  } catch (error) {
    await closeAll(Object.values(opened));
    throw error;
  }
}

function identityOf(self: ServiceName, { INTERNAL_KEY }: Surroundings, urlsOf: (service: ServiceName) => readonly string[]) {
  const urls = () => Object.fromEntries(servicesBehindGateway.map((name) => [name, urlsOf(name)]));
  return {
    peers: createPeers({ self, urls, internalKey: INTERNAL_KEY, clock: systemClock }),
    internalKey: INTERNAL_KEY,
    installationKey: installationKeyFrom(INTERNAL_KEY),
  };
}

interface Closable {
  close(): Promise<void>;
}
interface OpenServer extends Closable {
  health(): Promise<string | null>;
}
async function openAdapters(
  name: ServiceName,
  { documents, bus, cache }: Partial<Adapters>,
  { MONGODB_URL = '', RABBITMQ_URL = '', REDIS_URL = '', MONGODB_DATABASE }: Surroundings,
  near: Near,
  { until }: Waiting,
): Promise<Partial<Record<string, Closable>>> {
  const opening: Readonly<Record<string, Promise<Closable> | undefined>> = {
    documents: documents && until('documents', documents({ ...near, url: MONGODB_URL, database: `${MONGODB_DATABASE}-${name}` })),
    bus: bus && until('bus', bus({ ...near, url: RABBITMQ_URL })),
    cache: cache && until('cache', cache({ ...near, url: REDIS_URL, prefix: MONGODB_DATABASE })),
  };
  const opened = Object.entries(opening).flatMap(([kind, promise]) => (promise ? [promise.then((one) => [kind, one] as const)] : []));
  return Object.fromEntries(await Promise.all(opened));
}

/** What stands in for a service while its servers don't answer yet. */
interface Waiting {
  service: Pick<Service, 'metrics' | 'health'>;
  /** Says so when a server lets itself be waited for. */
  until<T extends OpenServer>(server: ServerName, opening: Promise<T>): Promise<T>;
}

/** A server that answers later than this is worth a line on the console. */
const patienceMs = 1_000;
const variables: Readonly<Record<ServerName, string>> = { documents: 'MONGODB_URL', bus: 'RABBITMQ_URL', cache: 'REDIS_URL' };
const silent = 'does not answer yet';

function createWaiting(name: ServiceName, needs: readonly ServerName[], host: ProgramHost): Waiting {
  const awaited = new Set<string>();
  const opened = new Map<ServerName, OpenServer>();
  const healthOf = (server: ServerName) => ({ health: async () => (opened.has(server) ? opened.get(server)!.health() : silent) });
  const metrics = createMetrics(name, serverChecks(Object.fromEntries(needs.map((server) => [server, healthOf(server)]))));
  return {
    service: {
      metrics: metrics.registry,
      health: async () => ({ name, ready: false, parts: Object.fromEntries([...awaited].map((each) => [each, silent])) }),
    },
    until: async (server, opening) => {
      const variable = variables[server];
      awaited.add(variable);
      opened.delete(server);
      const timer = setTimeout(() => host.stderr.write(`commonpurse-${name}: waits for the server of ${variable}\n`), patienceMs);
      try {
        const open = await opening;
        opened.set(server, open);
        return open;
      } finally {
        clearTimeout(timer);
        awaited.delete(variable);
      }
    },
  };
}

const closeAll = async (opened: readonly (Closable | undefined)[]): Promise<void> => {
  await Promise.all(opened.map(async (adapter) => adapter?.close()));
};

const programOf = (service: Service, opened: readonly (Closable | undefined)[]): Program => ({
  failed: service.failed,
  start: () => service.start(),
  stop: async () => {
    await service.stop();
    await closeAll(opened);
  },
});
