import { type Mail, type Mailer, MailRefused, type MailText } from '@commonpurse/shared/mail';
import { instantOf, type Job, type ServiceDeps } from '@commonpurse/shared/service';
import type { User } from '../accounts/user.ts';
import { createBackgroundWork } from '../background-work.ts';
import type { ChangeUser } from '../people/change-user.ts';
import type { AuthStore } from '../store.ts';
import { claimedMails, mailClaimMs, mailLifetimeMs, type QueuedMail } from './mail-queue.ts';

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

const sweepSize = 100;

export function createOutgoingMails(deps: Deps): OutgoingMails {
  const { clock, log } = deps;
  const trouble = 'a mail could not be sent; it will be tried again';
  const work = createBackgroundWork({ clock, log, name: 'mails', trouble, sweep: () => sweepOnce(deps) });
  return { send: (userId, mailId) => void work.run(() => sendMail(deps, userId, mailId)), job: work.job };
}

async function sendMail(deps: Deps, userId: string, mailId: string): Promise<void> {
  const user = await deps.store.users.get(userId);
  const mail = user?.mails.find(({ id }) => id === mailId);
  if (!user || !mail) return;
  const text = deps.textOf(user, mail);
  if (text) await whileClaimed(deps, userId, mailId, () => handOver(deps, { id: mail.id, at: mail.at, to: user.email, ...text }));
  await deps.changeUser(userId, { by: 'system', requestId: mail.id }, ({ mails }) => {
    const left = mails.filter(({ id }) => id !== mailId);
    return { change: left.length < mails.length ? { mails: left } : null, result: null };
  });
}

/** Nobody else takes the mail as long as this takes: a mail server may take longer than a claim lasts. */
async function whileClaimed(deps: Deps, userId: string, mailId: string, work: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const holding = hold(deps, userId, mailId, over.signal);
  try {
    await work();
  } finally {
    over.abort();
    await holding;
  }
}

async function hold({ changeUser, clock }: Deps, userId: string, mailId: string, over: AbortSignal): Promise<void> {
  for (;;) {
    await clock.delay(mailClaimMs / 3, over);
    if (over.aborted) return;
    const prolonged = changeUser(userId, { by: 'system', requestId: mailId }, ({ mails }, nowMs) => {
      const isThere = mails.some(({ id }) => id === mailId);
      return { change: isThere ? { mails: claimedMails(mails, [mailId], nowMs) } : null, result: null };
    });
    // where the store is away nobody else can claim it either
    await prolonged.catch(() => undefined);
  }
}

/** Rejects where another try may help; a mail that will never be taken is done with. */
async function handOver({ mailer, log }: Deps, mail: Mail): Promise<void> {
  try {
    await mailer.send(mail);
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    log.warn({ err: error, mailId: mail.id }, 'a mail was refused for good');
  }
}

/** What nobody is at work on: mails of a process that ended, mails whose server was away. */
async function sweepOnce(deps: Deps): Promise<void> {
  const now = instantOf(deps.clock);
  for (const user of await deps.store.usersWithMails(now, sweepSize)) await sendLeftovers(deps, user._id);
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
