import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Cache } from '@commonpurse/shared/cache';
import { createVerifyBearer, type Observation, openApiOf } from '@commonpurse/shared/http';
import {
  type Clock,
  createHttpServer,
  createLifecycle,
  createMetrics,
  createSecurityLog,
  followAuthKeys,
  type Job,
  logRequests,
  openPort,
  type Peers,
  securityStream,
  serverChecks,
  type Service,
} from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import { createGatewayApp } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { createKeyExchange } from './credentials/exchange-keys.ts';
import { createOpenApiSource } from './docs/open-api-source.ts';
import { gatewayEndpoints } from './endpoints.ts';
import { createFront, type FrontDeps } from './front/front.ts';
import { createRefusalTrace } from './front/trace-refusals.ts';
import { asksForSocket, createUpgrade } from './front/upgrade.ts';
import { createAskServices } from './health/ask-services.ts';
import { readinessOf } from './health/readiness.ts';
import { createInstanceWatch } from './health/watch-instances.ts';
import { createLimiter } from './limits/limiter.ts';
import type { DoorAt } from './routing/instance-agent.ts';
import { createServiceProxy, type ServiceProxy } from './routing/proxy.ts';
import { createTargets, type InstanceUrls, type Targets } from './routing/targets.ts';

export interface GatewayDeps {
  readonly config: GatewayConfig;
  /** Shared by all instances: limits. */
  readonly cache: Cache;
  /** This instance's own, for while the shared one is away. */
  readonly localCache: Cache;
  readonly peers: Peers;
  /** Where each service listens now; several are balanced. */
  readonly urls: InstanceUrls;
  /** The path of a Unix socket that leads to the instance at that address, and costs less than its port; absent: there are none. */
  readonly doorAt?: DoorAt;
  readonly clock: Clock;
  readonly log: Logger;
  /** The security log's own stream; absent: lines of `log` that say so. */
  readonly securityLog?: Logger;
}

/** What a service has answered it logs itself. Of bad credentials and used-up limits the security log tells, a flood of them in one line. */
const isToldElsewhere = ({ status, error }: Observation): boolean => error === null || status === 401 || status === 429;

/** The only open door: it keeps no data, so it needs no store and hears no events. */
export function createGatewayService(deps: GatewayDeps): Service {
  const { clock, peers } = deps;
  const log = deps.log.child({ service: 'gateway' });
  const metrics = createMetrics('gateway', serverChecks({ cache: deps.cache }));
  const door = doorOf(deps);
  const targets = createTargets(deps.urls, clock);
  const proxy = createServiceProxy({ targets, ...(deps.doorAt ? { doorAt: deps.doorAt } : {}) });
  const askServices = createAskServices(deps.urls);
  const documented = gatewayEndpoints({
    readiness: async () => readinessOf(await askServices(), lifecycle.stopping),
    openApi: () => openApi(),
  });
  const openApi = createOpenApiSource(peers, clock, openApiOf({ name: 'gateway', endpoints: documented }));
  const front = createFront(door);
  const app = createGatewayApp({
    front,
    proxy,
    endpoints: documented,
    isStopping: () => lifecycle.stopping,
    unexpected: (error, visitor) => log.error({ err: error, requestId: visitor.requestId }, 'unexpected'),
    observe: logRequests(log, metrics.observeRequest, isToldElsewhere),
  });
  const lifecycle = lifecycleOf({ ...deps, log }, targets, proxy);
  const server = serverOf(lifecycle.counting(app), createUpgrade({ ...door, front, proxy }));
  return {
    name: 'gateway',
    server,
    metrics: metrics.registry,
    failed: new Promise(() => {}),
    get ready() {
      return lifecycle.ready;
    },
    health: async () => ({ name: 'gateway', ready: lifecycle.ready, parts: { cache: (await deps.cache.health()) ?? 'ok' } }),
    listen: (address) => openPort(server, address),
    start: () => lifecycle.start(),
    sayGoodbye: async () => {},
    stop: () => lifecycle.stop(server),
  };
}

/** It hears no events and keeps nothing: what there is to start and end are looks at the instances, WebSockets and connections. */
const lifecycleOf = ({ urls, clock, log }: GatewayDeps, targets: Targets, proxy: ServiceProxy): ReturnType<typeof createLifecycle> =>
  createLifecycle({
    log,
    messaging: { start: async () => {}, stop: async () => proxy.close() },
    jobs: [createInstanceWatch({ urls, targets, clock, log }), goodbyeOf(proxy)],
    documents: { close: async () => {} },
  });

/** Ends the open WebSockets, once the requests are through. */
const goodbyeOf = (proxy: ServiceProxy): Job => ({ name: 'goodbye', start: async () => {}, stop: () => proxy.sayGoodbye() });

function serverOf(app: RequestListener, upgrade: ReturnType<typeof createUpgrade>): Server {
  const server = createHttpServer(app, { shouldUpgradeCallback: asksForSocket });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(req, socket as Socket, head));
  return server;
}

function doorOf(deps: GatewayDeps): FrontDeps {
  const { config, cache, localCache, peers, clock } = deps;
  return {
    verify: createVerifyBearer({ jwks: followAuthKeys(deps), clock }),
    exchangeKey: createKeyExchange({ peers, clock }),
    trace: createRefusalTrace({ audit: createSecurityLog(securityStream(deps, 'gateway')), clock }),
    limiter: createLimiter(cache, localCache),
    policies: { user: config.RATE_LIMIT_USER, address: config.RATE_LIMIT_ADDRESS, auth: config.RATE_LIMIT_AUTH },
    trusted: config.TRUSTED_PROXIES,
    allowedOrigins: config.ALLOWED_ORIGINS,
    https: config.PUBLIC_URL?.startsWith('https:') ?? false,
    maxUploadBytes: config.MAX_UPLOAD_BYTES,
  };
}
