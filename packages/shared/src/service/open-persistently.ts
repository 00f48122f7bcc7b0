import type { Logger } from 'pino';
import { StoreUnavailable } from '../documents/documents.ts';
import type { Clock } from './clock.ts';
import type { Program } from './run-program.ts';

interface Near {
  readonly clock: Clock;
  readonly log: Logger;
}
const pauseMs = 200;

/** Opens a program whose store may go away again before everything is ready: then what was opened is closed, and it begins anew, until it
 *  works or is told to stop. Whatever else goes wrong ends it. */
export async function openPersistently(open: () => Promise<Program>, near: Near): Promise<Program> {
  const program = new PersistentProgram(open, near);
  await program.open();
  return {
    failed: program.failed.promise,
    start: () => program.start(),
    stop: () => program.stop(),
  };
}

class PersistentProgram {
  readonly failed = Promise.withResolvers<Error>();
  readonly #openOnce: () => Promise<Program>;
  readonly #near: Near;
  readonly #stopping = new AbortController();
  /** null: not open, or not any more. */
  #current: Program | null = null;
  #starting: Promise<void> = Promise.resolve();

  constructor(open: () => Promise<Program>, near: Near) {
    this.#openOnce = open;
    this.#near = near;
  }
  async open(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        this.#current = await this.#openOnce();
        void this.#current.failed.then(this.failed.resolve);
        return;
      } catch (error) {
        await this.#waitAfter(error);
      }
    }
  }
  start(): Promise<void> {
    return (this.#starting = this.#keepStarting());
  }
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#close();
    // it may have been between two programs: whatever it opens yet is closed
    await this.#starting.catch(() => {});
    await this.#close();
  }
  async #keepStarting(): Promise<void> {
    while (this.#current !== null && !this.#stopping.signal.aborted) {
      try {
        return await this.#current.start();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        await this.#close();
        await this.#waitAfter(error);
        await this.open();
      }
    }
  }
  async #close(): Promise<void> {
    const closing = this.#current;
    this.#current = null;
    await closing?.stop();
  }
  async #waitAfter(error: unknown): Promise<void> {
    if (!(error instanceof StoreUnavailable)) throw error;
    const { log, clock } = this.#near;
    log.warn({ why: error.message }, 'the store went away during the start, which begins anew');
    await clock.delay(pauseMs, this.#stopping.signal);
  }
}
