import { arrayPage, type CursorScope, type ListQuery, type Page } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import type { SessionView } from './schemas.ts';
import { isLive, type Session } from './session.ts';

/** The live sessions of a person, newest first. */
export async function listSessions(
  { store, clock, installationKey }: Pick<AuthDeps, 'store' | 'clock' | 'installationKey'>,
  caller: { readonly userId: string; readonly sessionId: string },
  query: ListQuery,
): Promise<Page<SessionView>> {
  const user = await store.users.get(caller.userId);
  const items = (user?.sessions ?? []).filter((session) => isLive(session, clock.now()));
  const scope: CursorScope = { installationKey, userId: caller.userId, route: '/auth/sessions', sort: '-createdAt', filter: null };
  return arrayPage({ items, query, scope, render: (session) => viewOf(session, caller.sessionId), keyOf });
}

const keyOf = ({ createdAt, id }: Session): string => `${createdAt} ${id}`;

const viewOf = ({ id, deviceName, createdAt, lastUsedAt, ip }: Session, currentId: string): SessionView => ({
  id,
  deviceName,
  createdAt,
  lastUsedAt,
  ip,
  current: id === currentId,
});
