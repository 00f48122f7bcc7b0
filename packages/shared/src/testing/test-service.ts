import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { Level } from 'pino';
import { createMemoryCache } from '../cache/memory/index.ts';
import type { MemoryCache } from '../cache/memory/index.ts';
import { openJsonStore } from '../documents/json/index.ts';
import type { Disk } from '../documents/json/index.ts';
import type { DocumentStore } from '../documents/documents.ts';
import { internalKeyOf, signInternal } from '../http/internal-token.ts';
import type { Bus, DomainEvent } from '../messaging/bus.ts';
import { createInProcessBus } from '../messaging/in-process/index.ts';
import type { InProcessBus } from '../messaging/in-process/index.ts';
import { systemClock } from '../service/clock.ts';
import type { Clock } from '../service/clock.ts';
import { PeerUnavailable } from '../service/peers.ts';
import type { Peers, ServiceName } from '../service/peers.ts';
import type { Service, ServiceDeps } from '../service/service.ts';
import { createFakeAuth } from './fake-auth.ts';
import type { FakeAuth, TestUser } from './fake-auth.ts';
import { sendRequest } from './http-client.ts';
import type { TestAnswer, TestCall } from './http-client.ts';
import { memoryDisk } from './memory-disk.ts';
import { watchStoreWork } from './store-work.ts';

/** Answers `/internal/*` for a service that is not under test; throws `PeerRefused` or `PeerUnavailable` as the real one would. */
export type FakePeer = (call: { method: 'GET' | 'POST'; path: string; body: unknown }) => unknown;

export interface TestServiceOptions {
  /** Default: the real time. */
  readonly clock?: Clock;
  readonly peers?: Partial<Record<ServiceName, FakePeer>>;
  /** Default: a new one in memory. */
  readonly disk?: Disk;
  /** Default `warn`; what is logged lands in `logs`. */
  readonly logLevel?: Level;
  /** true: resolves when the port is open, while the service still starts. */
  readonly startsAlone?: boolean;
  /** Wraps or replaces dependencies, such as a store that fails. */
  readonly deps?: (deps: ServiceDeps) => ServiceDeps;
}

/** Requests of one user; paths as the gateway would send them on. */
export interface TestClient {
  get(path: string, call?: TestCall): Promise<TestAnswer>;
  post(path: string, body?: unknown, call?: TestCall): Promise<TestAnswer>;
  put(path: string, body?: unknown, call?: TestCall): Promise<TestAnswer>;
  patch(path: string, body?: unknown, call?: TestCall): Promise<TestAnswer>;
  delete(path: string, call?: TestCall): Promise<TestAnswer>;
}

