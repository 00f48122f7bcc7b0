import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import { type Cache, CacheUnavailable, type Limit, type LimitVerdict } from '../cache.ts';
import { type Meter, meterCall } from '../gcra.ts';
import { type Channels, createChannels } from '../channels.ts';
import { createEntryTable, type EntryTable } from './entry-table.ts';

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** Values, and as many limits again. Default 1,000,000 (some 200 bytes each): every user's stamp must fit. See `EntryTable` for what happens beyond. */
  readonly maxEntries?: number;
  /** Told about listeners that throw. */
  readonly log?: Logger;
}

/** The cache of a system that runs in one process. */
export interface MemoryCache extends Cache {
  /** Forgets everything and begins a new run, as a server that was restarted or emptied: for tests of what must survive that. */
  forgetAll(): void;
  /** Values and limits held, expired ones that were not cleared away yet included. */
  readonly size: number;
}

export function createMemoryCache({ clock, maxEntries = 1_000_000, log }: MemoryCacheOptions): MemoryCache {
  const now = (): number => clock.now();
  const values = createEntryTable<string>({ now, maxEntries });
  const meters = createEntryTable<Meter>({ now, maxEntries });
  const channels = createChannels((error, channel) => log?.error({ err: error, channel }, 'a listener of the cache failed'));
  const runListeners = new Set<() => void>();
  let run: string | null = randomUUID();
  /** Every call is decided in one synchronous step: that is what makes it atomic. */
  const step = async <R>(operation: () => R): Promise<R> => {
    if (run === null) throw new CacheUnavailable('the cache is closed');
    return operation();
  };
  const beginRun = (next: string | null): void => {
    run = next;
    values.clear();
    meters.clear();
  };
  return {
    ...valueSteps(values, now, step),
    ...hintSteps(channels, step),
    limit: (key, limit, cost) => step(() => decide(meters, now(), key, limit, cost)),
    run: () => run,
    onNewRun: (listener) => void runListeners.add(listener),
    health: async () => (run === null ? 'closed' : null),
    async close() {
      beginRun(null);
      channels.clear();
    },
    forgetAll() {
      beginRun(randomUUID());
      for (const listener of runListeners) listener();
    },
    get size() {
      return values.size + meters.size;
    },
  };
}

function decide(meters: EntryTable<Meter>, now: number, key: string, limit: Limit, cost: number | undefined): LimitVerdict {
  const { meter, verdict } = meterCall(meters.get(key)?.value ?? null, limit, now, cost);
  meters.put(key, meter, 'guard', now + verdict.resetMs);
  return verdict;
}

const hintSteps = (channels: Channels, step: Step): Pick<Cache, 'publish' | 'subscribe'> => ({
  publish: (channel, message) => step(() => channels.publish(channel, message)),
  subscribe: (channel, listener) =>
    step(() => {
      const stop = channels.subscribe(channel, listener);
      return async () => stop();
    }),
});

type Step = <R>(decide: () => R) => Promise<R>;
type ValueSteps = Pick<Cache, 'get' | 'getMany' | 'set' | 'hold' | 'setIfAbsent' | 'raise' | 'take' | 'delete'>;

function valueSteps(values: EntryTable<string>, now: () => number, step: Step): ValueSteps {
  const read = (key: string): string | null => values.get(key)?.value ?? null;
  const endOf = (ttlMs: number | undefined): number => {
    if (Number.isNaN(ttlMs)) throw new RangeError('a time to live must be a number');
    return ttlMs === undefined ? Infinity : now() + Math.ceil(ttlMs);
  };
  return {
    get: (key) => step(() => read(key)),
    getMany: (keys) => step(() => keys.map(read)),
    set: (key, value, ttlMs) => step(() => values.put(key, value, 'spare', endOf(ttlMs))),
    hold: (key, value, ttlMs) => step(() => values.put(key, value, 'spare', endOf(ttlMs))),
    setIfAbsent: (key, value, ttlMs) =>
      step(() => {
        if (read(key) !== null) return false;
        values.put(key, value, 'guard', endOf(ttlMs));
        return true;
      }),
    raise: (key, value, ttlMs) =>
      step(() => {
        const held = read(key);
        if (!Number.isFinite(value) || !Number.isFinite(Number(held))) throw new TypeError(`${key} holds no number that could be raised`);
        const raised = held === null ? value : Math.max(Number(held), value);
        values.put(key, String(raised), 'guard', endOf(ttlMs));
        return raised;
      }),
    take: (key) =>
      step(() => {
        const value = read(key);
        values.delete(key);
        return value;
      }),
    delete: (key) => step(() => values.delete(key)),
  };
}
