import { mayMail, queuedMail, withMail } from '../mails/mail-queue.ts';
import { type MailToken, tokenHash, tokenLifetimeMs, tokenOfMail, type TokenPurpose, withToken } from './mail-token.ts';
import type { User, UserChange } from './user.ts';

/** What makes a link: the mail that will carry it, and the key its token derives from. */
interface LinkFacts {
  readonly purpose: TokenPurpose;
  readonly mailId: string;
  readonly tokenKey: Buffer;
  readonly nowMs: number;
}

/** A mail with a new token, which ends older ones of its purpose. */
export function withLink(
  user: Pick<User, 'tokens' | 'mails'>,
  { purpose, mailId, tokenKey, nowMs }: LinkFacts,
): Pick<User, 'tokens' | 'mails'> {
  const token: MailToken = {
    purpose,
    hash: tokenHash(tokenOfMail(tokenKey, purpose, mailId)),
    expiresAt: new Date(nowMs + tokenLifetimeMs[purpose]).toISOString(),
  };
  return { tokens: withToken(user.tokens, token), mails: withMail(user.mails, queuedMail(mailId, purpose, nowMs)) };
}

/** What asking for a link changes, or null where none is due: verified already, or one was asked for within the minute. */
export function linkAskedFor(user: User, facts: LinkFacts): UserChange | null {
  const { purpose, nowMs } = facts;
  if (purpose === 'verify-email' && user.verifiedAt !== null) return null;
  if (!mayMail(user.mailedAt[purpose], nowMs)) return null;
  return { ...withLink(user, facts), mailedAt: { ...user.mailedAt, [purpose]: new Date(nowMs).toISOString() } };
}

/** The account once whoever reads its mail has used a link: those of these purposes are spent, with what is still on its way. */
export const withoutLinks = (user: User, purposes: readonly TokenPurpose[]): Pick<User, 'tokens' | 'mails'> => ({
  tokens: user.tokens.filter(({ purpose }) => !purposes.includes(purpose)),
  mails: user.mails.filter(({ kind }) => !purposes.some((purpose) => purpose === kind)),
});
