import { notFound } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';

type Deps = Pick<AuthDeps, 'changeUser' | 'audit'>;

/** Ends one session of a person, or (null) all of them; from then on its tokens are worth nothing anywhere. 404 where there is no such session. */
export async function endSessions(deps: Deps, userId: string, sessionId: string | null, client: Client): Promise<void> {
  const ended = await deps.changeUser(userId, { by: userId, requestId: client.requestId }, ({ sessions }) => {
    const ending = sessionId === null ? sessions : sessions.filter(({ id }) => id === sessionId);
    if (ending.length === 0) return { change: null, result: [] };
    const ids = ending.map(({ id }) => id);
    return {
      change: { sessions: sessions.filter(({ id }) => !ids.includes(id)) },
      told: { action: 'session-revoked', change: { before: { sessions: ids }, after: null } },
      result: ids,
    };
  });
  if (!ended || ended.result.length === 0) throw notFound();
  for (const id of ended.result) {
    deps.audit.info('authn_token_revoked', { userId, sessionId: id, requestId: client.requestId, ip: client.ip });
  }
}
