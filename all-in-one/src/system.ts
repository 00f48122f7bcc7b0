import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { createInProcessBus } from '@commonpurse/shared/messaging/in-process';
import {
  type AdminServer,
  type Clock,
  createPeers,
  type Environment,
  keysChannel,
  type Keys,
  openAdminServer,
  openKeys,
  type Peers,
  type Service,
  type ServiceName,
} from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import { loadConfigs, type SystemConfig } from './config.ts';
import { noteStores, refuseMissingStores } from './known-stores.ts';
import { type GatewayThread, type LogLine, openGatewayThread } from './open-gateway-thread.ts';
import { listServices } from './list-services.ts';
import { type NearDoor, openNearDoor } from './open-near-door.ts';
import { createServices } from './services.ts';

/** The whole system in one process: four services on ports of their own, JSON files, a bus and a cache in memory, and the gateway, which needs
 *  none of that, in a thread of its own. */
export interface System {
  /** Where the gateway listens. */
  readonly url: string;
  /** Resolves when every service is ready. */
  start(): Promise<void>;
  /** Requests finish, events are handed on, files are closed. Once; later calls wait for the same. */
  stop(): Promise<void>;
  /** Resolves when a store failed and the process must end. */
  readonly failed: Promise<Error>;
}
export interface SystemOptions {
  readonly config: SystemConfig;
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  readonly securityLog: Logger;
  /** Writes a line of the gateway's thread where the two loggers write theirs. */
  readonly writeLine: (line: LogLine) => void;
}

/** Opens the port first, so that a busy one is told before any data is loaded; the gateway answers 503 until `start` is through. */
export async function openSystem({ config, env, writeLine, ...near }: SystemOptions): Promise<System> {
  const { clock, log } = near;
  await refuseMissingStores(config.DATA_DIR);
  const keys = await openKeys(join(config.DATA_DIR, 'keys'), env, existsSync(join(config.DATA_DIR, 'auth', 'store.json')));
  const variables = { ...env, ...keys.variables };
  const all = loadConfigs(variables);
  const gateway = openGatewayThread({ env: variables, internalKey: keys.internalKey, level: config.LOG_LEVEL, write: writeLine });
  const cache = createMemoryCache({ clock });
  const bus = createInProcessBus({ clock, log });
  const closeShared = async (): Promise<void> => {
    await bus.close();
    await cache.close();
  };
  try {
    const { url } = await gateway.listen({ host: all.gateway.HOST, port: all.gateway.PORT });
    // a gateway that is gone is told of by `failed`
    await cache.subscribe(keysChannel, () => void gateway.doubtKeys().catch(() => undefined));
    const urls = new Map<ServiceName, string>();
    const doors = new Map<string, NearDoor>();
    const publicUrl = all.gateway.PUBLIC_URL ?? url;
    const services = await createServices({ ...near, config: all, publicUrl, keys, bus, cache, peersOf: peersWith(urls, keys, clock) });
    await noteStores(config.DATA_DIR, services);
    for (const service of services) {
      const own = (await service.listen({ host: '127.0.0.1', port: 0 })).url;
      urls.set(service.name, own);
      const door = await openNearDoor(service.server);
      if (door !== null) doors.set(own, door);
      log.info({ service: service.name, url: own }, 'listening');
    }
    await gateway.meet(listed(urls), Object.fromEntries([...doors].map(([at, { path }]) => [at, path])));
    const unlist = await listServices(config.DATA_DIR, url, urls);
    return systemOf({ url, gateway, services, doors: [...doors.values()], adminAt: config.ADMIN_PORT, unlist, closeShared });
  } catch (error) {
    await gateway.stop();
    await closeShared();
    throw error;
  }
}

const listed = (urls: ReadonlyMap<ServiceName, string>): Partial<Record<ServiceName, readonly string[]>> =>
  Object.fromEntries([...urls].map(([name, url]) => [name, [url]]));

const peersWith =
  (urls: ReadonlyMap<ServiceName, string>, { internalKey }: Keys, clock: Clock) =>
  (self: ServiceName): Peers =>
    createPeers({ self, urls: () => listed(urls), internalKey, clock });

interface Parts extends Pick<System, 'url'> {
  readonly gateway: GatewayThread;
  /** Those behind the gateway, in the order they depend on each other. */
  readonly services: readonly Service[];
  readonly doors: readonly NearDoor[];
  /** Health and metrics of the whole process. */
  readonly adminAt: SystemConfig['ADMIN_PORT'];
  /** Nobody finds the services any more. */
  unlist(): Promise<void>;
  closeShared(): Promise<void>;
}

function systemOf({ url, gateway, services, doors, adminAt, unlist, closeShared }: Parts): System {
  let stopping: Promise<void> | null = null;
  let admin: AdminServer | null = null;
  const stop = async (): Promise<void> => {
    await unlist();
    // while there is still a way to them
    await Promise.all(services.map((service) => service.sayGoodbye()));
    await gateway.stop();
    for (const door of doors) door.close();
    // each hands its events to those after it, so those stay until it is done
    for (const service of services) await service.stop();
    await closeShared();
    await admin?.close();
  };
  return {
    url,
    start: async () => {
      if (adminAt !== undefined) admin = await openAdminServer({ ...adminAt, services: () => [gateway, ...services] });
      await Promise.all(services.map((service) => service.start()));
      await gateway.start();
    },
    stop: () => (stopping ??= stop()),
    failed: Promise.race([gateway, ...services].map((service) => service.failed)),
  };
}
