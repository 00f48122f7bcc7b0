import { CacheUnavailable } from '../cache.ts';
import { createExpiryQueue, type Expiring } from './expiry-queue.ts';

/** `spare`: forgetting it early costs its reader a reload or a new ticket, never more; it may be evicted.
 *  `guard`: forgetting it early would let somebody do what was just refused (a limit, a raised number, a lock); it stays until it expires. */
export type Keeping = 'spare' | 'guard';

export interface Entry<V> extends Expiring {
  readonly key: string;
  value: V;
  keeping: Keeping;
}

/** Values by key, at most `maxEntries` of them, each until its time is over. When it is full the spare entry that was not used for longest
 *  makes room; where only guards are left, a new key is refused with `CacheUnavailable` (its caller fails closed) rather than a guard forgotten. */
export interface EntryTable<V> {
  get(key: string): Entry<V> | null;
  /** `expiresAt` in milliseconds since the epoch, Infinity: never. In the past: removes. */
  put(key: string, value: V, keeping: Keeping, expiresAt: number): void;
  delete(key: string): void;
  clear(): void;
  readonly size: number;
}

/** How many expired entries each write clears away: more than one, so that the table shrinks while it is used. */
const reclaimedPerWrite = 4;

export function createEntryTable<V>({ now, maxEntries }: { now: () => number; maxEntries: number }): EntryTable<V> {
  const entries = new Map<string, Entry<V>>();
  /** Least recently used first. */
  const spare = new Map<string, Entry<V>>();
  let expiries = createExpiryQueue<Entry<V>>();

  const forget = (entry: Entry<V>): void => {
    entry.gone = true;
    entries.delete(entry.key);
    spare.delete(entry.key);
  };
  const reclaim = (atMost: number): void => {
    for (let n = 0; n < atMost; n += 1) {
      const due = expiries.takeDue(now());
      if (due === null) return;
      forget(due);
    }
  };
  const makeRoom = (): void => {
    if (entries.size < maxEntries) return;
    reclaim(1);
    if (entries.size < maxEntries) return;
    const oldest = spare.values().next().value;
    if (oldest === undefined) throw new CacheUnavailable(`the cache is full: ${entries.size} entries that must not be forgotten`);
    forget(oldest);
  };
  const live = (key: string): Entry<V> | null => {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    if (entry.expiresAt > now()) return entry;
    forget(entry);
    return null;
  };
  const used = (entry: Entry<V>): void => {
    if (entry.keeping === 'guard') return;
    spare.delete(entry.key);
    spare.set(entry.key, entry);
  };
  const add = (entry: Entry<V>): void => {
    makeRoom();
    entries.set(entry.key, entry);
    used(entry);
    if (entry.expiresAt !== Infinity) expiries.push(entry);
  };
  /** Later is found out by the queue itself; sooner needs a place of its own. */
  const change = (entry: Entry<V>, value: V, keeping: Keeping, expiresAt: number): void => {
    const sooner = expiresAt < entry.expiresAt;
    // Once a guard, a guard until it is gone: writing its value plainly must not make it forgettable.
    Object.assign(entry, { value, keeping: entry.keeping === 'guard' ? 'guard' : keeping, expiresAt });
    if (entry.keeping === 'guard') spare.delete(entry.key);
    used(entry);
    if (sooner) expiries.push(entry);
  };

  return {
    get(key) {
      const entry = live(key);
      if (entry !== null) used(entry);
      return entry;
    },
    put(key, value, keeping, expiresAt) {
      reclaim(reclaimedPerWrite);
      const entry = live(key);
      if (expiresAt <= now()) return entry === null ? undefined : forget(entry);
      if (entry === null) add({ key, value, keeping, expiresAt, gone: false });
      else change(entry, value, keeping, expiresAt);
    },
    delete(key) {
      const entry = entries.get(key);
      if (entry !== undefined) forget(entry);
    },
    clear() {
      entries.clear();
      spare.clear();
      expiries = createExpiryQueue();
    },
    get size() {
      return entries.size;
    },
  };
}
