import { networkOf, type Refusal } from '@commonpurse/shared/http';
import type { Clock, SecurityEvent, SecurityLog } from '@commonpurse/shared/service';
import { LRUCache } from 'lru-cache';
import type { Visitor } from './visitor.ts';

/** Writes down who was turned away at the door. */
export type TraceRefusal = (refusal: Refusal, visitor: Visitor) => void;

interface Seen {
  readonly at: number;
  /** Turned away since then without a line. */
  unwritten: number;
}
const everyMs = 60_000;
const rememberedMax = 10_000;
const events: Readonly<Record<string, SecurityEvent>> = {
  unauthenticated: 'authn_token_invalid',
  'rate-limited': 'excess_rate_limit_exceeded',
};

/** Of each kind and network the first at once, and later ones once a minute with how many there were: a flood of requests must not become one of
 *  lines. */
export function createRefusalTrace({ audit, clock }: { audit: SecurityLog; clock: Clock }): TraceRefusal {
  const seen = new LRUCache<string, Seen>({ max: rememberedMax });
  return ({ code }, { requestId, address, path }) => {
    const event = events[code];
    if (event === undefined) return;
    const key = `${code} ${networkOf(address)}`;
    const last = seen.get(key);
    if (last && clock.now() - last.at < everyMs) {
      last.unwritten += 1;
      return;
    }
    seen.set(key, { at: clock.now(), unwritten: 0 });
    audit.warn(event, { requestId, ip: address, reason: `/${path.split('/', 2)[1] ?? ''}`, times: 1 + (last?.unwritten ?? 0) });
  };
}
