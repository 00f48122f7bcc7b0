import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../service/clock.ts';
import { kidOf, verifyAccessToken } from './access-token.ts';
import type { AccessClaims } from './access-token.ts';
import type { Jwks } from './jwks.ts';

const rememberedMax = 20_000;

/** Verifies access tokens; null for one that is no good. One that was verified is remembered by its hash until it expires or its key is
 *  taken out: checking a signature costs some 60 us, looking it up one. */
export type VerifyBearer = (token: string) => Promise<AccessClaims | null>;

export function createVerifyBearer(options: { jwks: Jwks; clock: Clock }): VerifyBearer {
  const verified = new LRUCache<string, { readonly kid: string; readonly claims: AccessClaims }>({ max: rememberedMax });
  const digestOf = digestOfLatest();
  return async (token) => {
    const digest = digestOf(token);
    const nowMs = options.clock.now();
    const known = verified.get(digest);
    if (known) {
      if (known.claims.expiresAt * 1000 > nowMs && (await options.jwks.keyFor(known.kid)) !== null) return known.claims;
      verified.delete(digest);
      return null;
    }
    const kid = kidOf(token);
    if (kid === null) return null;
    const key = await options.jwks.keyFor(kid);
    const claims = key && verifyAccessToken(token, key, nowMs);
    if (claims === null) return null;
    verified.set(digest, { kid, claims });
    return claims;
  };
}

/** Whoever sends one request often sends several in a row: to see that it is the same token takes a twentieth of hashing it. */
function digestOfLatest(): (token: string) => string {
  let latest: { readonly token: string | null; readonly digest: string } = { token: null, digest: '' };
  return (token) => {
    if (token !== latest.token) latest = { token, digest: hash('sha256', token, 'base64') };
    return latest.digest;
  };
}
