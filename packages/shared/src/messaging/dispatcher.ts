import type { Logger } from 'pino';
import type { Clock } from '../service/clock.ts';
import type { Parking, Subscription } from './bus.ts';
import { acceptEvent, InvalidEvent } from './event.ts';
import { endlessRetries, handlerRetries, type RetryPolicy } from './retry-policy.ts';

export interface DispatcherOptions {
  readonly consumer: string;
  readonly subscriptions: readonly Subscription[];
  readonly parking: Parking;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many handlers run at once. Waiting for the next try takes no place. */
  readonly prefetch: number;
  readonly retries?: RetryPolicy;
}

/** Runs one consumer's handlers, whatever brings the events: a few at once, tried again after growing delays, parked after the last try.
 *  A queue's message is acknowledged when `deliver` resolves. */
export interface Dispatcher {
  /** Whether it has a handler for this type. */
  takes(type: string): boolean;
  /** Resolves when the event was handled or is durably parked; at once when nobody here wants its type.
   *  Rejects with `DispatcherClosed` when it was closed first: then the event was neither, and somebody else must have it. */
  deliver(event: unknown): Promise<void>;
  /** For what no handler could ever read: parks it at once. Resolves and rejects as `deliver` does. */
  refuse(arrived: unknown, reason: string): Promise<void>;
  /** Takes no more, gives back what waits, and resolves when the running handlers have ended. */
  close(): Promise<void>;
  /** Delivered and neither handled, parked nor given back. */
  readonly pending: number;
}

export class DispatcherClosed extends Error {
  override readonly name = 'DispatcherClosed';
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { subscriptions, prefetch } = options;
  const byType = new Map(subscriptions.map((subscription) => [subscription.event.type, subscription]));
  if (byType.size < subscriptions.length) throw new Error(`${options.consumer} subscribes to a type of event twice`);
  const places = createPlaces(prefetch);
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  const run = async (begin: () => Promise<void> | undefined): Promise<void> => {
    if (closing.signal.aborted) throw new DispatcherClosed(`${options.consumer} is closed`);
    const delivery = begin();
    if (delivery === undefined) return;
    running.add(delivery);
    await delivery.finally(() => running.delete(delivery));
  };
  return {
    takes: (type) => byType.has(type),
    deliver: (arrived) =>
      run(() => {
        const subscription = byType.get(typeOf(arrived));
        return subscription && carry(options, subscription, arrived, places, closing.signal);
      }),
    refuse: (arrived, reason) => run(() => park(options, arrived, new InvalidEvent(reason), 1, closing.signal)),
    async close() {
      closing.abort();
      places.close();
      await Promise.allSettled(running);
    },
    get pending() {
      return running.size;
    },
  };
}

const typeOf = (arrived: unknown): string =>
  typeof arrived === 'object' && arrived !== null && 'type' in arrived && typeof arrived.type === 'string' ? arrived.type : '';

async function carry(
  options: DispatcherOptions,
  subscription: Subscription,
  arrived: unknown,
  places: Places,
  closed: AbortSignal,
): Promise<void> {
  const { retries = handlerRetries, clock, log, consumer } = options;
  for (let failures = 1; ; failures += 1) {
    const failure = await attempt(subscription, arrived, places);
    if (failure === null) return;
    const spent = failures >= retries.tries || failure instanceof InvalidEvent;
    if (spent) return park(options, arrived, failure, failures, closed);
    log.warn({ err: failure, consumer, event: nameOf(arrived), failures }, 'an event could not be handled; it will be tried again');
    await clock.delay(retries.delayMs(failures), closed);
    if (closed.aborted) throw new DispatcherClosed(`${consumer} was closed while ${nameOf(arrived)} waited for its next try`);
  }
}

/** What went wrong, or null. */
async function attempt(subscription: Subscription, arrived: unknown, places: Places): Promise<unknown> {
  await places.enter();
  try {
    await subscription.handle(acceptEvent(subscription.event, arrived));
    return null;
  } catch (error) {
    return error ?? new Error('the handler rejected with nothing');
  } finally {
    places.leave();
  }
}

/** Parking must not fail for good, for nothing else would remember the event: it is tried until the consumer is closed. */
async function park(
  { parking, clock, log, consumer }: DispatcherOptions,
  arrived: unknown,
  failure: unknown,
  tries: number,
  closed: AbortSignal,
) {
  const reason = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  for (let failures = 1; ; failures += 1) {
    try {
      await parking.park(arrived, reason);
      log.error({ err: failure, consumer, event: nameOf(arrived), tries }, 'an event was parked');
      return;
    } catch (error) {
      log.error({ err: error, consumer, event: nameOf(arrived) }, 'an event could not even be parked');
    }
    await clock.delay(endlessRetries.delayMs(failures), closed);
    if (closed.aborted) throw new DispatcherClosed(`${consumer} was closed before ${nameOf(arrived)} could be parked`);
  }
}

const nameOf = (arrived: unknown): string =>
  typeof arrived === 'object' && arrived !== null && 'id' in arrived && typeof arrived.id === 'string' ? arrived.id : 'an event without id';

interface Places {
  enter(): Promise<void> | undefined;
  leave(): void;
  close(): void;
}

function createPlaces(count: number): Places {
  const waiting: { enter: () => void; refuse: (reason: Error) => void }[] = [];
  let head = 0;
  let free = count;
  const next = () => {
    const first = waiting[head];
    head += 1;
    // Shifting a long queue one by one would cost its length each time.
    if (head > 1024 && head * 2 > waiting.length) head -= waiting.splice(0, head).length;
    return first;
  };
  return {
    enter() {
      if (free > 0) {
        free -= 1;
        return undefined;
      }
      return new Promise((enter, refuse) => waiting.push({ enter, refuse }));
    },
    leave() {
      const first = next();
      if (first === undefined) {
        head = 0;
        waiting.length = 0;
        free += 1;
      } else first.enter();
    },
    close() {
      for (const { refuse } of waiting.slice(head)) refuse(new DispatcherClosed('closed while waiting for a place'));
      waiting.length = 0;
      head = 0;
    },
  };
}
