import { decodeCursor, type CursorScope, type ListQuery, type Page, toPage } from '@commonpurse/shared/http';
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
  const all = (user?.sessions ?? []).filter((session) => isLive(session, clock.now())).toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const scope: CursorScope = { installationKey, userId: caller.userId, route: '/auth/sessions', sort: '-createdAt', filter: null };
  const after = query.cursor === undefined ? null : String(decodeCursor(scope, query.cursor)[0]);
  const render = (session: Session): SessionView => viewOf(session, caller.sessionId);
  const page = toPage(after === null ? all : all.filter((session) => keyOf(session) < after), { query, scope, render }, (one) => [
    keyOf(one),
  ]);
  return query.count ? { ...page, total: all.length } : page;
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
