import type { Clock } from './clock.ts';

export interface RepetitionOptions {
  readonly clock: Clock;
  /** From the end of a run to the next. */
  readonly everyMs: number;
  /** @param stopping aborts when nobody wants the rest of it any more */
  readonly run: (stopping: AbortSignal) => Promise<unknown>;
  /** Hears why a run failed; the next one comes all the same. */
  readonly failed: (error: unknown) => void;
  /** Whether the first run waits like the others; default: it begins at once. */
  readonly pauseFirst?: boolean;
}

/** The parts of a job that does the same again and again. */
export interface Repetition {
  /** Resolves at once. */
  start(): Promise<void>;
  /** Resolves when the run that is under way is over. */
  stop(): Promise<void>;
}

/** One run at a time, with a pause between. */
export function createRepetition({ clock, everyMs, run, failed, pauseFirst = false }: RepetitionOptions): Repetition {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const keepRunning = async (): Promise<void> => {
    if (pauseFirst) await clock.delay(everyMs, stopping.signal);
    while (!stopping.signal.aborted) {
      await run(stopping.signal).catch(failed);
      await clock.delay(everyMs, stopping.signal);
    }
  };
  return {
    start: async () => {
      running = keepRunning();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
