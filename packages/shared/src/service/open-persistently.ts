import type { Logger } from 'pino';
import { StoreUnavailable } from '../documents/documents.ts';
import type { Clock } from './clock.ts';
import type { Program } from './run-program.ts';

const pauseMs = 200;

/** Opens a program whose store may go away again before everything is ready: then what was opened is closed, and it begins anew, until it
 *  works or is told to stop. Whatever else goes wrong ends it. */
export async function openPersistently(open: () => Promise<Program>, { clock, log }: { clock: Clock; log: Logger }): Promise<Program> {
  const stopping = new AbortController();
  const failed = Promise.withResolvers<Error>();
  /** null: stopped before it was open. */
  const opened = async (): Promise<Program | null> => {
    while (!stopping.signal.aborted) {
      try {
        const program = await open();
        void program.failed.then(failed.resolve);
        return program;
      } catch (error) {
        await waitAfter(error);
      }
    }
    return null;
  };
  const waitAfter = async (error: unknown): Promise<void> => {
    if (!(error instanceof StoreUnavailable)) throw error;
    log.warn({ why: error.message }, 'the store went away during the start, which begins anew');
    await clock.delay(pauseMs, stopping.signal);
  };
  let current = await opened();
  let starting: Promise<void> | null = null;
  const start = async (): Promise<void> => {
    while (current !== null && !stopping.signal.aborted) {
      try {
        return await current.start();
      } catch (error) {
        if (stopping.signal.aborted) return;
        const broken = current;
        current = null;
        await broken.stop();
        await waitAfter(error);
        current = await opened();
      }
    }
  };
  return {
    failed: failed.promise,
    start: () => (starting = start()),
    stop: async () => {
      stopping.abort();
      await current?.stop();
      // it may have been between two programs: whatever it opens yet is closed
      const before = current;
      await starting?.catch(() => {});
      if (current !== before) await current?.stop();
    },
  };
}
