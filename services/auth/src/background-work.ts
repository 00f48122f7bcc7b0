import type { Clock, Job, ServiceDeps } from '@commonpurse/shared/service';

/** Work that an answer does not wait for, and a look for what nobody is at work on: left by a process that ended, or put off by a failure. */
export interface BackgroundWork {
  /** Begins once what is being answered was answered: its time must not show whether there is anything to do. Resolves when it is over, also
   *  when it failed. */
  run(work: () => Promise<void>): Promise<void>;
  readonly job: Job;
}
export interface BackgroundWorkOptions extends Pick<ServiceDeps, 'clock' | 'log'> {
  readonly name: string;
  /** What the log says when some of it fails. */
  readonly trouble: string;
  /** Does what was left before this instant. */
  readonly sweep: (before: string) => Promise<void>;
}

const sweepEveryMs = 5_000;
/** A stop does not wait for a server that hangs: what was promised stays so. */
const stopMs = 3_000;

export function createBackgroundWork({ clock, log, name, trouble, sweep }: BackgroundWorkOptions): BackgroundWork {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let sweeping: Promise<void> = Promise.resolve();
  const run = (work: () => Promise<void>): Promise<void> => {
    const one = afterTheAnswer()
      .then(work)
      .catch((error: unknown) => log.warn({ err: error }, trouble))
      .finally(() => running.delete(one));
    running.add(one);
    return one;
  };
  const keepSweeping = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      void run(() => sweep(new Date(clock.now() - sweepEveryMs).toISOString()));
      await clock.delay(sweepEveryMs, stopping.signal);
    }
  };
  const start = async (): Promise<void> => {
    sweeping = keepSweeping();
  };
  const stop = async (): Promise<void> => {
    stopping.abort();
    await sweeping;
    await endedInTime(running, clock);
  };
  return { run, job: { name, start, stop } };
}

const afterTheAnswer = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function endedInTime(running: ReadonlySet<Promise<void>>, clock: Clock): Promise<void> {
  const enough = new AbortController();
  await Promise.race([Promise.allSettled(running), clock.delay(stopMs, enough.signal)]);
  enough.abort();
}
