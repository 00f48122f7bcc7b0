import type { Cache, Limit, LimitVerdict } from '@commonpurse/shared/cache';
import { Refusal } from '@commonpurse/shared/http';
import { accountFingerprint } from '../security/security-log.ts';

/** Slows down guessing at one account, whether or not there is such an account. Nobody is locked out by it: a network the owner signed in
 *  from lately is counted by itself. Only failures count, yet however many try at once, no more get a try than may fail. */
export interface LoginThrottle {
  /** Resolves when this try may be made; throws 429 when too many failed. Rejects with `CacheUnavailable`: no counting, no trying.
   *  @param knownNetwork the network it comes from, if the owner is known to sign in from there */
  enter(addressId: string, knownNetwork: string | null): Promise<LoginAttempt>;
}
export interface LoginAttempt {
  failed(): Promise<void>;
  /** To be called at the end of each try. */
  leave(): void;
}

/** @param failuresPerMinute null: no limit */
export function createLoginThrottle({ cache, failuresPerMinute }: { cache: Cache; failuresPerMinute: number | null }): LoginThrottle {
  if (failuresPerMinute === null) return { enter: async () => ({ failed: async () => undefined, leave: () => undefined }) };
  const limit: Limit = { rate: failuresPerMinute, periodMs: 60_000, burst: failuresPerMinute };
  const trying = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const leave = (key: string): void => {
    const left = (trying.get(key) ?? 1) - 1;
    if (left === 0) trying.delete(key);
    else trying.set(key, left);
    for (const wake of waiting.get(key) ?? []) wake();
    waiting.delete(key);
  };
  const enter = async (key: string): Promise<void> => {
    for (;;) {
      const verdict = await cache.limit(key, limit, 0);
      const tries = trying.get(key) ?? 0;
      if (verdict.remaining < 1) throw tooManyFailures(verdict, limit);
      if (tries < verdict.remaining) return void trying.set(key, tries + 1);
      // As many try as may still fail: wait for how one of them ends.
      await new Promise<void>((resolve) => waiting.set(key, [...(waiting.get(key) ?? []), resolve]));
    }
  };
  return {
    enter: async (addressId, knownNetwork) => {
      const key = `login-failures:${accountFingerprint(addressId)}${knownNetwork === null ? '' : `:${knownNetwork}`}`;
      await enter(key);
      return { failed: async () => void (await cache.limit(key, limit)), leave: () => leave(key) };
    },
  };
}

/** One more fits when the level has sunk by what is missing for it. */
function tooManyFailures({ resetMs }: LimitVerdict, { rate, periodMs, burst }: Limit): Refusal {
  const waitMs = resetMs - ((burst - 1) * periodMs) / rate;
  return new Refusal('rate-limited', 'Too many tries with this account; wait a little', {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}
