import { DuplicateKey, type Documents, type Sort, StaleVersion } from '@commonpurse/shared/documents';
import { type Mailer, MailRefused } from '@commonpurse/shared/mail';
import { type Clock, instantOf, type Job, type ServiceDeps } from '@commonpurse/shared/service';
import { alertMail } from '../alerts/alert.ts';
import { claimed, type Deliveries, type Delivery, deliveryOf, failing, finished } from './delivery.ts';

export interface MailDeliveriesDeps {
  readonly deliveries: Documents<Delivery>;
  readonly mailer: Mailer;
  /** Who to write to, as of now; null when there is nobody (any more). Rejects when nobody can say. */
  readonly recipientOf: (userId: string) => Promise<{ readonly email: string; readonly displayName: string } | null>;
  readonly clock: Clock;
  readonly log: ServiceDeps['log'];
}
/** Sends what is due, at once and again later: a mail is sent twice only when the process dies between the server's answer and the mark. */
export interface MailDeliveries extends Deliveries, Job {
  /** Tries everything that is due now. */
  sweep(): Promise<void>;
}

const sweepEveryMs = 5_000;
const atOnceMax = 20;

export function createMailDeliveries(deps: MailDeliveriesDeps): MailDeliveries {
  const stopped = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  let running: Promise<void> = Promise.resolve();
  const sweep = (): Promise<void> => {
    sweeping = sweeping.then(() => sendDue(deps, stopped.signal));
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
      await Promise.all([running, sweeping]);
    },
  };
}

/** What was tried is not due any more, whatever came of it: so this ends. */
async function sendDue(deps: MailDeliveriesDeps, stopped: AbortSignal): Promise<void> {
  const sort: Sort = [
    ['dueAt', 1],
    ['_id', 1],
  ];
  try {
    for (let full = true; full && !stopped.aborted;) {
      const due = await deps.deliveries.find({ dueAt: { $lte: instantOf(deps.clock) } }, { sort, limit: atOnceMax });
      await Promise.all(due.map((delivery) => deliver(deps, delivery)));
      full = due.length === atOnceMax;
    }
  } catch (error) {
    deps.log.warn({ err: error }, 'deliveries could not be looked through; trying again later');
  }
}

async function deliver(deps: MailDeliveriesDeps, delivery: Delivery): Promise<void> {
  const own = await ignoring(StaleVersion, () => deps.deliveries.replace(claimed(delivery, deps.clock.now()), delivery.version));
  if (own === null) return;
  const outcome = await attempt(deps, own);
  await ignoring(StaleVersion, () => deps.deliveries.replace(outcome, own.version));
}

async function attempt(deps: MailDeliveriesDeps, delivery: Delivery): Promise<ReturnType<typeof claimed>> {
  try {
    const recipient = await deps.recipientOf(delivery.userId);
    if (recipient === null) return finished(delivery, 'dropped');
    await deps.mailer.send({ id: delivery._id, to: recipient.email, ...alertMail(delivery.alert, recipient.displayName) });
    return finished(delivery, 'sent');
  } catch (error) {
    const told = { err: error, delivery: delivery._id, attempts: delivery.attempts };
    deps.log.warn(told, 'a mail could not be sent');
    return failing(delivery, error instanceof Error ? error.message : String(error), {
      nowMs: deps.clock.now(),
      final: error instanceof MailRefused,
    });
  }
}

/** The outcome, or null where another one was first. */
async function ignoring<T>(kind: new (...args: never[]) => Error, write: () => Promise<T>): Promise<T | null> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof kind) return null;
    throw error;
  }
}
