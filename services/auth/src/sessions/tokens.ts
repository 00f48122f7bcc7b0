import { signAccessToken } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { refreshToken } from './refresh-token.ts';
import type { Session } from './session.ts';
import type { TokenPair } from './token-pair.ts';

const accessTokenSeconds = 15 * 60;

export type TokensFor = (user: User, session: Session) => TokenPair;

export const createTokensFor =
  ({ signing, refreshKey, clock }: Pick<AuthDeps, 'signing' | 'refreshKey' | 'clock'>): TokensFor =>
  (user, session) => {
    const claims = { userId: user._id, sessionId: session.id, role: user.role, scopes: null, lifetimeSeconds: accessTokenSeconds };
    return {
      accessToken: signAccessToken(claims, { ...signing.current(), nowMs: clock.now() }),
      tokenType: 'Bearer',
      expiresIn: accessTokenSeconds,
      refreshToken: refreshToken(refreshKey, { sessionId: session.id, generation: session.generation }),
    };
  };
