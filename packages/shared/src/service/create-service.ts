import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { People } from '../access/people.ts';
import type { Documents } from '../documents/documents.ts';
import { createAdmit, createReadmit } from '../http/admit.ts';
import { type AppOptions, createApp, messagesOf } from '../http/create-app.ts';
import type { Endpoint } from '../http/endpoint.ts';
import type { Jwks } from '../http/jwks.ts';
import { createVerifyBearer } from '../http/verify-bearer.ts';
import type { Subscription } from '../messaging/bus.ts';
import type { HistoryLine, Outbox } from '../messaging/outbox.ts';
import type { Derived } from '../messaging/rebuild.ts';
import { onUserErased } from '../personal-data/on-user-erased.ts';
import type { PersonalData } from '../personal-data/personal-data.ts';
import { followAuthKeys } from './auth-keys.ts';
import { type DailyCounts, openDailyCounts } from './daily-counts.ts';
import { healthOf, serverChecks } from './health.ts';
import { createHttpServer, openPort } from './http-server.ts';
import { createLifecycle } from './lifecycle.ts';
import { logRequests } from './log-requests.ts';
import { createMetrics, type ServiceMetrics } from './metrics.ts';
import { connectMessaging } from './connect-messaging.ts';
import { operatorEndpoints } from './operator-endpoints.ts';
import type { ServiceName } from './peers.ts';
import { personalDataEndpoints } from './personal-data-endpoints.ts';
import { auditRefusals, createSecurityLog, securityStream } from './security-log.ts';
import type { Service, ServiceDeps } from './service.ts';
import { sharedEndpoints } from './shared-endpoints.ts';

/** Something that runs beside the requests from start to stop. */
export interface Job {
  readonly name: string;
  start(): Promise<void>;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly deps: ServiceDeps;
  readonly endpoints: readonly Endpoint[];
  /** What this service consumes, beside what keeps the mirror of people. */
  readonly subscriptions?: readonly Subscription[];
  /** Collections whose entries are relayed; they need `history`. */
  readonly outboxes?: readonly Outbox[];
  readonly history?: Documents<HistoryLine>;
  /** What an operator can have made anew. */
  readonly derived?: Derived;
  /** What it keeps of a person: told to other services that ask, and erased when the person is. */
  readonly personal?: PersonalData;
  readonly jobs?: readonly Job[];
  readonly upgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly sayGoodbye?: Service['sayGoodbye'];
  /** Figures by day, where the service counts some itself; its errors are counted among them in any case. Default: opened here. */
  readonly counts?: DailyCounts;
  /** Who may sign in: the mirror (`openPeople`); auth's own source in auth. */
  readonly people: People;
  /** Auth's own keys; the others ask auth. */
  readonly jwks?: Jwks;
}

/** Puts a service together: its endpoints behind the identity check, its subscriptions, relay, catch-up and jobs, health and metrics. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { name, deps } = options;
  const log = deps.log.child({ service: name });
  const metrics = createMetrics(name, serverChecks(deps));
  const messaging = await connectMessaging({ ...options, subscriptions: subscriptionsOf(options), log, metrics });
  const counts = options.counts ?? (await openDailyCounts({ ...deps, log }));
  const lifecycle = createLifecycle({ log, messaging, jobs: [...(options.jobs ?? []), counts.job], documents: deps.documents });
  const health = healthOf({ name, deps, parts: { feeds: messaging.health }, isReady: () => lifecycle.ready });
  const app = createApp({
    endpoints: [
      ...options.endpoints,
      ...sharedEndpoints({ name, endpoints: options.endpoints, health, changes: messaging.changes, counts }),
      ...operatorEndpoints({ name, health, desk: messaging.desk }),
      ...personalDataEndpoints(options.personal),
    ],
    ...admissionOf(options),
    observe: logRequests(log, observing(counts, metrics, options)),
    gate: lifecycle.gate,
  });
  const server = createHttpServer(lifecycle.counting(app as RequestListener), messagesOf(app));
  if (options.upgrade) server.on('upgrade', options.upgrade);
  return {
    name,
    server,
    health,
    metrics: metrics.registry,
    failed: deps.documents.failed,
    get ready() {
      return lifecycle.ready;
    },
    listen: (address) => openPort(server, address),
    start: () => lifecycle.start(),
    sayGoodbye: options.sayGoodbye ?? (async () => {}),
    stop: () => lifecycle.stop(server),
  };
}

const subscriptionsOf = ({ subscriptions = [], personal }: ServiceOptions): readonly Subscription[] =>
  personal ? [...subscriptions, onUserErased(personal)] : subscriptions;

function admissionOf({ name, deps, jwks, people }: ServiceOptions): Pick<AppOptions, 'admit' | 'readmit'> {
  const { clock, internalKey } = deps;
  const verify = createVerifyBearer({ jwks: jwks ?? followAuthKeys(deps), clock });
  const identify: People['identify'] = (claims, requestId) => people.identify(claims, requestId);
  return { admit: createAdmit({ self: name, internalKey, clock, verify, identify }), readmit: createReadmit({ clock, identify }) };
}

/** What becomes of every request beside its answer: figures, and a line in the security log where it was refused. */
function observing(counts: DailyCounts, metrics: ServiceMetrics, { deps, name }: ServiceOptions): ServiceMetrics['observeRequest'] {
  const audit = auditRefusals(createSecurityLog(securityStream(deps, name)));
  return (observation) => {
    metrics.observeRequest(observation);
    audit(observation);
    if (observation.status >= 500) counts.count('errors');
  };
}
