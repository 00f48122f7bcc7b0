import type { Doc, Documents } from '../documents/documents.ts';
import { upsertNewer } from '../documents/upsert.ts';
import { instantOf } from './clock.ts';
import type { Job } from './create-service.ts';
import { createRepetition } from './repeat.ts';
import type { ServiceDeps } from './service.ts';

/** How often something happened on one day (UTC), by name. `_id` is the day. */
export interface DayCounts extends Doc {
  readonly counts: Readonly<Record<string, number>>;
}

/** Figures about a service for whoever runs it: how much of what happened on which day, and never to whom. A process that is killed loses what
 *  it has not written for some seconds: nothing that anybody relies on is counted here. */
export interface DailyCounts {
  /** @param name letters and dashes */
  count(name: string, by?: number): void;
  /** The days from `from` to `to` on which anything happened, with everything that this instance has counted. */
  read(from: string, to: string): Promise<DayCounts[]>;
  readonly job: Job;
}

const flushEveryMs = 5_000;
const collection = { name: 'daily-counts', indexes: [] };

export async function openDailyCounts({ documents, clock, log }: Pick<ServiceDeps, 'documents' | 'clock' | 'log'>): Promise<DailyCounts> {
  const stored = await documents.collection<DayCounts>(collection);
  const { note, flush } = createTally(stored);
  let writing: Promise<void> = Promise.resolve();
  /** One after the other, so that who waits for one knows that everything before it is written. */
  const flushed = (): Promise<void> => (writing = writing.catch(() => undefined).then(flush));
  const failed = (error: unknown): void => log.warn({ err: error }, 'daily counts could not be written');
  const flushing = createRepetition({ clock, everyMs: flushEveryMs, run: flushed, failed, pauseFirst: true });
  return {
    count: (name, by = 1) => note(instantOf(clock).slice(0, 10), name, by),
    read: async (from, to) => {
      await flushed();
      return stored.find({ _id: { $gte: from, $lte: to } }, { sort: [['_id', 1]] });
    },
    job: {
      name: 'daily-counts',
      start: () => flushing.start(),
      stop: async () => {
        await flushing.stop();
        await flushed().catch(failed);
      },
    },
  };
}

/** What was counted and is not written yet. */
function createTally(stored: Documents<DayCounts>) {
  const unwritten = new Map<string, Map<string, number>>();
  const note = (day: string, name: string, by: number): void => {
    const counts = unwritten.get(day) ?? new Map<string, number>();
    unwritten.set(day, counts.set(name, (counts.get(name) ?? 0) + by));
  };
  const flush = async (): Promise<void> => {
    // while they are written more is counted, and following that would never end
    const asTheyAre = [...unwritten];
    for (const [day, counts] of asTheyAre) {
      unwritten.delete(day);
      await add(stored, day, counts).catch((error: unknown) => {
        for (const [name, by] of counts) note(day, name, by);
        throw error;
      });
    }
  };
  return { note, flush };
}

async function add(stored: Documents<DayCounts>, day: string, counts: ReadonlyMap<string, number>): Promise<void> {
  await upsertNewer(stored, day, (before) => {
    const sums: Record<string, number> = { ...before?.counts };
    for (const [name, by] of counts) sums[name] = (sums[name] ?? 0) + by;
    return { _id: day, version: (before?.version ?? 0) + 1, counts: sums };
  });
}
