import type { Redis } from 'ioredis';

/** The arithmetic of `meterCall`, by the server's clock: those of the instances differ. Levels count 1/rate microseconds, so that whole
 *  numbers stay whole. A call that costs nothing writes nothing.
 *  KEYS: the meter. ARGV: rate, period in us, burst, cost. Answers allowed, remaining, wait in us, until empty in us. */
const meter = `
local rate, period, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local capacity = burst * period
local level = 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local at = string.find(kept, '@', 1, true)
  level = tonumber(string.sub(kept, 1, at - 1)) - math.max(now - tonumber(string.sub(kept, at + 1)), 0) * rate
end
level = math.min(math.max(level, 0), capacity)
local after = level + cost * period
local allowed = after <= capacity
if allowed then level = after end
if cost > 0 and level > 0 then
  local ttl = math.ceil(level / rate / 1000)
  redis.call('SET', KEYS[1], string.format('%.17g@%.0f', level, now), 'PX', string.format('%.0f', ttl))
end
local wait = 0
if not allowed then wait = math.ceil((after - capacity) / rate) end
return { allowed and 1 or 0, math.floor((capacity - level) / period), wait, math.ceil(level / rate) }
`;

/** KEYS: the number. ARGV: the value, and its life in ms: '' for ever. Answers what stayed, as it was written; false for what is no number. */
const raise = `
local held = redis.call('GET', KEYS[1])
if held and not tonumber(held) then return false end
local stays = ARGV[1]
if held and tonumber(held) > tonumber(stays) then stays = held end
if ARGV[2] == '' then redis.call('SET', KEYS[1], stays)
elseif tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[1], stays, 'PX', ARGV[2])
else redis.call('DEL', KEYS[1]) end
return stays
`;

export const scripts = {
  meterCall: { lua: meter, numberOfKeys: 1 },
  raiseNumber: { lua: raise, numberOfKeys: 1 },
} as const;

/** A client that knows the scripts: each is one round trip, by its digest once the server has it. */
export type ScriptedRedis = Redis & {
  meterCall(key: string, rate: number, periodUs: number, burst: number, cost: number): Promise<[number, number, number, number]>;
  raiseNumber(key: string, value: number, ttlMs: string): Promise<string | null>;
};
