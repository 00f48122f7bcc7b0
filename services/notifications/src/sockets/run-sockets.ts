import { type Clock, createRepetition, type Job, type Repetition, type ServiceDeps } from '@commonpurse/shared/service';
import { closeCode } from './close-code.ts';
import type { SocketHost } from './host-sockets.ts';
import type { SocketLimits } from './limit.ts';
import type { Hints } from './share-hints.ts';
import type { SessionWatch } from './watch-sessions.ts';

interface SocketsJobDeps {
  readonly host: SocketHost;
  readonly hints: Hints;
  readonly watch: SessionWatch;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
  readonly limits: Pick<SocketLimits, 'closeGraceMs'>;
}
/** What happens to open sockets by time, from the service's start to its end. */
interface SocketsJob extends Job {
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
  let serving = false;
  const tick = async (): Promise<void> => {
    host.tick();
    if (host.userIds.length > 0) await watch.look();
  };
  const repetitions = [repeating(deps, watchEveryMs, tick), repeating(deps, lookEveryMs, createLook(deps))];
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
      await Promise.all(repetitions.map((one) => one.start()));
    },
    async sayGoodbye() {
      const { connections } = host;
      close();
      await Promise.all(connections.map(({ gone }) => clock.delay(limits.closeGraceMs, gone)));
    },
    async stop() {
      close();
      await Promise.all([...repetitions.map((one) => one.stop()), hints.stop()]);
    },
  };
}

function repeating({ clock, log }: SocketsJobDeps, everyMs: number, run: () => Promise<void>): Repetition {
  const failed = (error: unknown): void => log.warn({ err: error }, 'a look at the open sockets failed; trying again');
  return createRepetition({ clock, everyMs, run, failed });
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
