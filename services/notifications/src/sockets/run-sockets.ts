import type { Clock, Job, ServiceDeps } from '@commonpurse/shared/service';
import { closeCode } from './close-code.ts';
import type { SocketHost } from './host-sockets.ts';
import type { Hints } from './share-hints.ts';
import type { SessionWatch } from './watch-sessions.ts';

export interface SocketsJobDeps {
  readonly host: SocketHost;
  readonly hints: Hints;
  readonly watch: SessionWatch;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
}
/** What happens to open sockets by time, from the service's start to its end. */
export interface SocketsJob extends Job {
  /** Between start and stop. */
  readonly serving: boolean;
}

/** Twice within the second in which a session that is over must be closed. */
const watchEveryMs = 250;
const lookEveryMs = 1_000;
/** Where hints are not known to be lost, the store is still looked at now and then. */
const looksSkippedMax = 10;

export function createSocketsJob(deps: SocketsJobDeps): SocketsJob {
  const { host, hints, watch, clock, log } = deps;
  const stopped = new AbortController();
  let serving = false;
  let running: Promise<unknown> = Promise.resolve();
  const every = async (ms: number, what: () => Promise<void>): Promise<void> => {
    while (!stopped.signal.aborted) {
      await what().catch((error: unknown) => log.warn({ err: error }, 'a look at the open sockets failed; trying again'));
      await clock.delay(ms, stopped.signal);
    }
  };
  const tick = async (): Promise<void> => {
    host.tick();
    if (host.userIds.length > 0) await watch.look();
  };
  let skipped = 0;
  const look = async (): Promise<void> => {
    skipped = hints.reliable() ? skipped + 1 : looksSkippedMax;
    if (skipped < looksSkippedMax) return;
    skipped = 0;
    await host.look();
  };
  return {
    name: 'sockets',
    get serving() {
      return serving;
    },
    async start() {
      await hints.start();
      serving = true;
      running = Promise.all([every(watchEveryMs, tick), every(lookEveryMs, look)]);
    },
    async stop() {
      serving = false;
      stopped.abort();
      host.closeAll(closeCode.goingAway, 'going away');
      await Promise.all([running, hints.stop()]);
    },
  };
}
