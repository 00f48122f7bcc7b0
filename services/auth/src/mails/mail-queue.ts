import type { TokenPurpose } from '../accounts/mail-token.ts';

type MailKind = TokenPurpose | 'account-exists';

/** A mail that was promised: part of the account's document, written together with what it tells of, gone once it was handed over. */
export interface QueuedMail {
  /** Names the mail everywhere, and derives the token it carries. */
  readonly id: string;
  readonly kind: MailKind;
  readonly at: string;
  /** The instance that writes it sends it; from this instant on anybody may. Later on when to try again, too. */
  readonly claimedUntil: string;
}

/** How long a sender has a mail to itself; who is still at work on it by then has prolonged that. */
export const mailClaimMs = 15_000;
/** People wait for what these mails carry, and some of it is good for half an hour. */
const pauseMsMax = 5 * 60_000;
/** A mail that could not be sent for so long is given up: what it carries is no good any more. */
export const mailLifetimeMs = 24 * 60 * 60 * 1000;
/** At most one mail of a throttled kind in this time. */
const mailEveryMs = 60_000;

export const queuedMail = (id: string, kind: MailKind, nowMs: number): QueuedMail => ({
  id,
  kind,
  at: new Date(nowMs).toISOString(),
  claimedUntil: new Date(nowMs + mailClaimMs).toISOString(),
});

/** The mails, of which these are one sender's own from now on. */
export const claimedMails = (mails: readonly QueuedMail[], ids: readonly string[], nowMs: number): readonly QueuedMail[] =>
  mails.map((mail) => (ids.includes(mail.id) ? { ...mail, claimedUntil: new Date(nowMs + mailClaimMs).toISOString() } : mail));

/** The mails, of which this one's receiver is not ready for it: it pauses for as long as it has waited already. */
export const deferredMails = (mails: readonly QueuedMail[], mailId: string, nowMs: number): readonly QueuedMail[] =>
  mails.map((mail) => (mail.id === mailId ? { ...mail, claimedUntil: new Date(nowMs + pauseMsOf(mail, nowMs)).toISOString() } : mail));

const pauseMsOf = ({ at }: QueuedMail, nowMs: number): number => Math.min(Math.max(nowMs - Date.parse(at), mailClaimMs), pauseMsMax);

/** The mails with this one in place of an unsent one of its kind: only the newest token is good anyway. */
export const withMail = (mails: readonly QueuedMail[], mail: QueuedMail): readonly QueuedMail[] => [
  ...mails.filter(({ kind }) => kind !== mail.kind),
  mail,
];

/** A mail of an instant that is long to come was sent before the clock was set back: nobody waits for that to come round again. */
export const mayMail = (lastAt: string | undefined, nowMs: number): boolean =>
  lastAt === undefined || Math.abs(nowMs - Date.parse(lastAt)) >= mailEveryMs;
