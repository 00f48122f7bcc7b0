import type { Cache, Limit, LimitVerdict } from '@commonpurse/shared/cache';
import { Refusal } from '@commonpurse/shared/http';
import type { SecurityLog } from '@commonpurse/shared/service';
import type { Client } from '../client.ts';
import { accountFingerprint } from './account-fingerprint.ts';

/** Whose secret somebody tries to know. */
interface Guessed {
  /** `addressId` of the account, whether or not there is one. */
  readonly address: string;
  /** A network the owner is known to sign in from, or the session that asks: counted by itself, so that strangers can't use it up. */
  readonly apart: string | null;
  readonly client: Client;
  /** A code has six digits: whoever knows the password could try all of them at the pace of passwords, over some weeks. */
  readonly ofCode?: boolean;
}

/** Slows down guessing at one account: passwords, codes and links, all in one count; and codes by the day as well. Nobody is locked out by it.
 *  Only failures count, yet however many try at once, no more get a try from this instance than may fail: with others beside it, so
 *  many from each at most before the failures, which they count together, are known to all. */
export interface GuessThrottle {
  /** Runs a try; `failed` is to be called where it was wrong. Throws 429 when too many failed. Rejects with `CacheUnavailable`: no counting,
   *  no trying. */
  guess<T>(guessed: Guessed, attempt: (failed: () => Promise<void>) => Promise<T>): Promise<T>;
}

interface GuessThrottleOptions {
  readonly cache: Cache;
  /** null: no limit. */
  readonly failuresPerMinute: number | null;
  readonly audit: SecurityLog;
}

export function createGuessThrottle({ cache, failuresPerMinute, audit }: GuessThrottleOptions): GuessThrottle {
  if (failuresPerMinute === null) return { guess: (_guessed, attempt) => attempt(async () => undefined) };
  const limit: Limit = { rate: failuresPerMinute, periodMs: 60_000, burst: failuresPerMinute };
  const codesADay = Math.max(failuresPerMinute, wrongCodesADay);
  const codeLimit: Limit = { rate: codesADay, periodMs: dayMs, burst: codesADay };
  const line = createLine(cache, limit);
  const enter = async (key: string, ofCode: boolean): Promise<void> => {
    const today = ofCode ? await cache.limit(`${key}:codes`, codeLimit, 0) : null;
    if (today !== null && today.remaining < 1) throw tooManyFailures(today, codeLimit);
    await line.enter(key);
  };
  return {
    guess: async ({ address, apart, client, ofCode = false }, attempt) => {
      const account = accountFingerprint(address);
      const key = `guesses:${account}${apart === null ? '' : `:${apart}`}`;
      await enter(key, ofCode).catch((error: unknown) => {
        if (error instanceof Refusal) audit.warn('excess_rate_limit_exceeded', { requestId: client.requestId, ip: client.ip, account });
        throw error;
      });
      const failed = async (): Promise<void> => {
        await cache.limit(key, limit);
        if (ofCode) await cache.limit(`${key}:codes`, codeLimit);
      };
      return attempt(failed).finally(() => line.leave(key));
    },
  };
}

const dayMs = 24 * 60 * 60 * 1000;
/** Then one in a quarter of an hour: of a million codes, three of which are good, that finds one in years. */
const wrongCodesADay = 100;

/** Lets as many try at once as may still fail; the others wait for how one of them ends. */
function createLine(cache: Cache, limit: Limit): { enter(key: string): Promise<void>; leave(key: string): void } {
  const trying = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  return {
    enter: async (key) => {
      for (;;) {
        const verdict = await cache.limit(key, limit, 0);
        const tries = trying.get(key) ?? 0;
        if (verdict.remaining < 1) throw tooManyFailures(verdict, limit);
        if (tries < verdict.remaining) return void trying.set(key, tries + 1);
        await new Promise<void>((resolve) => waiting.set(key, [...(waiting.get(key) ?? []), resolve]));
      }
    },
    leave: (key) => {
      const left = (trying.get(key) ?? 1) - 1;
      if (left === 0) trying.delete(key);
      else trying.set(key, left);
      for (const wake of waiting.get(key) ?? []) wake();
      waiting.delete(key);
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
