import type { Doc, Draft } from '@commonpurse/shared/documents';
import type { AlertData } from '../alerts/alert.ts';
import { entryKey } from '../feed/entry.ts';

/** A mail that is owed: written before it is sent, marked after. Its id derives from the event, so an event told twice owes one mail. */
export interface Delivery extends Doc {
  readonly _id: string;
  readonly channel: 'email';
  readonly userId: string;
  readonly alert: AlertData;
  /** `dropped`: there is nobody to send it to any more. */
  readonly status: 'waiting' | 'sent' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly createdAt: string;
  /** When to try (again); while somebody is trying, when others may take it for dead. Only while waiting. */
  readonly dueAt?: string;
  /** Of the last attempt. */
  readonly problem: string | null;
}
export interface DeliveryRequest {
  readonly eventId: string;
  readonly userId: string;
  readonly alert: AlertData;
}
/** Takes what is to be delivered; resolves when it can't be forgotten any more. */
export interface Deliveries {
  request(request: DeliveryRequest): Promise<void>;
}

/** Whoever tries prolongs its lease three times in this; of one that has died others take over then. */
export const leaseMs = 15_000;
/** For what came to no mail server's ears. */
const untoldRetryMs = 5_000;
const firstRetryMs = 30_000;
const retryMsMax = 3_600_000;
/** After three days an alert is no news. */
const giveUpMs = 3 * 24 * 3_600_000;

const instant = (ms: number): string => new Date(ms).toISOString();

export const deliveryOf = ({ eventId, userId, alert }: DeliveryRequest, nowMs: number): Draft<Delivery> => ({
  _id: `email-${entryKey(eventId, userId, 'notification')}`,
  version: 1,
  channel: 'email',
  userId,
  alert,
  status: 'waiting',
  attempts: 0,
  createdAt: instant(nowMs),
  dueAt: instant(nowMs),
  problem: null,
});

/** Taken by one instance: another one may try again when the lease has run out. */
export const claimed = (delivery: Delivery, nowMs: number): Draft<Delivery> => ({
  ...next(delivery),
  attempts: delivery.attempts + 1,
  dueAt: instant(nowMs + leaseMs),
});

/** By the one that is trying, for whom it takes longer. */
export const prolonged = (delivery: Delivery, nowMs: number): Draft<Delivery> => ({ ...next(delivery), dueAt: instant(nowMs + leaseMs) });

export const finished = (delivery: Delivery, status: 'sent' | 'dropped'): Draft<Delivery> => {
  const { dueAt: _, ...rest } = next(delivery);
  return { ...rest, status, problem: null };
};

/** Not taken by a mail server that may well take others: due again after a pause that doubles from half a minute to an hour; given up after three
 *  days, or at once when trying again is no use. */
export const failing = (delivery: Delivery, problem: string, { nowMs, final }: { nowMs: number; final: boolean }): Draft<Delivery> =>
  again(delivery, problem, nowMs, final ? null : Math.min(firstRetryMs * 2 ** (delivery.attempts - 1), retryMsMax));

/** Not this mail's fault: nobody could say who to write to, or no mail server takes any. Due again soon, and that counts as no attempt: it goes at once
 *  when that is over. */
export const postponed = (delivery: Delivery, problem: string, nowMs: number): Draft<Delivery> =>
  again({ ...delivery, attempts: delivery.attempts - 1 }, problem, nowMs, untoldRetryMs);

/** @param pauseMs null: never */
function again(delivery: Delivery, problem: string, nowMs: number, pauseMs: number | null): Draft<Delivery> {
  const { dueAt: _, ...rest } = next(delivery);
  if (pauseMs === null || nowMs - Date.parse(delivery.createdAt) >= giveUpMs) return { ...rest, status: 'failed', problem };
  return { ...rest, problem, dueAt: instant(nowMs + pauseMs) };
}

const next = (delivery: Delivery): Draft<Delivery> => ({ ...delivery, version: delivery.version + 1 });
