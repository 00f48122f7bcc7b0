import type { Logger } from 'pino';
import type { Doc, Documents } from '../../documents/documents.ts';
import type { Clock } from '../../service/clock.ts';
import { endlessRetries } from '../retry-policy.ts';
import type { Flights } from './flights.ts';

interface PullerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly closed: AbortSignal;
  readonly changed: () => void;
}

/** Takes confirmed entries out of their documents, as many documents in one write as have come up while the last write ran. */
export interface Puller {
  pull(documentId: string): void;
  readonly busy: boolean;
}

export function createPuller(documents: Documents<Doc>, flights: Flights, { clock, log, closed, changed }: PullerDeps): Puller {
  const ready = new Set<string>();
  let running = false;

  const pullAll = async (): Promise<void> => {
    for (let failures = 0; ready.size > 0 && !closed.aborted;) {
      const ids = [...ready];
      ready.clear();
      const pulls = ids.map((id) => flights.pullOf(id)).filter((pull) => pull !== null);
      try {
        if (pulls.length > 0) await documents.pullOutbox(pulls);
        for (const pull of pulls) flights.pulled(pull);
        failures = 0;
      } catch (error) {
        // Publishing them again would be harmless too; but they are known to be told, so only the pull is repeated.
        log.error({ err: error, collection: documents.name }, 'published entries could not be pulled; it will be tried again');
        for (const id of ids) ready.add(id);
        failures += 1;
        await clock.delay(endlessRetries.delayMs(failures), closed);
      }
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    // What is confirmed in the same turn is pulled in the same write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await pullAll();
    running = false;
    changed();
  };
  return {
    pull(documentId) {
      ready.add(documentId);
      if (!running && !closed.aborted) void run();
    },
    get busy() {
      return running;
    },
  };
}
