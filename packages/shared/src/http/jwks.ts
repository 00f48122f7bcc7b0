import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../service/clock.ts';

/** The public keys that access tokens are signed with. */
export interface Jwks {
  /** null: there is no such key. Rejects with `PeerUnavailable` when nobody can say. */
  keyFor(kid: string): Promise<KeyObject | null>;
}
/** A set that is fetched from where the keys are. */
export interface FetchedJwks extends Jwks {
  /** The keys may have changed: what is known is fetched anew before it counts again. */
  doubt(): void;
}

export interface JwksDocument {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Unknown ids cost the service that answers at most one request in this time, however many are made up. */
const refreshEveryMs = 5_000;
/** So long a set is believed; a key that was taken out of it is good nowhere any more after that. */
const keptMs = 5 * 60_000;
/** While the set can't be fetched, what is known goes on counting. */
const retryEveryMs = 30_000;

/** Fetches the key set when an unknown id turns up, at most once every 5 s, every 5 min, and after a doubt; never twice at the same time. */
export function createJwks(options: { fetch: () => Promise<JwksDocument>; clock: Clock }): FetchedJwks {
  let keys = new Map<string, KeyObject>();
  let fetchedAt = -Infinity;
  let running: Promise<void> | null = null;
  let failedAt = -Infinity;
  let doubts = 0;
  const refresh = (): Promise<void> => {
    const fetch = async (): Promise<void> => {
      const doubtsBefore = doubts;
      keys = keysOf(await options.fetch());
      // what was under way when a doubt came up may be of before
      if (doubts === doubtsBefore) fetchedAt = options.clock.now();
    };
    running ??= fetch().finally(() => void (running = null));
    return running;
  };
  const renew = async (): Promise<void> => {
    await refresh().catch(() => {
      failedAt = options.clock.now();
    });
  };
  return {
    keyFor: async (kid) => {
      const nowMs = options.clock.now();
      if (keys.has(kid)) {
        if (isPast(fetchedAt, keptMs, nowMs) && isPast(failedAt, retryEveryMs, nowMs)) await renew();
        return keys.get(kid) ?? null;
      }
      if (running === null && !isPast(fetchedAt, refreshEveryMs, nowMs)) return null;
      await refresh();
      return keys.get(kid) ?? null;
    },
    doubt: () => {
      doubts += 1;
      fetchedAt = -Infinity;
      failedAt = -Infinity;
    },
  };
}

/** Whether something is so long ago. What is still to come was noted before the clock was set back: nobody waits for that to come round again. */
const isPast = (atMs: number, forMs: number, nowMs: number): boolean => nowMs < atMs || nowMs - atMs >= forMs;

/** The usable ones: P-256 signature keys with an id. */
export function keysOf(document: JwksDocument): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const jwk of document.keys) {
    const kid = jwk['kid'];
    if (typeof kid !== 'string' || jwk['kty'] !== 'EC' || jwk['crv'] !== 'P-256') continue;
    keys.set(kid, createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: String(jwk['x']), y: String(jwk['y']) }, format: 'jwk' }));
  }
  return keys;
}

/** A public key as the key set shows it. */
export const jwkOf = (publicKey: KeyObject, kid: string): Record<string, unknown> => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'ES256',
});
