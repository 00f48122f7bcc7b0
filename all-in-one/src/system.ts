import { join } from 'node:path';
import { createGatewayService } from '@commonpurse/gateway';
import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { createInProcessBus } from '@commonpurse/shared/messaging/in-process';
import {
  type AdminServer,
  type Clock,
  createPeers,
  type Environment,
  type Keys,
  openAdminServer,
  openKeys,
  type Peers,
  type Service,
  type ServiceName,
} from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import { loadConfigs, type SystemConfig } from './config.ts';
import { createServices } from './services.ts';

/** The whole system in one process: five services on ports of their own, JSON files, a bus and a cache in memory. */
export interface System {
  /** Where the gateway listens. */
  readonly url: string;
  readonly gateway: Service;
  /** Those behind the gateway, in the order they depend on each other. */
  readonly services: readonly Service[];
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
}

/** Opens the port first, so that a busy one is told before any data is loaded; the gateway answers 503 until `start` is through. */
export async function openSystem({ config, env, ...near }: SystemOptions): Promise<System> {
  const { clock, log } = near;
  const keys = await openKeys(join(config.DATA_DIR, 'keys'), env);
  const all = loadConfigs({ ...env, ...keys.variables });
  const urls = new Map<ServiceName, string>();
  const cache = createMemoryCache({ clock });
  const bus = createInProcessBus({ clock, log });
  const peersOf = peersWith(urls, keys, clock);
  const urlsOf = (name: ServiceName): readonly string[] => (urls.has(name) ? [urls.get(name)!] : []);
  const gateway = createGatewayService({
    config: all.gateway,
    cache,
    localCache: cache,
    peers: peersOf('gateway'),
    urls: urlsOf,
    ...near,
  });
  const { url } = await gateway.listen({ host: all.gateway.HOST, port: all.gateway.PORT });
  const closeShared = async (): Promise<void> => {
    await bus.close();
    await cache.close();
  };
  try {
    const publicUrl = all.gateway.PUBLIC_URL ?? url;
    const services = await createServices({ ...near, config: all, publicUrl, keys, bus, cache, peersOf });
    for (const service of services) {
      const own = (await service.listen({ host: '127.0.0.1', port: 0 })).url;
      urls.set(service.name, own);
      log.info({ service: service.name, url: own }, 'listening');
    }
    return systemOf({ url, gateway, services, adminAt: config.ADMIN_PORT, closeShared });
  } catch (error) {
    await gateway.stop();
    await closeShared();
    throw error;
  }
}

const peersWith =
  (urls: ReadonlyMap<ServiceName, string>, { internalKey }: Keys, clock: Clock) =>
  (self: ServiceName): Peers =>
    createPeers({ self, urls: () => Object.fromEntries([...urls].map(([name, url]) => [name, [url]])), internalKey, clock });

interface Parts extends Pick<System, 'url' | 'gateway' | 'services'> {
  /** Health and metrics of the whole process. */
  readonly adminAt: SystemConfig['ADMIN_PORT'];
  closeShared(): Promise<void>;
}

function systemOf({ url, gateway, services, adminAt, closeShared }: Parts): System {
  let stopping: Promise<void> | null = null;
  let admin: AdminServer | null = null;
  const stop = async (): Promise<void> => {
    await gateway.stop();
    // each hands its events to those after it, so those stay until it is done
    for (const service of services) await service.stop();
    await closeShared();
    await admin?.close();
  };
  return {
    url,
    gateway,
    services,
    start: async () => {
      if (adminAt !== undefined) admin = await openAdminServer({ ...adminAt, services: () => [gateway, ...services] });
      await Promise.all(services.map((service) => service.start()));
      await gateway.start();
    },
    stop: () => (stopping ??= stop()),
    failed: Promise.race([gateway, ...services].map((service) => service.failed)),
  };
}
