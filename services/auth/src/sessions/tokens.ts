import { signAccessToken } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { refreshToken } from './refresh-token.ts';
import type { Session } from './session.ts';

/** What a client gets to act with: an access token of 15 minutes, and the token for the next pair. */
export interface TokenPair {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

export const accessTokenSeconds = 15 * 60;

export function tokensFor(
  { signing, refreshKey, clock }: Pick<AuthDeps, 'signing' | 'refreshKey' | 'clock'>,
  user: User,
  session: Session,
): TokenPair {
  const claims = { userId: user._id, sessionId: session.id, role: user.role, scopes: null, lifetimeSeconds: accessTokenSeconds };
  return {
    accessToken: signAccessToken(claims, { privateKey: signing.privateKey, kid: signing.kid, nowMs: clock.now() }),
    tokenType: 'Bearer',
    expiresIn: accessTokenSeconds,
    refreshToken: refreshToken(refreshKey, { sessionId: session.id, generation: session.generation }),
  };
}
