import type { Logger } from 'pino';
import type { Clock } from '../../service/clock.ts';
import type { Bus, Consumption, DomainEvent, Parking, Subscription } from '../bus.ts';
import { createDispatcher, type Dispatcher, DispatcherClosed } from '../dispatcher.ts';
import { publishable } from '../event.ts';
import type { RetryPolicy } from '../retry-policy.ts';

/** What a broker is allowed to do and seldom does, done often: events overtake each other, come twice, and old ones come again. */
export interface Disorder {
  /** Resolves when the event itself, once at least, and everything that was added to it has been delivered. */
  deliver(event: DomainEvent, deliver: (event: DomainEvent) => Promise<void>): Promise<void>;
}

export interface InProcessBusOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How many handlers each instance of a consumer runs at once. Default 256: all waiting for the same few syncs of their stores, 64 of them were
   *  done with fewer events than one machine creates, and what waited for them outlived every quick collection of the young. */
  readonly prefetch?: number;
  /** Default: `handlerRetries`. */
  readonly retries?: RetryPolicy;
  /** Tests only: delivers out of order, twice, and old ones again. */
  readonly disorder?: Disorder;
}

export interface InProcessBus extends Bus {
  /** Resolves when nothing published is unfinished any more (what waits for its next try is unfinished). For tests. */
  idle(): Promise<void>;
  /** Deliveries that are unfinished. */
  readonly pending: number;
}

/** The consumer went away before it was done with the event, and nobody else of its name is there: publish it again.
 *  With nobody there at all a publish resolves: who comes later catches up from the changes feed. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
}

/** The bus of a system that runs in one process. Nothing it holds survives a kill, so `publish` resolves only when each consumer that is there has
 *  finished with the event or has parked it durably in its own store; until then the producer's outbox keeps it. */
export const createInProcessBus = (options: InProcessBusOptions): InProcessBus => new ProcessBus(options);

class ProcessBus implements InProcessBus {
  readonly #options: InProcessBusOptions;
  /** The instances of each consumer. */
  readonly #groups = new Map<string, Set<Dispatcher>>();
  readonly #unfinished = createCounter();
  #closed = false;

  constructor(options: InProcessBusOptions) {
    this.#options = options;
  }
  get pending(): number {
    return this.#unfinished.count;
  }
  idle(): Promise<void> {
    return this.#unfinished.zero();
  }
  async publish(given: DomainEvent): Promise<void> {
    if (this.#closed) throw new NotDelivered('the bus is closed');
    const event = publishable(given);
    const takers = [...this.#groups].filter(([, instances]) => leastLoaded(instances, event.type) !== null);
    if (takers.length === 0) return;
    const outcomes = await Promise.allSettled(takers.map(([consumer]) => this.#unfinished.track(this.#bring(consumer, event))));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
  async consume(consumer: string, subscriptions: readonly Subscription[], parking: Parking): Promise<Consumption> {
    if (this.#closed) throw new Error('the bus is closed');
    const { clock, log, prefetch = 256, retries } = this.#options;
    const instance = createDispatcher({ consumer, subscriptions, parking, clock, log, prefetch, ...(retries && { retries }) });
    const group = this.#groups.get(consumer) ?? new Set();
    this.#groups.set(consumer, group.add(instance));
    return {
      waiting: async () => instance.pending,
      async close() {
        group.delete(instance);
        await instance.close();
      },
    };
  }
  async health(): Promise<string | null> {
    return this.#closed ? 'closed' : null;
  }
  onReconnect(): void {
    // There is no connection that could come back.
  }
  async close(): Promise<void> {
    this.#closed = true;
    const instances = [...this.#groups.values()].flatMap((group) => [...group]);
    this.#groups.clear();
    await Promise.all(instances.map((instance) => instance.close()));
  }

  #bring(consumer: string, event: DomainEvent): Promise<void> {
    const { disorder } = this.#options;
    return disorder === undefined ? this.#deliver(consumer, event) : disorder.deliver(event, (which) => this.#deliver(consumer, which));
  }
  async #deliver(consumer: string, event: DomainEvent): Promise<void> {
    for (;;) {
      const instance = leastLoaded(this.#groups.get(consumer), event.type);
      if (instance === null) throw new NotDelivered(`${consumer} went away before it was done with ${event.id}`);
      try {
        return await instance.deliver(event);
      } catch (error) {
        if (!(error instanceof DispatcherClosed)) throw error;
        this.#groups.get(consumer)?.delete(instance);
      }
    }
  }
}

function leastLoaded(instances: ReadonlySet<Dispatcher> | undefined, type: string): Dispatcher | null {
  let best: Dispatcher | null = null;
  for (const instance of instances ?? []) {
    if (instance.takes(type) && (best === null || instance.pending < best.pending)) best = instance;
  }
  return best;
}

function createCounter() {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    get count() {
      return count;
    },
    async track<T>(work: Promise<T>): Promise<T> {
      count += 1;
      try {
        return await work;
      } finally {
        count -= 1;
        if (count === 0) {
          for (const resolve of waiting) resolve();
          waiting = [];
        }
      }
    },
    zero: () => (count === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
  };
}
