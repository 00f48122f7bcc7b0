import { bearerOf, looksLikeApiKey, type VerifyBearer } from '@commonpurse/shared/http';
import { PeerUnavailable } from '@commonpurse/shared/service';
import type { ExchangeKey } from '../credentials/exchange-keys.ts';

export interface CredentialDeps {
  readonly verify: VerifyBearer;
  readonly exchangeKey: ExchangeKey;
}
export interface Identity {
  /** null: nobody in particular, or nobody can say right now (the service itself will); undefined: credentials that are no good. */
  readonly userId: string | null | undefined;
  /** What the services are sent in place of what the client sent; absent: the same. */
  readonly authorization?: string;
}

/** Who sends `Authorization`. Rejects with `PeerUnavailable` for an API key while auth is away: nobody else can say. */
export async function identify(deps: CredentialDeps, authorization: string | undefined, requestId: string): Promise<Identity> {
  if (authorization === undefined) return { userId: null };
  const token = bearerOf(authorization);
  if (token === null) return { userId: undefined };
  if (looksLikeApiKey(token)) {
    const exchanged = await deps.exchangeKey(token, requestId);
    return exchanged ? { userId: exchanged.userId, authorization: `Bearer ${exchanged.token}` } : { userId: undefined };
  }
  try {
    return { userId: (await deps.verify(token))?.userId };
  } catch (error) {
    if (error instanceof PeerUnavailable) return { userId: null };
    throw error;
  }
}
