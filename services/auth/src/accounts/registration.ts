import type { Draft } from '@commonpurse/shared/documents';
import { mayMail, queuedMail, withMail } from '../mails/mail-queue.ts';
import { withLink } from './mailed-link.ts';
import { searchKeys } from './search-keys.ts';
import type { Profile, User, UserChange } from './user.ts';

/** A registration as it was asked for, checked and with the password hashed. */
export interface Registration {
  readonly email: string;
  readonly passwordHash: string;
  readonly profile: Profile;
  /** Names the mail that follows. */
  readonly mailId: string;
}

/** The account that a registration opens: nobody's until its address is verified. */
export function openedAccount(userId: string, asked: Registration, tokenKey: Buffer, nowMs: number): Draft<User> {
  const blank = { tokens: [], mails: [] };
  return {
    _id: userId,
    version: 1,
    verifiedAt: null,
    status: 'active',
    role: 'user',
    profileVersion: 1,
    personVersion: 0,
    createdAt: new Date(nowMs).toISOString(),
    sessions: [],
    devices: [],
    mailedAt: {},
    ...pending(asked),
    ...withVerification(blank, asked.mailId, tokenKey, nowMs),
  };
}

/** What a registration does to the account its address has: an unverified one takes what was asked for now, whatever was pending;
 *  the owner of a verified one is told, at most once a minute, and nothing else changes. */
export function registeredAgain(user: User, asked: Registration, tokenKey: Buffer, nowMs: number): UserChange {
  if (user.verifiedAt === null) return { ...pending(asked), ...withVerification(user, asked.mailId, tokenKey, nowMs) };
  const kind = 'account-exists';
  if (!mayMail(user.mailedAt[kind], nowMs)) return {};
  const mail = queuedMail(asked.mailId, kind, nowMs);
  return { mails: withMail(user.mails, mail), mailedAt: { ...user.mailedAt, [kind]: mail.at } };
}

const pending = ({ email, passwordHash, profile }: Registration) => ({
  email,
  passwordHash,
  profile,
  search: searchKeys(email, profile.displayName),
});

const withVerification = (user: Pick<User, 'tokens' | 'mails'>, mailId: string, tokenKey: Buffer, nowMs: number) =>
  withLink(user, { purpose: 'verify-email', mailId, tokenKey, nowMs });
