import type { Limit, LimitVerdict } from './cache.ts';

/** What is kept of a limit: a meter that fills by `periodMs` a call and drains by `rate` a millisecond.
 *  The unit is 1/rate ms, so that whole numbers stay whole: the same arithmetic as GCRA's theoretical arrival time, without its rounding. */
export interface Meter {
  readonly level: number;
  /** Milliseconds since the epoch at which `level` held. */
  readonly at: number;
}

/** GCRA (ITU-T I.371, continuous-state leaky bucket): in any window of t ms at most `burst + rate * t / periodMs` calls are admitted,
 *  and a caller who keeps to the steady rate never waits. A refused call costs nothing. `cost` 0 only looks.
 *  A clock that is set back neither locks out nor drains. */
export function meterCall(meter: Meter | null, limit: Limit, now: number, cost = 1): { meter: Meter; verdict: LimitVerdict } {
  assertLimit(limit, cost);
  const capacity = limit.burst * limit.periodMs;
  const drained = meter === null ? 0 : meter.level - Math.max(now - meter.at, 0) * limit.rate;
  const level = Math.min(Math.max(drained, 0), capacity);
  const after = level + cost * limit.periodMs;
  const allowed = after <= capacity;
  const kept = allowed ? after : level;
  return {
    meter: { level: kept, at: now },
    verdict: {
      allowed,
      remaining: Math.floor((capacity - kept) / limit.periodMs),
      retryAfterMs: allowed ? 0 : Math.ceil((after - capacity) / limit.rate),
      resetMs: Math.ceil(kept / limit.rate),
    },
  };
}

/** @throws RangeError for a limit that is none, or a cost that never fits */
export function assertLimit({ rate, periodMs, burst }: Limit, cost: number): void {
  const sound = rate > 0 && Number.isFinite(rate) && periodMs > 0 && Number.isFinite(periodMs) && burst >= 1 && Number.isFinite(burst);
  if (!sound)
    throw new RangeError(`a limit needs a positive rate and period and a burst of at least 1: ${rate} per ${periodMs} ms, burst ${burst}`);
  if (!(cost >= 0 && cost <= burst)) throw new RangeError(`a call that costs ${cost} never fits a burst of ${burst}`);
}
