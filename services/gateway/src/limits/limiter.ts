import { type Cache, CacheUnavailable, type LimitVerdict } from '@commonpurse/shared/cache';
import { type Policy, limitHeaders, stricter } from './policy.ts';

export interface Limiter {
  /** Counts one call of `who`; answers what the headers say and whether it may go on. */
  count(policy: Policy, who: string): Promise<{ allowed: boolean; headers: Record<string, string> }>;
}

/** Counts in the shared cache; while that is away, each instance by itself and stricter. */
export function createLimiter(shared: Cache, local: Cache): Limiter {
  const verdictOf = async (key: string, limit: NonNullable<Policy['limit']>): Promise<LimitVerdict> => {
    try {
      return await shared.limit(key, limit);
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
      return local.limit(key, stricter(limit));
    }
  };
  return {
    async count({ name, limit }, who) {
      if (limit === null) return { allowed: true, headers: {} };
      const verdict = await verdictOf(`limit:${name}:${who}`, limit);
      return { allowed: verdict.allowed, headers: limitHeaders(name, limit, verdict) };
    },
  };
}
