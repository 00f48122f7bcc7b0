import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';

type Deps = Pick<AuthDeps, 'changeUser' | 'audit'>;

/** Ends one session of a person, or (null) all of them; from then on its tokens are worth nothing anywhere. Whether there was one to end: another
 *  request may have been first, and then every service knows of that, too. */
export async function endSessions(deps: Deps, userId: string, sessionId: string | null, client: Client): Promise<boolean> {
  const ended = await deps.changeUser(userId, { by: userId, requestId: client.requestId }, ({ sessions }) => {
    const ending = sessionId === null ? sessions : sessions.filter(({ id }) => id === sessionId);
    if (ending.length === 0) return { change: null, standsAlready: true, result: [] };
    const ids = ending.map(({ id }) => id);
    return {
      change: { sessions: sessions.filter(({ id }) => !ids.includes(id)) },
      told: { action: 'session-revoked', change: { before: { sessions: ids }, after: null } },
      result: ids,
    };
  });
  for (const id of ended?.result ?? []) {
    deps.audit.info('authn_token_revoked', { userId, sessionId: id, requestId: client.requestId, ip: client.ip });
  }
  return (ended?.result.length ?? 0) > 0;
}
