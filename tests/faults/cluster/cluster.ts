import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openKeys, type ServiceName } from '@commonpurse/shared/service';
import { choosePorts } from '../../../distributed/src/choose-ports.ts';
import { temporaryFolder } from '../../e2e/support/launch.ts';
import type { Place } from '../../e2e/support/person.ts';
import { createInstance, type Instance } from './instance.ts';
import { type ServerName, serverNames, type Servers } from './servers.ts';
import { openTcpProxy, type TcpProxy } from '@commonpurse/shared/testing';

/** The five services as processes of their own on real servers, two of some, each behind wires that can be hurt. */
export interface Cluster extends Place {
  readonly instances: readonly Instance[];
  readonly servers: Servers;
  /** How many poisonous events were published: each is parked by both that take what it claims to be. */
  readonly poisoned: number;
  poison(): Promise<void>;
  /** Everything sound again, and ready. */
  heal(): Promise<void>;
  /** Ends every process by SIGTERM; the exit codes that are not 0, by name. */
  stop(): Promise<readonly string[]>;
}
export interface ClusterOptions {
  readonly servers: Servers;
  /** Default: two of records and of notifications. */
  readonly scale?: Partial<Record<ServiceName, number>>;
  /** Programs to run in place of a service's own, for planted mistakes. */
  readonly programs?: Partial<Record<ServiceName, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const behindGateway = ['auth', 'records', 'budgets', 'notifications'] as const;
const withoutLimits = { RATE_LIMIT_USER: 'off', RATE_LIMIT_ADDRESS: 'off', RATE_LIMIT_AUTH: 'off' };

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { servers } = options;
  const dataDir = await temporaryFolder();
  await mkdir(join(dataDir, 'logs'));
  const { ports, release } = await choosePorts(servicesOf(options).length);
  const instances = await createInstances(options, dataDir, ports);
  const stop = (): Promise<string[]> => stopAll(instances).finally(release);
  try {
    for (const instance of instances) instance.start();
    await Promise.all(instances.map((instance) => instance.ready()));
    await servers.broker.record();
  } catch (error) {
    await stop();
    throw error;
  }
  let poisoned = 0;
  return {
    get poisoned() {
      return poisoned;
    },
    poison: async () => {
      await servers.broker.poison();
      poisoned += 1;
    },
    url: instances.find(({ service }) => service === 'gateway')!.url,
    dataDir,
    servers,
    instances,
    heal: async () => {
      for (const wire of wiresOf(instances)) {
        wire.disarm();
        await wire.mode('pass');
      }
      await Promise.all(instances.map((instance) => instance.ready()));
    },
    stop,
  };
}

async function stopAll(instances: readonly Instance[]): Promise<string[]> {
  const codes = await Promise.all(instances.map(async (instance) => [instance.name, await instance.stop()] as const));
  await Promise.all(wiresOf(instances).map((wire) => wire.close()));
  return codes.filter(([, code]) => code !== 0).map(([name, code]) => `${name} ended with ${code}`);
}

const wiresOf = (instances: readonly Instance[]): TcpProxy[] => instances.flatMap(({ wires }) => Object.values(wires));

/** One for each process: those behind the gateway, then the gateway. */
function servicesOf(options: ClusterOptions): ServiceName[] {
  const scale = { records: 2, notifications: 2, ...options.scale } as Partial<Record<ServiceName, number>>;
  return [...behindGateway.flatMap((service) => Array.from({ length: scale[service] ?? 1 }, () => service)), 'gateway'];
}

async function createInstances(options: ClusterOptions, dataDir: string, ports: readonly number[]): Promise<Instance[]> {
  const placed = servicesOf(options).map((service, index) => ({ service, port: ports[index]! }));
  const urlsOf = (service: ServiceName): string =>
    placed.flatMap((each) => (each.service === service ? [`http://127.0.0.1:${each.port}`] : [])).join(',');
  const { variables } = await openKeys(join(dataDir, 'keys'));
  const shared = {
    ...withoutLimits,
    ...variables,
    DATA_DIR: dataDir,
    DATABASE_TYPE: 'mongodb',
    MONGODB_DATABASE: options.servers.database,
    LOG_LEVEL: 'warn',
    ...Object.fromEntries(behindGateway.map((service) => [`${service.toUpperCase()}_URL`, urlsOf(service)])),
    ...options.env,
  };
  return Promise.all(
    placed.map(async ({ service, port }, index) => {
      const wires = await openWires(options.servers);
      const nth = placed.slice(0, index + 1).filter((each) => each.service === service).length;
      const name = `${service}-${nth}`;
      const urls = serverNames.map((server) => [`${server.toUpperCase()}_URL`, wires[server].through(options.servers.urls[server])]);
      const env = { ...shared, ...Object.fromEntries(urls) } as Record<string, string>;
      return createInstance({
        name,
        service,
        port,
        wires,
        env,
        logFile: join(dataDir, 'logs', `${name}.log`),
        ...(options.programs?.[service] === undefined ? {} : { program: options.programs[service] }),
      });
    }),
  );
}

async function openWires({ urls }: Servers): Promise<Record<ServerName, TcpProxy>> {
  const wires = await Promise.all(serverNames.map(async (server) => [server, await openTcpProxy(urls[server])] as const));
  return Object.fromEntries(wires) as Record<ServerName, TcpProxy>;
}
