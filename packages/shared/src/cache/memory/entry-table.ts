import { CacheUnavailable } from '../cache.ts';
import { createExpiryQueue, type Expiring } from './expiry-queue.ts';

/** `spare`: forgetting it early costs its reader a reload or a new ticket, never more; it may be evicted.
 *  `guard`: forgetting it early would let somebody do what was just refused (a limit, a raised number, a lock); it stays until it expires. */
type Keeping = 'spare' | 'guard';

interface Entry<V> extends Expiring {
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

export const createEntryTable = <V>(options: TableOptions): EntryTable<V> => new Table<V>(options);

interface TableOptions {
  readonly now: () => number;
  readonly maxEntries: number;
}

class Table<V> implements EntryTable<V> {
  readonly #options: TableOptions;
  readonly #entries = new Map<string, Entry<V>>();
  /** Least recently used first. */
  readonly #spare = new Map<string, Entry<V>>();
  #expiries = createExpiryQueue<Entry<V>>();

  constructor(options: TableOptions) {
    this.#options = options;
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: string): Entry<V> | null {
    const entry = this.#live(key);
    if (entry !== null) this.#used(entry);
    return entry;
  }
  put(key: string, value: V, keeping: Keeping, expiresAt: number): void {
    this.#reclaim(reclaimedPerWrite);
    const entry = this.#live(key);
    if (expiresAt <= this.#options.now()) {
      if (entry !== null) this.#forget(entry);
    } else if (entry === null) this.#add({ key, value, keeping, expiresAt, gone: false });
    else this.#change(entry, value, keeping, expiresAt);
  }
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#forget(entry);
  }
  clear(): void {
    this.#entries.clear();
    this.#spare.clear();
    this.#expiries = createExpiryQueue();
  }

  #live(key: string): Entry<V> | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.expiresAt > this.#options.now()) return entry;
    this.#forget(entry);
    return null;
  }
  #used(entry: Entry<V>): void {
    if (entry.keeping === 'guard') return;
    this.#spare.delete(entry.key);
    this.#spare.set(entry.key, entry);
  }
  #forget(entry: Entry<V>): void {
    entry.gone = true;
    this.#entries.delete(entry.key);
    this.#spare.delete(entry.key);
  }
  #add(entry: Entry<V>): void {
    this.#makeRoom();
    this.#entries.set(entry.key, entry);
    this.#used(entry);
    if (entry.expiresAt !== Infinity) this.#expiries.push(entry);
  }
  #change(entry: Entry<V>, value: V, keeping: Keeping, expiresAt: number): void {
    const sooner = expiresAt < entry.expiresAt;
    // Once a guard, a guard until it is gone: writing its value plainly must not make it forgettable.
    Object.assign(entry, { value, keeping: entry.keeping === 'guard' ? 'guard' : keeping, expiresAt });
    if (entry.keeping === 'guard') this.#spare.delete(entry.key);
    this.#used(entry);
    // Later is found out by the queue itself; sooner needs a place of its own.
    if (sooner) this.#expiries.push(entry);
  }
  #makeRoom(): void {
    const { maxEntries } = this.#options;
    if (this.#entries.size >= maxEntries) this.#reclaim(1);
    if (this.#entries.size < maxEntries) return;
    const oldest = this.#spare.values().next().value;
    if (oldest === undefined) throw new CacheUnavailable(`the cache is full: ${maxEntries} entries that must not be forgotten`);
    this.#forget(oldest);
  }
  #reclaim(atMost: number): void {
    for (let n = 0; n < atMost; n += 1) {
      const due = this.#expiries.takeDue(this.#options.now());
      if (due === null) return;
      this.#forget(due);
    }
  }
}
