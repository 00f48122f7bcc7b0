import { type Cache, CacheUnavailable } from '../cache/cache.ts';
import { leaseKey, sentinelKey, stampKey } from './person.ts';

/** What the cache says of a person. */
export interface Said {
  /** The version that was the newest when it was last said; null: nothing that counts. */
  readonly version: string | null;
  /** Auth owes no stamp, so it need not be asked. */
  readonly sure: boolean;
}
const nothing: Said = { version: null, sure: false };

/** In the order asked for, in one round trip. Stamps count only in the run of the cache in which auth has said all of them; they are sure only
 *  under auth's lease. */
export async function readStamps(cache: Cache, userIds: readonly string[]): Promise<readonly Said[]> {
  const run = cache.run();
  const silence = userIds.map(() => nothing);
  if (run === null) return silence;
  try {
    const [sentinel, lease, ...stamps] = await cache.getMany([sentinelKey, leaseKey, ...userIds.map(stampKey)]);
    return sentinel === run ? stamps.map((version) => ({ version, sure: lease === run })) : silence;
  } catch (error) {
    if (error instanceof CacheUnavailable) return silence;
    throw error;
  }
}
