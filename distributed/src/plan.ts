import { type Environment, servicesBehindGateway, type ServiceName } from '@commonpurse/shared/service';
import type { LauncherConfig } from './config.ts';
import type { Scale } from './scale.ts';

/** One process to be: the same in all its lives. */
export interface ProcessPlan {
  /** `gateway`, `records-1`, `records-2`, ... */
  readonly name: string;
  readonly service: ServiceName;
  readonly url: string;
  readonly adminUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

interface PlanOptions {
  readonly config: LauncherConfig;
  readonly scale: Scale;
  /** What the user has set; goes to every process. */
  readonly env: Environment;
  readonly keys: Readonly<Record<'JWT_PRIVATE_KEY' | 'INTERNAL_KEY' | 'ENCRYPTION_KEYS', string>>;
  /** As many as `portsNeeded` says. */
  readonly ports: readonly number[];
}

/** Two for each process behind the gateway, one for the gateway's operator, and the gateway's own where it may be any. */
export const portsNeeded = (scale: Scale): number => 2 + 2 * servicesBehindGateway.reduce((sum, name) => sum + scale[name], 0);

/** The processes: the gateway first, then those behind it. */
export function planProcesses({ config, scale, env, keys, ports }: PlanOptions): ProcessPlan[] {
  const [anyPort, adminPort, ...rest] = ports as [number, number, ...number[]];
  const instances = servicesBehindGateway.flatMap((service) =>
    Array.from({ length: scale[service] }, (_, at) => ({ service, name: `${service}-${at + 1}` })),
  );
  const placed = instances.map((each, at) => ({ ...each, port: rest[2 * at]!, admin: rest[2 * at + 1]! }));
  const port = config.PORT === 0 ? anyPort : config.PORT;
  const gateway = { service: 'gateway' as const, name: 'gateway', port, admin: adminPort };
  const urls = Object.fromEntries(
    servicesBehindGateway.map((name) => [variableOf(name), urlsOf(placed.filter(({ service }) => service === name))]),
  );
  const publicUrl = env['PUBLIC_URL'] || urlAt(config.HOST, port);
  return [gateway, ...placed].map(({ service, name, port: own, admin }) => {
    const host = service === 'gateway' ? config.HOST : loopback;
    const where = { HOST: host, PORT: String(own), ADMIN_PORT: String(admin) };
    const shared = {
      ...thrift,
      ...given(env),
      ...urls,
      ...logsOf(config, name),
      ...where,
      DATABASE_TYPE: 'mongodb',
      DATA_DIR: config.DATA_DIR,
    };
    return {
      name,
      service,
      url: urlAt(host, own),
      adminUrl: urlAt(loopback, admin),
      env: { ...shared, ...ownPart(service, keys, publicUrl) },
    };
  });
}

const loopback = '127.0.0.1';
/** Of glibc: an arena for each thread of the pool keeps memory that an idle service does not need. */
const thrift = { MALLOC_ARENA_MAX: '2' };
const variableOf = (service: string): string => `${service.toUpperCase()}_URL`;
const urlAt = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
const urlsOf = (placed: readonly { readonly port: number }[]): string => placed.map(({ port }) => urlAt(loopback, port)).join(',');

const secretNames = new Set(['JWT_PRIVATE_KEY', 'INTERNAL_KEY', 'ENCRYPTION_KEYS']);
const given = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !secretNames.has(entry[0])),
  );

/** Instances can not write into the same files. */
const logsOf = ({ LOG_DIR }: LauncherConfig, name: string): Record<string, string> =>
  LOG_DIR === undefined ? {} : { LOG_DIR: `${LOG_DIR}/${name}` };

/** A secret goes to whom it is needed by; links in mails lead to the gateway. */
function ownPart(service: ServiceName, { JWT_PRIVATE_KEY, INTERNAL_KEY, ENCRYPTION_KEYS }: PlanOptions['keys'], PUBLIC_URL: string) {
  if (service === 'gateway') return { INTERNAL_KEY };
  const ofAll = { INTERNAL_KEY, ENCRYPTION_KEYS };
  if (service === 'auth') return { ...ofAll, JWT_PRIVATE_KEY, PUBLIC_URL };
  return service === 'notifications' ? { ...ofAll, PUBLIC_URL } : ofAll;
}
