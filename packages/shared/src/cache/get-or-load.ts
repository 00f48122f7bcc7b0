import type { Cache } from './cache.ts';

const loadings = new WeakMap<Cache, Map<string, Promise<string>>>();

/** What the cache holds under `key`, or what `load` gives, kept for `ttlMs`. Of many callers in this process at once one loads and all get
 *  the same answer; a failed load is told to those who waited and remembered by nobody. With the cache away it loads each time. */
export function getOrLoad(cache: Cache, key: string, ttlMs: number, load: () => Promise<string>): Promise<string> {
  const running = loadings.get(cache) ?? new Map<string, Promise<string>>();
  loadings.set(cache, running);
  const first = running.get(key);
  if (first !== undefined) return first;
  const loading = readThrough(cache, key, ttlMs, load).finally(() => running.delete(key));
  running.set(key, loading);
  return loading;
}

async function readThrough(cache: Cache, key: string, ttlMs: number, load: () => Promise<string>): Promise<string> {
  const held = await cache.get(key).catch(() => null);
  if (held !== null) return held;
  const loaded = await load();
  // A cache that is away must not turn an answer that is there into a failure.
  await cache.set(key, loaded, ttlMs).catch(() => undefined);
  return loaded;
}
