import { hash } from 'node:crypto';
import { readApiKey } from '@commonpurse/shared/http';
import { type Clock, PeerRefused, type Peers } from '@commonpurse/shared/service';
import { LRUCache } from 'lru-cache';

/** What a key stands for: a short token that every service takes. */
interface KeyToken {
  readonly token: string;
  readonly userId: string;
}
/** Exchanges an API key; null for one that is no good. Rejects with `PeerUnavailable` when nobody can say. */
export type ExchangeKey = (key: string, requestId: string) => Promise<KeyToken | null>;

interface Exchanged extends KeyToken {
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}
const rememberedMax = 20_000;
/** A token is replaced so long before it ends: it has to last until the service has read it, by the service's own clock. */
const sparedMs = 15_000;

/** Asks auth once for each key, and again when its token is about to end. What is remembered lets no revoked key in: each service asks of
 *  the person whether the key that a token names still lives. */
export function createKeyExchange({ peers, clock }: { peers: Pick<Peers, 'post'>; clock: Clock }): ExchangeKey {
  const known = new LRUCache<string, Exchanged>({ max: rememberedMax });
  const asking = new Map<string, Promise<Exchanged | null>>();
  const ask = async (digest: string, key: string, requestId: string): Promise<Exchanged | null> => {
    try {
      const exchanged = await peers.post<Exchanged>('auth', '/internal/key-tokens', { key }, { requestId });
      known.set(digest, exchanged);
      return exchanged;
    } catch (error) {
      if (error instanceof PeerRefused) return null;
      throw error;
    } finally {
      asking.delete(digest);
    }
  };
  return async (key, requestId) => {
    if (readApiKey(key) === null) return null;
    const digest = hash('sha256', key, 'base64');
    const held = known.get(digest);
    if (held && held.expiresAt * 1000 - sparedMs > clock.now()) return held;
    known.delete(digest);
    const asked = asking.get(digest) ?? ask(digest, key, requestId);
    asking.set(digest, asked);
    return asked;
  };
}
