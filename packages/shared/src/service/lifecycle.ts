import type { RequestListener, Server } from 'node:http';
import type { Logger } from 'pino';
import type { DocumentStore } from '../documents/documents.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { notBegun } from '../http/problem.ts';
import type { Messaging } from './connect-messaging.ts';
import type { Job } from './create-service.ts';
import { closeServer } from './http-server.ts';

/** Requests that are still running after this long are cut: a stop takes 10 s at most, and the relay needs the rest. */
const requestsMsMax = 5_000;

interface Lifecycle {
  readonly ready: boolean;
  /** What is begun now may be cut off before it ends. */
  readonly stopping: boolean;
  /** Throws 503 while the service doesn't serve users. Other services are served as long as the port is open: they need the changes
   *  feed to start, and this one may need them to. */
  gate(endpoint: Endpoint): void;
  /** Counts what is in flight, so that a stop can wait for it. */
  counting(listener: RequestListener): RequestListener;
  start(): Promise<void>;
  stop(server: Server): Promise<void>;
}

interface LifecycleParts {
  readonly log: Logger;
  readonly messaging: Pick<Messaging, 'start' | 'stop'>;
  readonly jobs: readonly Job[];
  readonly documents: Pick<DocumentStore, 'close'>;
}

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const { log, messaging, jobs } = parts;
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  let stopped: Promise<void> | null = null;
  const requests = createInFlight();
  const stop = async (server: Server): Promise<void> => {
    state = 'stopping';
    log.info('stopping');
    await requests.settled(requestsMsMax);
    await endAll(parts, server);
    log.info('stopped');
  };
  return {
    get ready() {
      return state === 'ready';
    },
    get stopping() {
      return state === 'stopping';
    },
    gate: (endpoint) => {
      if (state === 'ready' || isAlwaysServed(endpoint)) return;
      throw notBegun(state === 'starting' ? 'The service is starting' : 'The service is stopping');
    },
    counting: (listener) => (req, res) => {
      requests.begin();
      res.once('close', requests.end);
      if (state === 'stopping') res.setHeader('Connection', 'close');
      listener(req, res);
    },
    start: async () => {
      await messaging.start();
      for (const job of jobs) await job.start();
      if (state === 'starting') state = 'ready';
      log.info('ready');
    },
    stop: (server) => (stopped ??= stop(server)),
  };
}

const isAlwaysServed = ({ admission, path }: Endpoint): boolean =>
  admission === 'service' || path.startsWith('/health/') || path.startsWith('/.well-known/');

/** What may still have something to tell before what it is told by. */
async function endAll({ log, messaging, jobs, documents }: LifecycleParts, server: Server): Promise<void> {
  await settleAll(
    log,
    jobs.map((job) => ({ name: `job ${job.name}`, run: () => job.stop() })),
  );
  await settleAll(log, [{ name: 'messaging', run: () => messaging.stop() }]);
  await closeServer(server);
  await settleAll(log, [{ name: 'store', run: () => documents.close() }]);
}

/** Everything is given its chance to close, whatever else fails. */
async function settleAll(log: Logger, steps: readonly { name: string; run: () => Promise<void> }[]): Promise<void> {
  await Promise.all(
    steps.map(async ({ name, run }) => {
      try {
        await run();
      } catch (error) {
        log.error({ err: error, step: name }, 'could not be stopped cleanly');
      }
    }),
  );
}

function createInFlight(): { begin: () => void; end: () => void; settled: (timeoutMs: number) => Promise<void> } {
  let count = 0;
  let wake: (() => void) | null = null;
  return {
    begin: () => {
      count += 1;
    },
    end: () => {
      count -= 1;
      if (count === 0) wake?.();
    },
    settled: (timeoutMs) =>
      new Promise((resolve) => {
        if (count === 0) return resolve();
        const timer = setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
