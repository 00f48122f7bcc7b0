import type { Channel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import type { Parking, Subscription } from '../bus.ts';
import { createDispatcher, type Dispatcher } from '../dispatcher.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { closeWithin, type Connection } from './connection.ts';
import { BrokerUnavailable, channelFailure } from './failure.ts';
import { type Closable, keep, type Keeper } from './keep.ts';
import { type Arrival, readMessage } from './message.ts';
import { declareQueue, queueOf } from './topology.ts';
import { type BindingsWatchOptions, watchBindings } from './watch-bindings.ts';

interface ConsumerOptions {
  readonly consumer: string;
  readonly subscriptions: readonly Subscription[];
  readonly parking: Parking;
  readonly link: Keeper<Connection>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Handlers at once. */
  readonly prefetch: number;
  /** Of the handlers. */
  readonly retries: RetryPolicy | undefined;
  /** Of the channel. */
  readonly reopening: RetryPolicy;
  /** Whether somebody waits to be told of the first failure: then one that waiting can't mend is the end. */
  readonly awaited: () => boolean;
  /** See `BindingsWatchOptions`. */
  readonly reaches: BindingsWatchOptions['reaches'];
  /** The queue is there and this consumer on it, again or for the first time. */
  readonly attached: () => void;
}

/** A consumer on its queue. */
export interface Attached extends Closable {
  /** Messages that the broker has given to nobody, and those that were brought here and are not done with. */
  waiting(): Promise<number>;
  /** Looks now whether it is bound to what it wants, as it does now and then. */
  lookAtBindings(): void;
}

/** So many messages beyond the handlers' places may wait unacknowledged for their next try, before they hold up others. */
const restingMax = 200;

/** Keeps one consumer on its queue: a channel of its own with a dispatcher of its own. When the channel, the connection or the queue is lost, what
 *  it had not finished is left to whoever gets it next: the broker delivers it again, or the feed tells it again. */
export function keepConsumer(options: ConsumerOptions): Keeper<Attached> {
  const what = `the consumer ${options.consumer}`;
  return keep<Attached>({
    what,
    open: async (lost, closing) => {
      const connection = await options.link.next(closing);
      if (connection === null) throw new BrokerUnavailable('closed', { permanent: true });
      try {
        return await attach(options, connection, lost);
      } catch (error) {
        throw explained(channelFailure(error, what), options.consumer);
      }
    },
    opened: options.attached,
    giveUp: ({ permanent }) => permanent && options.awaited(),
    quiet: () => options.link.current === null,
    retries: options.reopening,
    clock: options.clock,
    log: options.log,
  });
}

function explained(failure: BrokerUnavailable, consumer: string): BrokerUnavailable {
  if (!/inequivalent arg|PRECONDITION_FAILED/.test(failure.message)) return failure;
  const remedy = `delete it (rabbitmqctl delete_queue ${queueOf(consumer)}), what it holds is read again from the changes feeds`;
  return new BrokerUnavailable(`${failure.message}; ${remedy}`, failure);
}

async function attach(options: ConsumerOptions, connection: Connection, lost: (why: string) => void): Promise<Attached> {
  const { consumer, subscriptions, prefetch, clock, retries, reaches, ...rest } = options;
  const channel = await connection.createChannel();
  channel.on('error', (error) => lost(channelFailure(error, 'its channel').message));
  channel.on('close', () => lost('its channel was closed'));
  const dispatcher = createDispatcher({ ...rest, consumer, subscriptions, prefetch, clock, ...(retries && { retries }) });
  const deliveries = new Deliveries(channel, dispatcher, options);
  const types = subscriptions.map(({ event }) => event.type);
  const watching = watchBindings({ connection, consumer, types, reaches, clock, cut: lost });
  // seen below, or given up with the rest
  watching.catch(() => undefined);
  const stopWatching = (): Promise<unknown> => watching.then((bindings) => bindings.close());
  try {
    const queue = await declareQueue(channel, consumer, types);
    await channel.prefetch(prefetch + restingMax);
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message === null) lost(`the queue ${queue} was deleted`);
      else deliveries.take(message);
    });
    const bindings = await watching;
    return {
      waiting: async () => (await channel.checkQueue(queue)).messageCount + dispatcher.pending,
      lookAtBindings: () => bindings.look(),
      async close() {
        await Promise.all([stopWatching(), closeWithin(clock, () => channel.cancel(consumerTag))]);
        await dispatcher.close();
        await deliveries.settled();
        await closeWithin(clock, () => channel.close());
      },
    };
  } catch (error) {
    await Promise.allSettled([stopWatching(), dispatcher.close(), closeWithin(clock, () => channel.close())]);
    throw error;
  }
}

/** The messages of one channel. */
class Deliveries {
  readonly #channel: Channel;
  readonly #dispatcher: Dispatcher;
  readonly #options: Pick<ConsumerOptions, 'consumer' | 'log'>;
  readonly #running = new Set<Promise<void>>();

  constructor(channel: Channel, dispatcher: Dispatcher, options: Pick<ConsumerOptions, 'consumer' | 'log'>) {
    this.#channel = channel;
    this.#dispatcher = dispatcher;
    this.#options = options;
  }
  take(message: ConsumeMessage): void {
    const running = this.#bring(message).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #bring(message: ConsumeMessage): Promise<void> {
    try {
      await this.#handle(message);
      this.#answer(() => this.#channel.ack(message));
    } catch {
      // it was closed before this one was handled or parked: somebody else shall have it
      this.#answer(() => this.#channel.nack(message, false, true));
    }
  }
  /** Resolves when everything in it is done with. Rejects once nothing of it runs any more and something was given back. */
  async #handle(message: ConsumeMessage): Promise<void> {
    const arrivals = readMessage(message, (type) => this.#dispatcher.takes(type));
    const outcomes = await Promise.allSettled(arrivals.map((arrival) => this.#handleOne(arrival)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
  async #handleOne(arrival: Arrival): Promise<void> {
    if (arrival.kind === 'event') return this.#dispatcher.deliver(arrival.event);
    if (arrival.kind === 'poison') return this.#dispatcher.refuse(arrival.what, arrival.reason);
    const { log, consumer } = this.#options;
    log.debug({ consumer, type: arrival.type }, 'an event of a type that is not wanted any more was passed over');
  }
  /** A channel that is closed takes no answer; the broker has given the message to somebody else by then. */
  #answer(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.#options.log.debug({ err: error, consumer: this.#options.consumer }, 'a message could not be acknowledged and will come again');
    }
  }
}