/** A service that runs for a test: real HTTP, real store code over a disk in memory, the in-process bus, and auth played. */
export interface TestService {
  readonly service: Service;
  readonly url: string;
  readonly deps: ServiceDeps;
  readonly bus: InProcessBus;
  readonly cache: MemoryCache;
  readonly auth: FakeAuth;
  /** Everything that was published so far, oldest first. */
  readonly published: readonly DomainEvent[];
  /** Parsed log lines. */
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  /** Signs somebody up and in. */
  user(facts?: Parameters<FakeAuth['user']>[0]): Promise<TestUser>;
  /** Ends the session and publishes what auth would. */
  revokeSession(user: TestUser): Promise<void>;
  request(method: string, path: string, call?: TestCall): Promise<TestAnswer>;
  as(user: TestUser | { readonly token: string } | null): TestClient;
  /** As another service, with an internal token. */
  internal(from?: ServiceName): TestClient;
  /** Publishes an event as another service would; resolves when it was handled or parked. */
  publish(event: DomainEvent): Promise<void>;
  /** Waits until `check` neither throws nor answers false or undefined; fails after `timeoutMs` (default 60,000) with what was last seen. */
  until<T>(check: () => Promise<T> | T, timeoutMs?: number): Promise<Exclude<T, undefined | false>>;
  /** Resolves when what goes on behind the answers is through, as far as it doesn't wait for the clock: before time is let go on, or before
   *  looking for what must not happen. */
  atRest(): Promise<void>;
  /** Stops it and starts it again on the same disk, as a deployment would. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const internalKey = 'internal-key-of-the-tests-0123456789';

export async function startTestService(
  create: (deps: ServiceDeps) => Promise<Service>,
  options: TestServiceOptions = {},
): Promise<TestService> {
  const clock = options.clock ?? systemClock;
  const logs: Record<string, unknown>[] = [];
  const log = pino({ level: options.logLevel ?? 'warn' }, { write: (line) => void logs.push(JSON.parse(line) as Record<string, unknown>) });
  const published: DomainEvent[] = [];
  const cache = createMemoryCache({ clock });
  const auth = await createFakeAuth({ cache, clock });
  const disk = options.disk ?? memoryDisk();
  const bus = createInProcessBus({ clock, log });
  const peers = fakePeers(auth, options.peers ?? {}, clock);
  const installationKey = randomBytes(32);
  const work = watchStoreWork();
  const open = async (): Promise<Running> => {
    const documents = work.watch(await openJsonStore({ directory: '/store', disk, clock, log }));
    const plain = { documents, bus: recording(bus, published), cache, peers, clock, log, internalKey, installationKey };
    const deps = options.deps ? options.deps(plain) : plain;
    const service = await create(deps);
    const { url } = await service.listen({ host: '127.0.0.1', port: 0 });
    const started = service.start();
    if (!options.startsAlone) await started;
    return { documents, deps, service, url };
  };
  let running = await open();
  const request: TestService['request'] = (method, path, call) => sendRequest(running.url, method, path, call);
  return {
    get service() {
      return running.service;
    },
    get url() {
      return running.url;
    },
    get deps() {
      return running.deps;
    },
    bus,
    cache,
    auth,
    published,
    logs,
    request,
    until,
    atRest: () => work.atRest(),
    user: (facts) => auth.user(facts),
    revokeSession: async (user) => bus.publish(await auth.revokeSession(user)),
    as: (user) => clientOf(request, user?.token),
    internal: (from = 'gateway') =>
      clientOf(request, signInternal({ from, to: running.service.name, key: internalKeyOf(internalKey), nowMs: clock.now() })),
    publish: (event) => bus.publish(event),
    restart: async () => {
      await running.service.stop();
      running = await open();
    },
    stop: async () => {
      await running.service.stop();
      await bus.close();
      await cache.close();
    },
  };
}

interface Running {
  readonly documents: DocumentStore;
  readonly deps: ServiceDeps;
  readonly service: Service;
  readonly url: string;
}

/** The bus, taking notes of what is published; a restart must not close it. */
const recording = (bus: Bus, published: DomainEvent[]): Bus => ({
  publish: async (event) => {
    published.push(event);
    await bus.publish(event);
  },
  consume: (...given) => bus.consume(...given),
  health: () => bus.health(),
  onReconnect: (listener) => bus.onReconnect(listener),
  close: () => bus.close(),
});

function fakePeers(auth: FakeAuth, fakes: Partial<Record<ServiceName, FakePeer>>, clock: Clock): Peers {
  const answer = async <T>(service: ServiceName, method: 'GET' | 'POST', path: string, body: unknown): Promise<T> => {
    const fake = fakes[service];
    if (fake) return structuredClone((await fake({ method, path, body })) as T);
    if (service === 'auth' && auth.available) return structuredClone(auth.answer(path) as T);
    if (path.startsWith('/internal/changes') && service !== 'auth') {
      return { events: [], next: null, now: new Date(clock.now()).toISOString() } as T;
    }
    throw new PeerUnavailable(`${service} does not run in this test`);
  };
  return {
    get: (service, path) => answer(service, 'GET', path, null),
    post: (service, path, body) => answer(service, 'POST', path, body),
  };
}

function clientOf(request: TestService['request'], token: string | undefined): TestClient {
  const send = (method: string, path: string, body: unknown, call: TestCall = {}): Promise<TestAnswer> =>
    request(method, path, { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }), ...call });
  return {
    get: (path, call) => send('GET', path, undefined, call),
    post: (path, body, call) => send('POST', path, body, call),
    put: (path, body, call) => send('PUT', path, body, call),
    patch: (path, body, call) => send('PATCH', path, body, call),
    delete: (path, call) => send('DELETE', path, undefined, call),
  };
}

async function until<T>(check: () => Promise<T> | T, timeoutMs = 60_000): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await check();
      if (value !== false && value !== undefined) return value as Exclude<T, undefined | false>;
      last = new Error(`still ${String(value)}`);
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw last instanceof Error ? last : new Error(String(last));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
