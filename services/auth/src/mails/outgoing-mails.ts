import { type Mail, type Mailer, MailRefused } from '@commonpurse/shared/mail';
import type { Job, ServiceDeps } from '@commonpurse/shared/service';
import type { User } from '../accounts/user.ts';
import type { ChangeUser } from '../people/change-user.ts';
import type { AuthStore } from '../store.ts';
import { mailClaimMs, mailLifetimeMs, type QueuedMail } from './mail-queue.ts';
import type { MailRequest } from './mail-request.ts';
import type { MailText } from './mail.ts';

/** Hands over the mails that accounts' documents promise: right after the promise was written, and whatever a crash or a mail server that
 *  was away left behind. Each once, as far as mail allows: only a crash between handing over and noting it repeats one, under the same id. */
export interface OutgoingMails {
  /** Returns at once. */
  send(userId: string, mailId: string): void;
  /** Answers a request that is durable already; returns at once. */
  answer(request: MailRequest): void;
  readonly job: Job;
}

type Deps = Pick<ServiceDeps, 'clock' | 'log'> & {
  readonly store: Pick<AuthStore, 'users' | 'mailRequests' | 'usersWithMails'>;
  readonly changeUser: ChangeUser;
  readonly mailer: Mailer;
  /** What a mail says; null where there is nothing to say any more. */
  readonly textOf: (user: User, mail: QueuedMail) => MailText | null;
  /** Names the mail that it promised, if any. */
  readonly answerRequest: (request: MailRequest) => Promise<{ readonly userId: string; readonly mailId: string } | null>;
};

const sweepEveryMs = 5_000;
const sweepSize = 100;
/** A stop does not wait for a mail server that hangs: the mail stays promised. */
const stopMs = 3_000;

export function createOutgoingMails(deps: Deps): OutgoingMails {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let sweeping: Promise<void> = Promise.resolve();
  const inBackground = (work: () => Promise<void>): void => {
    const run = afterTheAnswer()
      .then(work)
      .catch((error: unknown) => log.warn({ err: error }, 'a mail could not be sent; it will be tried again'))
      .finally(() => running.delete(run));
    running.add(run);
  };
  const answer = async (request: MailRequest): Promise<void> => {
    const promised = await deps.answerRequest(request);
    if (promised) await sendMail(deps, promised.userId, promised.mailId);
  };
  const sweep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      inBackground(() => sweepOnce(deps, answer));
      await clock.delay(sweepEveryMs, stopping.signal);
    }
  };
  return {
    send: (userId, mailId) => inBackground(() => sendMail(deps, userId, mailId)),
    answer: (request) => inBackground(() => answer(request)),
    job: {
      name: 'mails',
      start: async () => {
        sweeping = sweep();
      },
      stop: async () => {
        stopping.abort();
        await sweeping;
        const enough = new AbortController();
        await Promise.race([Promise.allSettled(running), clock.delay(stopMs, enough.signal)]);
        enough.abort();
      },
    },
  };
}

/** The answer that promised a mail goes first: it must not show, by its time, whether there is a mail to send. */
const afterTheAnswer = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function sendMail(deps: Deps, userId: string, mailId: string): Promise<void> {
  const user = await deps.store.users.get(userId);
  const mail = user?.mails.find(({ id }) => id === mailId);
  if (!user || !mail) return;
  const text = deps.textOf(user, mail);
  if (text) await handOver(deps, { id: mail.id, at: mail.at, to: user.email, ...text });
  await deps.changeUser(userId, { by: 'system', requestId: mail.id }, ({ mails }) => {
    const left = mails.filter(({ id }) => id !== mailId);
    return { change: left.length < mails.length ? { mails: left } : null, result: null };
  });
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

/** What nobody is at work on: requests and mails of a process that ended, mails whose server was away. */
async function sweepOnce(deps: Deps, answer: (request: MailRequest) => Promise<void>): Promise<void> {
  const { store, clock } = deps;
  const before = new Date(clock.now() - sweepEveryMs).toISOString();
  const requests = await store.mailRequests.find({}, { limit: sweepSize });
  for (const request of requests) if (request.at <= before) await answer(request);
  for (const user of await store.usersWithMails(new Date(clock.now()).toISOString(), sweepSize)) await sendLeftovers(deps, user._id);
}

async function sendLeftovers(deps: Deps, userId: string): Promise<void> {
  const claimed = await deps.changeUser(userId, { by: 'system', requestId: 'mails' }, ({ mails }, nowMs) => {
    const fresh = mails.filter((mail) => Date.parse(mail.at) + mailLifetimeMs > nowMs);
    const mine = fresh.filter((mail) => Date.parse(mail.claimedUntil) <= nowMs).map(({ id }) => id);
    const claimedUntil = new Date(nowMs + mailClaimMs).toISOString();
    const next = fresh.map((mail) => (mine.includes(mail.id) ? { ...mail, claimedUntil } : mail));
    return { change: { mails: next }, result: mine };
  });
  for (const mailId of claimed?.result ?? []) await sendMail(deps, userId, mailId);
}
