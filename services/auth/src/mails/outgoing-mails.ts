import {
  type Mail,
  MailDeferred,
  type Mailer,
  MailRefused,
  type MailText,
  MailUnanswered,
  sendDue,
  whileHeld,
} from '@commonpurse/shared/mail';
import { instantOf, type Job, type ServiceDeps } from '@commonpurse/shared/service';
import type { User } from '../accounts/user.ts';
import { createBackgroundWork } from '../background-work.ts';
import type { ChangeUser } from '../people/change-user.ts';
import type { AuthStore } from '../store.ts';
import { claimedMails, deferredMails, mailClaimMs, mailLifetimeMs, type QueuedMail } from './mail-queue.ts';

/** Hands over the mails that accounts' documents promise: right after the promise was written, and whatever a crash or a mail server that
 *  was away left behind. Each once, as far as mail allows: only a crash between handing over and noting it repeats one, under the same id. */
export interface OutgoingMails {
  /** Returns at once. */
  send(userId: string, mailId: string): void;
  readonly job: Job;
}

type Deps = Pick<ServiceDeps, 'clock' | 'log'> & {
  readonly store: Pick<AuthStore, 'users' | 'usersWithMails'>;
  readonly changeUser: ChangeUser;
  readonly mailer: Mailer;
  /** What a mail says; null where there is nothing to say any more. */
  readonly textOf: (user: User, mail: QueuedMail) => MailText | null;
};

export function createOutgoingMails(deps: Deps): OutgoingMails {
  const { clock, log } = deps;
  const work = createBackgroundWork({ clock, log, name: 'mails', trouble, sweep: oneRoundAtATime(deps) });
  return { send: (userId, mailId) => void work.run(() => sendMail(deps, userId, mailId)), job: work.job };
}

const trouble = 'a mail could not be sent; it will be tried again';

/** Resolves when it was sent, or put off for a reason of its own. Rejects where no mail is taken for now. */
async function sendMail(deps: Deps, userId: string, mailId: string): Promise<void> {
  const user = await deps.store.users.get(userId);
  const mail = user?.mails.find(({ id }) => id === mailId);
  if (!user || !mail) return;
  const text = deps.textOf(user, mail);
  const reason = text && (await handOver(deps, user, { id: mail.id, at: mail.at, to: user.email, ...text }));
  await changeMails(deps, userId, mailId, (mails, nowMs) =>
    reason === null ? mails.filter(({ id }) => id !== mailId) : deferredMails(mails, mailId, nowMs),
  );
  if (reason instanceof MailUnanswered) throw reason;
  if (reason !== null) deps.log.warn({ err: reason, mailId }, trouble);
}

/** Changes the mails of an account while this one is among them: it may have given way to a newer one. */
const changeMails = (
  { changeUser }: Deps,
  userId: string,
  mailId: string,
  change: (mails: readonly QueuedMail[], nowMs: number) => readonly QueuedMail[],
) =>
  changeUser(userId, { by: 'system', requestId: mailId }, ({ mails }, nowMs) => {
    const isThere = mails.some(({ id }) => id === mailId);
    return { change: isThere ? { mails: change(mails, nowMs) } : null, result: null };
  });

/** Why the mail has to wait; null: it is done with, taken or refused for good. Rejects where it went nowhere, and no other would. */
async function handOver(
  deps: Deps,
  { _id: userId }: User,
  mail: Mail & { readonly id: string },
): Promise<MailDeferred | MailUnanswered | null> {
  const { clock, log, mailer } = deps;
  const prolong = () => changeMails(deps, userId, mail.id, (mails, nowMs) => claimedMails(mails, [mail.id], nowMs));
  try {
    await whileHeld({ clock, leaseMs: mailClaimMs, prolong }, () => mailer.send(mail));
    return null;
  } catch (error) {
    if (error instanceof MailDeferred || error instanceof MailUnanswered) return error;
    if (!(error instanceof MailRefused)) throw error;
    log.warn({ err: error, mailId: mail.id }, 'a mail was refused for good');
    return null;
  }
}

/** What nobody is at work on: mails of a process that ended, mails whose server was away, mails whose receivers were not ready. A mail server may take
 *  longer than it is to the next look, and what it has not come to would be handed to it again and again. */
function oneRoundAtATime(deps: Deps): (before: string, stopping: AbortSignal) => Promise<void> {
  const { store, clock } = deps;
  // A round begins where the one before has ended, and takes what was due when it began: or those who come first would keep all others from it.
  let after: string | null = null;
  let isUnderWay = false;
  return async (_before, stopping) => {
    if (isUnderWay) return;
    isUnderWay = true;
    const instant = instantOf(clock);
    const due = async (limit: number): Promise<User[]> => {
      const users = await store.usersWithMails(instant, { after, limit });
      after = users.length < limit ? null : users.at(-1)!._id;
      return users;
    };
    try {
      await sendDue({ due, attempt: ({ _id }) => sendLeftovers(deps, _id) }, stopping);
    } finally {
      isUnderWay = false;
    }
  };
}

async function sendLeftovers(deps: Deps, userId: string): Promise<void> {
  const claimed = await deps.changeUser(userId, { by: 'system', requestId: 'mails' }, ({ mails }, nowMs) => {
    const fresh = mails.filter((mail) => Date.parse(mail.at) + mailLifetimeMs > nowMs);
    const mine = fresh.filter((mail) => Date.parse(mail.claimedUntil) <= nowMs).map(({ id }) => id);
    return { change: { mails: claimedMails(fresh, mine, nowMs) }, result: mine };
  });
  // at once: what waited for another would not be held meanwhile
  const sent = await Promise.allSettled((claimed?.result ?? []).map((mailId) => sendMail(deps, userId, mailId)));
  const failed = sent.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
