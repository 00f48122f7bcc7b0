import type { Cache } from '../cache/cache.ts';
import { createJwks, type Jwks } from '../http/jwks.ts';
import type { Clock } from './clock.ts';
import type { Peers } from './peers.ts';

/** A hint: an instance of auth shows other keys than before. Each gives it, so after the last one nobody is told an old set any more. */
export const keysChannel = 'signing-keys';

interface AuthKeysOptions {
  readonly peers: Peers;
  readonly cache: Pick<Cache, 'subscribe'>;
  readonly clock: Clock;
}

/** The keys that access tokens are signed with, as every service but auth knows them: fetched, and fetched anew on a hint. */
export function followAuthKeys({ peers, cache, clock }: AuthKeysOptions): Jwks {
  const jwks = createJwks({ fetch: () => peers.get('auth', '/.well-known/jwks.json'), clock });
  // a cache that is away is listened to once it is back, and one that is closed never again
  cache.subscribe(keysChannel, jwks.doubt).catch(() => undefined);
  return jwks;
}
