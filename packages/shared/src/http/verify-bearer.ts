import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../service/clock.ts';
import { kidOf, verifyAccessToken } from './access-token.ts';
import type { AccessClaims } from './access-token.ts';
import type { Jwks } from './jwks.ts';

const rememberedMax = 20_000;

/** Verifies access tokens; null for one that is no good. One that was verified is remembered by its hash until it expires:
 *  checking a signature costs some 60 us, looking it up one. */
export type VerifyBearer = (token: string) => Promise<AccessClaims | null>;

export function createVerifyBearer(options: { jwks: Jwks; clock: Clock }): VerifyBearer {
  const verified = new LRUCache<string, AccessClaims>({ max: rememberedMax });
  return async (token) => {
    const digest = hash('sha256', token, 'base64');
    const nowMs = options.clock.now();
    const known = verified.get(digest);
    if (known) {
      if (known.expiresAt * 1000 > nowMs) return known;
      verified.delete(digest);
      return null;
    }
    const kid = kidOf(token);
    const key = kid === null ? null : await options.jwks.keyFor(kid);
    const claims = key ? verifyAccessToken(token, key, nowMs) : null;
    if (claims === null) return null;
    verified.set(digest, claims);
    return claims;
  };
}
