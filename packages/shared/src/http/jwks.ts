import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../service/clock.ts';

/** The public keys that access tokens are signed with. */
export interface Jwks {
  /** null: there is no such key. Rejects with `PeerUnavailable` when nobody can say. */
  keyFor(kid: string): Promise<KeyObject | null>;
}

export interface JwksDocument {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Unknown ids cost the service that answers at most one request in this time, however many are made up. */
const refreshEveryMs = 5_000;

/** Fetches the key set when an unknown id turns up, at most once every 5 s, and never twice at the same time. */
export function createJwks(options: { fetch: () => Promise<JwksDocument>; clock: Clock }): Jwks {
  let keys = new Map<string, KeyObject>();
  let fetchedAt = -Infinity;
  let running: Promise<void> | null = null;
  const refresh = async (): Promise<void> => {
    keys = keysOf(await options.fetch());
    fetchedAt = options.clock.now();
  };
  return {
    keyFor: async (kid) => {
      const known = keys.get(kid);
      if (known) return known;
      if (running === null && options.clock.now() - fetchedAt < refreshEveryMs) return null;
      running ??= refresh().finally(() => {
        running = null;
      });
      await running;
      return keys.get(kid) ?? null;
    },
  };
}

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
