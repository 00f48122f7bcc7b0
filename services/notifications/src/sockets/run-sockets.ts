import type { Clock, Job, ServiceDeps } from '@commonpurse/shared/service';
import { closeCode } from './close-code.ts';
import type { SocketHost } from './host-sockets.ts';
import type { SocketLimits } from './limit.ts';
import type { Hints } from './share-hints.ts';
import type { SessionWatch } from './watch-sessions.ts';

export interface SocketsJobDeps {
  readonly host: SocketHost;
  readonly hints: Hints;
  readonly watch: SessionWatch;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  readonly limits: Pick<SocketLimits, 'closeGraceMs'>;
}
/** What happens to open sockets by time, from the service's start to its end. */
export interface SocketsJob extends Job {
  /** Between start and goodbye. */
  readonly serving: boolean;
  /** Tells every client that this is the end; nobody comes in any more. Resolves when they have gone, or won't. */
  sayGoodbye(): Promise<void>;
}

/** Twice within the second in which a session that is over must be closed. */
const watchEveryMs = 250;
const lookEveryMs = 1_000;
/** Where hints are not known to be lost, the store is still looked at now and then. */
const looksSkippedMax = 10;

export function createSocketsJob(deps: SocketsJobDeps): SocketsJob {
  const { host, hints, watch, clock, limits } = deps;
  const look = createLook(deps);
  const stopped = new AbortController();
  let serving = false;
  let running: Promise<unknown> = Promise.resolve();
  const tick = async (): Promise<void> => {
    host.tick();
    if (host.userIds.length > 0) await watch.look();
  };
  const close = (): void => {
    serving = false;
    host.closeAll(closeCode.goingAway, 'going away');
  };
  return {
    name: 'sockets',
    get serving() {
      return serving;
    },
    async start() {
      await hints.start();
      serving = true;
      running = Promise.all([repeat(deps, watchEveryMs, tick, stopped.signal), repeat(deps, lookEveryMs, look, stopped.signal)]);
    },
    async sayGoodbye() {
      const { connections } = host;
      close();
      await Promise.all(connections.map(({ gone }) => clock.delay(limits.closeGraceMs, gone)));
    },
    async stop() {
      stopped.abort();
      close();
      await Promise.all([running, hints.stop()]);
    },
  };
}

async function repeat({ clock, log }: SocketsJobDeps, ms: number, what: () => Promise<void>, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    await what().catch((error: unknown) => log.warn({ err: error }, 'a look at the open sockets failed; trying again'));
    await clock.delay(ms, stopped);
  }
}

/** Looks into the store whether anything was missed: each time while hints may be lost, otherwise now and then. */
function createLook({ hints, host }: SocketsJobDeps): () => Promise<void> {
  let skipped = 0;
  return async () => {
    skipped = hints.reliable() ? skipped + 1 : looksSkippedMax;
    if (skipped < looksSkippedMax) return;
    skipped = 0;
    await host.look();
  };
}
