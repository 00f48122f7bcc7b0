import { notFound } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import { withoutLinks } from '../accounts/mailed-link.ts';
import type { Client } from '../client.ts';
import { demandSession } from '../sessions/session.ts';
import { checkPassword, normalisedPassword, wrongPassword } from './password.ts';
import type { SignedIn } from './prove-password.ts';

type Deps = Pick<AuthDeps, 'store' | 'hashes' | 'isFrequent' | 'provePassword' | 'changeUser' | 'audit'>;

/** Replaces the password. Every other session ends, links to reset it die, and so do logins that were half way in; keys go on. */
export async function changePassword(
  deps: Deps,
  who: SignedIn,
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
  client: Client,
): Promise<void> {
  const { userId, sessionId } = who;
  const password = normalisedPassword(newPassword);
  const known = await deps.store.users.get(userId);
  if (known === null) throw notFound();
  checkPassword('/newPassword', password, known.email, deps.isFrequent);
  const proven = await deps.provePassword(who, currentPassword, client);
  const passwordHash = await deps.hashes.hash(password);
  const changed = await deps.changeUser(userId, { by: userId, requestId: client.requestId }, (user) => {
    demandSession(user, sessionId);
    // The password that was compared must still be the one.
    if (user.passwordHash !== proven.passwordHash) throw wrongPassword();
    const ended = user.sessions.filter(({ id }) => id !== sessionId).map(({ id }) => id);
    return {
      change: {
        passwordHash,
        sessions: user.sessions.filter(({ id }) => id === sessionId),
        challenges: [],
        ...withoutLinks(user, ['reset-password']),
      },
      told: { action: 'password-changed', change: { before: { sessions: ended }, after: null } },
      result: ended,
    };
  });
  const facts = { userId, requestId: client.requestId, ip: client.ip };
  deps.audit.info('authn_password_change', { ...facts, sessionId });
  for (const id of changed?.result ?? []) deps.audit.info('authn_token_revoked', { ...facts, sessionId: id });
}
