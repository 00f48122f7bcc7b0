import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import type { Bus, Consumption, DomainEvent, Parking, Subscription } from '../bus.ts';
import { publishable } from '../event.ts';
import { growingDelays, type RetryPolicy } from '../retry-policy.ts';
import { type Address, addressOf } from './address.ts';
import { type Connection, openConnection } from './connection.ts';
import { type Attached, keepConsumer } from './consumer.ts';
import { BrokerUnavailable } from './failure.ts';
import { keep, type Keeper } from './keep.ts';
import { messageOf } from './message.ts';
import { createPublisher, type Publisher } from './publisher.ts';

export interface RabbitBusOptions {
  /** `amqp[s]://user:password@host:port/virtual-host` */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How the broker's list of connections shows us. Default: commonpurse. */
  readonly name?: string;
  /** What to do while the broker can't be reached at first: reject at once, wait for it and say so in the log, or go on without it (publishing
   *  waits, consumers begin later and are told by `onReconnect`). What waiting can't mend (a wrong password, another kind of server) rejects
   *  in any case. Default: until-available. */
  readonly connect?: 'once' | 'until-available' | 'in-background';
  /** How many handlers each consumer runs at once. Default 64. */
  readonly prefetch?: number;
  /** Of the handlers. Default: `handlerRetries`. */
  readonly retries?: RetryPolicy;
  /** From a publish to its confirm. Default 10,000. */
  readonly publishTimeoutMs?: number;
  /** Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** A broker that is silent for two to three of these is taken for dead. Default 5. */
  readonly heartbeatS?: number;
}

/** The broker is back within seconds of being up again. */
const reopening = growingDelays({ tries: Infinity, firstMs: 100, factor: 2, maxMs: 3_000 });

/** The bus on RabbitMQ, which may go away and come back at any time. Rejects with `BrokerUnavailable` (or a `RangeError` for a malformed URL), in
 *  one line. */
export async function openRabbitBus(options: RabbitBusOptions): Promise<Bus> {
  const bus = new RabbitBus(options, addressOf(options.url));
  try {
    await bus.open();
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}

class RabbitBus implements Bus {
  readonly #options: RabbitBusOptions;
  /** Publishing and consuming have a connection each: a broker that is low on memory stops reading from those that publish, and
   *  acknowledgements must get through all the same. */
  readonly #publishing: Keeper<Connection>;
  readonly #consuming: Keeper<Connection>;
  readonly #publisher: Publisher;
  readonly #consumers = new Set<Keeper<Attached>>();
  readonly #reconnected: (() => void)[] = [];
  #state: 'opening' | 'open' | 'closed' = 'opening';

  constructor(options: RabbitBusOptions, address: Address) {
    const { clock, log, publishTimeoutMs: timeoutMs = 10_000 } = options;
    const awaited = (): boolean => this.#state === 'opening';
    this.#options = options;
    this.#publishing = keepLink(options, address, 'publishing', awaited);
    this.#consuming = keepLink(options, address, 'consuming', awaited);
    const doubted = (): void => {
      for (const keeper of this.#consumers) keeper.current?.lookAtBindings();
    };
    this.#publisher = createPublisher({ link: this.#publishing, clock, log, retries: reopening, awaited, timeoutMs, doubted });
  }
  async open(): Promise<void> {
    const links = [this.#publishing, this.#consuming];
    if (this.#options.connect === 'in-background') {
      // whatever came of the first try, unless nothing ever will
      await Promise.all(links.map((link) => Promise.race([link.first, link.tried])));
    } else {
      await Promise.all(links.map((link) => link.first));
      await this.#publisher.ready;
    }
    this.#state = 'open';
  }
  async publish(event: DomainEvent): Promise<void> {
    await this.#publisher.publish(messageOf(publishable(event)));
  }
  async consume(consumer: string, subscriptions: readonly Subscription[], parking: Parking): Promise<Consumption> {
    if (this.#state === 'closed') throw new BrokerUnavailable('the bus is closed', { permanent: true });
    const { clock, log, prefetch = 64, retries } = this.#options;
    const link = this.#consuming;
    // The caller catches up by itself once we have answered; what comes up later has to be told.
    let answered = false;
    const attached = (): void => {
      if (answered) for (const listener of this.#reconnected) listener();
    };
    const awaited = (): boolean => !answered;
    const reaches = (key: string): Promise<boolean> => this.#publisher.reaches(key);
    const to = { consumer, subscriptions, parking, prefetch, retries };
    const keeper = keepConsumer({ ...to, link, clock, log, reopening, awaited, reaches, attached });
    this.#consumers.add(keeper);
    const close = async (): Promise<void> => {
      this.#consumers.delete(keeper);
      await keeper.close();
    };
    try {
      if (link.current !== null) await Promise.race([keeper.first, keeper.tried]);
    } catch (error) {
      await close();
      throw error;
    }
    answered = true;
    const waiting = async (): Promise<number> => {
      if (keeper.current === null) throw new BrokerUnavailable(keeper.trouble ?? 'not connected', { permanent: false });
      return keeper.current.waiting();
    };
    return { close, waiting };
  }
  async health(): Promise<string | null> {
    if (this.#state === 'closed') return 'closed';
    const consuming = this.#consuming.trouble;
    const consumers = consuming === null ? [...this.#consumers].map((keeper) => keeper.trouble) : [];
    const troubles = [this.#publisher.trouble, consuming, ...consumers].filter((trouble) => trouble !== null);
    return [...new Set(troubles)].join('; ') || null;
  }
  onReconnect(listener: () => void): void {
    this.#reconnected.push(listener);
  }
  async close(): Promise<void> {
    this.#state = 'closed';
    await Promise.all([...this.#consumers].map((keeper) => keeper.close()));
    this.#consumers.clear();
    await this.#publisher.close();
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }
}

function keepLink(options: RabbitBusOptions, address: Address, purpose: string, awaited: () => boolean): Keeper<Connection> {
  const { name = 'commonpurse', connectTimeoutMs: timeoutMs = 5_000, heartbeatS = 5, clock, log } = options;
  return keep<Connection>({
    what: `RabbitMQ at ${address.name}, for ${purpose}`,
    open: (lost) => openConnection({ address, name: `${name}: ${purpose}`, timeoutMs, heartbeatS, clock }, lost),
    giveUp: ({ permanent }) => awaited() && (permanent || options.connect === 'once'),
    retries: reopening,
    clock,
    log,
  });
}
