import { addressId } from '../accounts/address.ts';
import { isGood, tokenHash, tokenInvalid } from '../accounts/mail-token.ts';
import { withoutLinks } from '../accounts/mailed-link.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { Decision } from '../people/change-user.ts';
import { checkPassword, normalisedPassword } from './password.ts';

type Deps = Pick<AuthDeps, 'store' | 'clock' | 'hashes' | 'isFrequent' | 'throttle' | 'changeUser' | 'audit'>;

/** Sets a new password for whoever reads the account's mail; a token works once. Every session ends. Two-factor login stays as it is. */
export async function resetPassword(
  deps: Deps,
  command: { readonly token: string; readonly password: string },
  client: Client,
): Promise<void> {
  const hashed = tokenHash(command.token);
  const holder = await holderOf(deps, hashed, client);
  const password = normalisedPassword(command.password);
  checkPassword('/password', password, holder.email, deps.isFrequent);
  const passwordHash = await deps.hashes.hash(password);
  const facts = { userId: holder._id, requestId: client.requestId, ip: client.ip };
  const changed = await deps.changeUser(holder._id, { by: holder._id, requestId: client.requestId }, (user, nowMs) => {
    if (!isGood(user.tokens, 'reset-password', hashed, nowMs)) throw tokenInvalid();
    return reset(user, passwordHash, nowMs);
  });
  deps.audit.info('authn_password_change', { ...facts, reason: 'reset by mail' });
  if (holder.verifiedAt === null) deps.audit.info('user_created', facts);
  for (const sessionId of changed?.result ?? []) deps.audit.info('authn_token_revoked', { ...facts, sessionId });
}

/** The account the token was mailed to. A dead one counts as a guess at the account; one that nobody has, only as a call of its address. A good one is
 *  no guess, and whoever guesses at the account must not keep its owner from using it. */
async function holderOf({ store, clock, throttle, audit }: Deps, hashed: string, client: Client): Promise<User> {
  const facts = { requestId: client.requestId, ip: client.ip, reason: 'reset link' };
  const holder = await store.userByTokenHash(hashed);
  if (holder === null) {
    audit.warn('authn_token_invalid', facts);
    throw tokenInvalid();
  }
  if (isGood(holder.tokens, 'reset-password', hashed, clock.now())) return holder;
  return throttle.guess({ address: addressId(holder.email), apart: null, client }, async (failed) => {
    await failed();
    audit.warn('authn_token_invalid', { ...facts, userId: holder._id });
    throw tokenInvalid();
  });
}

/** Whoever has the token reads the address's mail, so the address is verified with it. */
function reset(user: User, passwordHash: string, nowMs: number): Decision<readonly string[]> {
  const ended = user.sessions.map(({ id }) => id);
  const isNew = user.verifiedAt === null;
  return {
    change: {
      passwordHash,
      sessions: [],
      challenges: [],
      verifiedAt: user.verifiedAt ?? new Date(nowMs).toISOString(),
      ...withoutLinks(user, ['reset-password', 'verify-email']),
    },
    told: isNew
      ? { action: 'created', change: { before: null, after: { email: user.email, ...user.profile } } }
      : { action: 'password-reset', change: { before: { sessions: ended }, after: null } },
    result: ended,
  };
}
