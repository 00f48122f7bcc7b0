import { type Documents, type Draft, DuplicateKey, type Sort, StaleVersion } from '@commonpurse/shared/documents';
import { type Mailer, MailRefused, MailUnanswered, MailUnavailable, sendDue, whileHeld } from '@commonpurse/shared/mail';
import { type Clock, endedInTime, instantOf, type Job, type ServiceDeps } from '@commonpurse/shared/service';
import { alertMail } from '../alerts/alert.ts';
import { claimed, type Deliveries, type Delivery, deliveryOf, failing, finished, leaseMs, postponed, prolonged } from './delivery.ts';

export interface MailDeliveriesDeps {
  readonly deliveries: Documents<Delivery>;
  readonly mailer: Mailer;
  /** Who to write to, as of now; null when there is nobody (any more). Rejects when nobody can say. */
  readonly recipientOf: (userId: string) => Promise<{ readonly email: string; readonly displayName: string } | null>;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
}
/** Sends what is due, at once and again later: a mail is sent twice only when the process dies, or the store goes away, between the server's answer
 *  and the mark. */
export interface MailDeliveries extends Deliveries, Job {
  /** Tries everything that is due now. */
  sweep(): Promise<void>;
}

const sweepEveryMs = 5_000;

export function createMailDeliveries(deps: MailDeliveriesDeps): MailDeliveries {
  const stopped = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  let running: Promise<void> = Promise.resolve();
  const sweep = (): Promise<void> => {
    sweeping = sweeping.then(() => oneRound(deps, stopped.signal));
    return sweeping;
  };
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await sweep();
      await deps.clock.delay(sweepEveryMs, stopped.signal);
    }
  };
  return {
    name: 'mail-deliveries',
    sweep,
    async request(request) {
      await ignoring(DuplicateKey, () => deps.deliveries.insert(deliveryOf(request, deps.clock.now())));
      void sweep();
    },
    start: async () => void (running = run()),
    async stop() {
      stopped.abort();
      await endedInTime(Promise.all([running, sweeping]), deps.clock);
    },
  };
}

async function oneRound(deps: MailDeliveriesDeps, stopped: AbortSignal): Promise<void> {
  const { deliveries, clock, log } = deps;
  const sort: Sort = [
    ['dueAt', 1],
    ['_id', 1],
  ];
  const due = (limit: number) => deliveries.find({ dueAt: { $lte: instantOf(clock) } }, { sort, limit });
  try {
    await sendDue({ due, attempt: (delivery) => deliver(deps, delivery) }, stopped);
  } catch (error) {
    log.warn({ err: error }, 'no more mails are sent for now; trying again later');
  }
}

/** What became of a try, for the delivery as it is by then. */
type Outcome = (delivery: Delivery) => Draft<Delivery>;
interface Tried {
  readonly outcome: Outcome;
  /** Why no other would go either. */
  readonly away?: MailUnavailable;
}

async function deliver(deps: MailDeliveriesDeps, delivery: Delivery): Promise<void> {
  const { deliveries, clock } = deps;
  const own = await ignoring(StaleVersion, () => deliveries.replace(claimed(delivery, clock.now()), delivery.version));
  if (own === null) return;
  let held = own;
  const prolong = async () => (held = await deliveries.replace(prolonged(held, clock.now()), held.version));
  const { outcome, away } = await whileHeld({ clock, leaseMs, prolong }, () => attempt(deps, own));
  await mark(deps, held, outcome);
  if (away !== undefined) throw away;
}

/** Does nothing where another instance has claimed the mail since: it has counted another attempt, and marks it itself. */
async function mark({ deliveries }: MailDeliveriesDeps, own: Delivery, outcome: Outcome): Promise<void> {
  const isOurs = (now: Delivery | null): now is Delivery => now?.status === 'waiting' && now.attempts === own.attempts;
  for (let now: Delivery | null = own; isOurs(now); now = await deliveries.get(own._id)) {
    const marking: Delivery = now;
    if (await ignoring(StaleVersion, () => deliveries.replace(outcome(marking), marking.version))) return;
  }
}

async function attempt(deps: MailDeliveriesDeps, delivery: Delivery): Promise<Tried> {
  const { clock } = deps;
  const recipient = await deps.recipientOf(delivery.userId).catch((error: unknown) => {
    tell(deps, delivery, error);
    return problemOf(error);
  });
  if (typeof recipient === 'string') return { outcome: (now) => postponed(now, recipient, clock.now()) };
  if (recipient === null) return { outcome: (now) => finished(now, 'dropped') };
  try {
    const { _id: id, createdAt: at, alert } = delivery;
    await deps.mailer.send({ id, at, to: recipient.email, ...alertMail(alert, recipient.displayName) });
    return { outcome: (now) => finished(now, 'sent') };
  } catch (error) {
    const failed: Outcome = (now) => failing(now, problemOf(error), { nowMs: clock.now(), final: error instanceof MailRefused });
    const untried: Outcome = (now) => postponed(now, problemOf(error), clock.now());
    if (error instanceof MailUnavailable) return { outcome: error instanceof MailUnanswered ? failed : untried, away: error };
    tell(deps, delivery, error);
    return { outcome: failed };
  }
}

const tell = ({ log }: MailDeliveriesDeps, { _id: id, attempts }: Delivery, error: unknown): void =>
  log.warn({ err: error, delivery: id, attempts }, 'a mail could not be sent');
const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The outcome, or null where another one was first. */
async function ignoring<T>(kind: new (...args: never[]) => Error, write: () => Promise<T>): Promise<T | null> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof kind) return null;
    throw error;
  }
}
