import type { Worker } from 'node:worker_threads';
import { type Asking, type Calls, askOver } from './thread-calls.ts';

export interface ThreadOptions {
  /** What a thread that just ended broke with, such as `the thread has ended`. */
  readonly ended: string;
  /** What the thread says without being asked. */
  readonly hear: (said: unknown) => void;
  /** The thread is lost: what it threw, or that it ended. Called once, before whoever waits for an answer gets the same error. */
  readonly broke: (error: Error) => void;
}

/** Asks a thread for as long as it lives; what is asked of one that broke is rejected with what it broke with. */
export function askThread<C extends Calls<C>>(worker: Worker, { ended, hear, broke }: ThreadOptions): Asking<C>['ask'] {
  const { ask, giveUp } = askOver<C>(worker, hear);
  let isLost = false;
  const lose = (error: Error): void => {
    if (isLost) return;
    isLost = true;
    broke(error);
    giveUp(error);
  };
  worker.once('error', (error) => lose(error instanceof Error ? error : new Error(String(error))));
  // follows each error, too
  worker.once('exit', () => lose(new Error(ended)));
  return ask;
}
