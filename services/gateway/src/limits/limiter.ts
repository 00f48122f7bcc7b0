import { type Cache, CacheUnavailable, type LimitVerdict } from '@commonpurse/shared/cache';
import { inTime } from '@commonpurse/shared/service';
import { type Policy, limitHeaders, stricter } from './policy.ts';

export interface Limiter {
  /** Counts one call of `who`; answers what the headers say and whether it may go on. */
  count(policy: Policy, who: string): Promise<Counted>;
  /** What the headers say, where the call itself is free. Waits for nobody: a cache that says nothing must not make the gateway look dead. */
  look(policy: Policy, who: string): Promise<Counted['headers']>;
}
interface Counted {
  readonly allowed: boolean;
  readonly headers: Record<string, string>;
}

/** A look that has no answer by then is told what this instance itself has counted. */
const lookMsMax = 20;

/** Counts in the shared cache; while that is away, each instance by itself and stricter. */
export function createLimiter(shared: Cache, local: Cache): Limiter {
  const verdictOf = async (key: string, limit: NonNullable<Policy['limit']>, cost: number): Promise<LimitVerdict> => {
    try {
      const counted = shared.limit(key, limit, cost);
      return await (cost === 0 ? inTime(counted, lookMsMax, CacheUnavailable) : counted);
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
      return local.limit(key, stricter(limit), cost);
    }
  };
  const meter = async ({ name, limit }: Policy, who: string, cost: number): Promise<Counted> => {
    if (limit === null) return { allowed: true, headers: {} };
    const verdict = await verdictOf(`limit:${name}:${who}`, limit, cost);
    return { allowed: verdict.allowed, headers: limitHeaders(name, limit, verdict) };
  };
  return {
    count: (policy, who) => meter(policy, who, 1),
    look: async (policy, who) => (await meter(policy, who, 0)).headers,
  };
}
