import { Refusal } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Decision } from '../people/change-user.ts';
import type { Client } from '../client.ts';
import { readRefreshToken } from './refresh-token.ts';
import { isLive, judgeRefresh, rotated, type Session } from './session.ts';
import type { TokenPair } from './token-pair.ts';

type Deps = Pick<AuthDeps, 'store' | 'changeUser' | 'refreshKey' | 'tokensFor' | 'audit'>;
/** null: stolen, and ended by this very decision. */
type Outcome = Session | null;

/** Exchanges a refresh token for a new pair. A token that was used before ends its session: one of the two who have it is a thief. */
export async function refreshSession(deps: Deps, token: string, client: Client): Promise<TokenPair> {
  const { store, changeUser, refreshKey, audit } = deps;
  const claims = readRefreshToken(refreshKey, token);
  const holder = claims === null ? null : await store.userBySession(claims.sessionId);
  if (claims === null || holder === null) {
    audit.warn('authn_token_invalid', { requestId: client.requestId, ip: client.ip });
    throw tokenInvalid();
  }
  const facts = { userId: holder._id, sessionId: claims.sessionId, requestId: client.requestId, ip: client.ip };
  const moved = await changeUser<Outcome>(holder._id, { by: holder._id, requestId: client.requestId }, (user, nowMs) => {
    const session = user.sessions.find(({ id }) => id === claims.sessionId);
    // Every session of a disabled account has ended.
    if (!session || !isLive(session, nowMs)) throw tokenInvalid();
    return movedOn(user, session, claims.generation, client.ip, nowMs);
  });
  if (!moved?.result) {
    audit.warn('authn_token_reuse', facts);
    throw new Refusal('refresh-token-reused', 'This refresh token was used before; the session has ended, sign in again');
  }
  audit.info('session_renewed', facts);
  return deps.tokensFor(moved.user, moved.result);
}

function movedOn(user: User, session: Session, generation: number, ip: string, nowMs: number): Decision<Outcome> {
  const verdict = judgeRefresh(session, generation, nowMs);
  if (verdict === 'same') return { change: null, result: session };
  if (verdict === 'next') {
    const next = rotated(session, ip, nowMs);
    // In its place: the list keeps its order. Nobody else is told, nothing they know has changed.
    return { change: { sessions: user.sessions.map((one) => (one.id === session.id ? next : one)) }, result: next };
  }
  return {
    change: { sessions: user.sessions.filter(({ id }) => id !== session.id) },
    told: { action: 'session-revoked', change: { before: { sessions: [session.id] }, after: null } },
    result: null,
  };
}

const tokenInvalid = (): Refusal => new Refusal('token-invalid', 'This refresh token is no good; sign in again', { status: 401 });
