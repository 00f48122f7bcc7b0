import { createRepetition, endedInTime, type Job, type ServiceDeps } from '@commonpurse/shared/service';

/** Work that an answer does not wait for, and a look for what nobody is at work on: left by a process that ended, or put off by a failure. */
interface BackgroundWork {
  /** Begins once what is being answered was answered: its time must not show whether there is anything to do. Resolves when it is over, also
   *  when it failed. */
  run(work: () => Promise<void>): Promise<void>;
  readonly job: Job;
}
interface BackgroundWorkOptions extends Pick<ServiceDeps, 'clock' | 'log'> {
  readonly name: string;
  /** What the log says when some of it fails. */
  readonly trouble: string;
  /** Does what was left before this instant, as far as it gets until nobody wants the rest. */
  readonly sweep: (before: string, stopping: AbortSignal) => Promise<void>;
}

const sweepEveryMs = 5_000;

export function createBackgroundWork({ clock, log, name, trouble, sweep }: BackgroundWorkOptions): BackgroundWork {
  const running = new Set<Promise<void>>();
  const failed = (error: unknown): void => log.warn({ err: error }, trouble);
  const run = (work: () => Promise<void>): Promise<void> => {
    const one = afterTheAnswer()
      .then(work)
      .catch(failed)
      .finally(() => running.delete(one));
    running.add(one);
    return one;
  };
  // not waited for: one that hangs must not keep the next from what is left then
  const sweepOn = async (stopping: AbortSignal): Promise<void> =>
    void run(() => sweep(new Date(clock.now() - sweepEveryMs).toISOString(), stopping));
  const sweeping = createRepetition({ clock, everyMs: sweepEveryMs, run: sweepOn, failed });
  const stop = async (): Promise<void> => {
    await sweeping.stop();
    await endedInTime(Promise.allSettled(running), clock);
  };
  return { run, job: { name, start: () => sweeping.start(), stop } };
}

const afterTheAnswer = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
