import type { Document } from 'mongodb';
import type { Stored } from './stored-form.ts';
import type { TimeWalk } from './time-windows.ts';
import { precisionOf, windowsOf } from './time-windows.ts';

interface WindowWalk {
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A page, at most, of what the query matches under one more condition. */
  ask(condition: Document): Promise<Stored[]>;
  /** Whether it matches anything at all then. */
  exists(condition: Document): Promise<boolean>;
}

/** A page of a list, window by window until it is full. Each window is asked for a whole page: of what it holds, some may have been met in
 *  the one before and moved on since. */
export async function walkWindows(walk: TimeWalk, options: WindowWalk): Promise<Stored[]> {
  const beginning = walk.start === null && walk.direction > 0 ? await findBeginning(walk, options) : options.now;
  const found = new Map<string, Stored>();
  for (const window of windowsOf(walk, options.now, beginning)) {
    for (const doc of await options.ask(window)) if (!found.has(doc._id)) found.set(doc._id, doc);
    if (found.size >= options.limit) break;
  }
  return [...found.values()].slice(0, options.limit);
}

const earliest = Date.parse('1900-01-01');

/** A time shortly before the first one in the list. */
async function findBeginning({ field, kind }: TimeWalk, { now, exists }: WindowWalk): Promise<number> {
  let low = earliest;
  for (let high = now; high - low > precisionOf(kind);) {
    const middle = Math.floor((low + high) / 2);
    if (await exists({ [field]: { $gte: '', $lt: new Date(middle).toISOString() } })) high = middle;
    else low = middle;
  }
  return low;
}
