import type { Cache, Limit, LimitVerdict } from '../cache.ts';
import { assertLimit } from '../gcra.ts';
import type { Link } from './link.ts';

type ValueCommands = Pick<Cache, 'get' | 'getMany' | 'set' | 'hold' | 'setIfAbsent' | 'raise' | 'take' | 'delete'>;

/** Each one command or script: atomic, one round trip. */
export function valueCommands({ call }: Pick<Link, 'call'>, keyOf: (key: string) => string, serverNow: () => number): ValueCommands {
  return {
    get: (key) => call((redis) => redis.get(keyOf(key))),
    getMany: async (keys) => (keys.length === 0 ? [] : call((redis) => redis.mget(keys.map(keyOf)))),
    set: async (key, value, ttlMs) => {
      const life = lifeOf(ttlMs);
      if (life === null) await call((redis) => redis.set(keyOf(key), value));
      else if (life > 0) await call((redis) => redis.set(keyOf(key), value, 'PX', life));
      else await call((redis) => redis.del(keyOf(key)));
    },
    hold: async (key, value, ttlMs) => {
      const life = lifeOf(ttlMs) ?? 0;
      // An instant of the server: whenever this arrives there, the end is the same, and one that has passed leaves nothing.
      if (life > 0) await call((redis) => redis.set(keyOf(key), value, 'PXAT', Math.floor(serverNow()) + life));
      else await call((redis) => redis.del(keyOf(key)));
    },
    setIfAbsent: async (key, value, ttlMs) => {
      const life = lifeOf(ttlMs);
      if (life === null) return (await call((redis) => redis.set(keyOf(key), value, 'NX'))) !== null;
      if (life > 0) return (await call((redis) => redis.set(keyOf(key), value, 'PX', life, 'NX'))) !== null;
      return (await call((redis) => redis.exists(keyOf(key)))) === 0;
    },
    raise: async (key, value, ttlMs) => {
      const life = lifeOf(ttlMs);
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no number that ${key} could be raised to`);
      const raised = await call((redis) => redis.raiseNumber(keyOf(key), value, life === null ? '' : String(life)));
      if (raised === null) throw new TypeError(`${key} holds no number that could be raised`);
      return Number(raised);
    },
    take: (key) => call((redis) => redis.getdel(keyOf(key))),
    delete: async (key) => void (await call((redis) => redis.del(keyOf(key)))),
  };
}

/** Whole milliseconds; null: for ever; 0 or less: over already. */
function lifeOf(ttlMs: number | undefined): number | null {
  if (Number.isNaN(ttlMs)) throw new RangeError('a time to live must be a number');
  return ttlMs === undefined || ttlMs === Infinity ? null : Math.ceil(ttlMs);
}

export function limitCommand({ call }: Pick<Link, 'call'>, keyOf: (key: string) => string): Cache['limit'] {
  return async (key: string, limit: Limit, cost = 1): Promise<LimitVerdict> => {
    assertLimit(limit, cost);
    const { rate, periodMs, burst } = limit;
    const [allowed, remaining, waitUs, emptyUs] = await call((redis) => redis.meterCall(keyOf(key), rate, periodMs * 1_000, burst, cost));
    return { allowed: allowed === 1, remaining, retryAfterMs: Math.ceil(waitUs / 1_000), resetMs: Math.ceil(emptyUs / 1_000) };
  };
}
