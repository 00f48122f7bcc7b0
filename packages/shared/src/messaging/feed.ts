import { instantOf } from '../service/clock.ts';
import type { Subscription } from './bus.ts';
import type { CatchUpOptions, FeedState } from './catch-up.ts';
import { createDispatcher, type Dispatcher, DispatcherClosed } from './dispatcher.ts';
import { createFeedReader, type FeedReader, type FetchChanges } from './feed-reader.ts';
import { createHandledEvents } from './handled-events.ts';
import { endlessRetries } from './retry-policy.ts';

interface FeedOf {
  readonly producer: string;
  readonly from: Subscription['from'];
  readonly subscriptions: readonly Subscription[];
}

/** One feed for each producer and each way to begin: what begins now must not see what was before, and what begins at the beginning must. */
export function feedsOf(subscriptions: readonly Subscription[]): FeedOf[] {
  const feeds = Map.groupBy(subscriptions, ({ event, from }) => `${event.source}:${from}`);
  return [...feeds.values()].flatMap((together) =>
    together.slice(0, 1).map(({ event, from }) => ({ producer: event.source, from, subscriptions: together })),
  );
}

/** Reads one producer's feed at its times. */
export interface Feed {
  /** Makes the watermark when there is none: from this instant on nothing is missed. */
  prepare(): Promise<void>;
  run(): void;
  /** Begins the next reading now, or as soon as the present one is over. */
  nudge(): void;
  /** As `nudge`, and what is recent comes first, as at a start: the bus was away. */
  reconnected(): void;
  /** Resolves when a reading that begins after this call is through, or when it is stopped. */
  readNow(): Promise<void>;
  rebuild(): Promise<void>;
  state(): FeedState;
  stop(): Promise<void>;
}

export const createFeed = (options: CatchUpOptions, of: FeedOf, closed: AbortSignal): Feed => new ReadFeed(options, of, closed);

/** How often an instance looks how far the one has come that reads the same feed. */
const overtakenMs = 250;

class ReadFeed implements Feed {
  readonly #options: CatchUpOptions;
  readonly #closed: AbortSignal;
  readonly #dispatcher: Dispatcher;
  readonly #reader: FeedReader;
  #state: FeedState;
  #waiting: (() => void)[] = [];
  #nudged = new AbortController();
  #recentFirst = true;
  #running = Promise.resolve();

  constructor(options: CatchUpOptions, of: FeedOf, closed: AbortSignal) {
    const { parking, clock, log, retries, pageSize = 200, ...known } = options;
    const { producer, from, subscriptions } = of;
    this.#options = options;
    this.#closed = closed;
    this.#state = { producer, from, state: 'reading', detail: null, at: null };
    this.#dispatcher = createDispatcher({ ...known, subscriptions, parking, clock, log, prefetch: pageSize, ...(retries && { retries }) });
    this.#reader = createFeedReader({
      ...known,
      fetchChanges: untilClosed(known.fetchChanges, closed),
      producer,
      from,
      dispatcher: this.#dispatcher,
      types: subscriptions.map(({ event }) => event.type),
      now: () => instantOf(clock),
      pageSize,
      handled: options.handled ?? createHandledEvents(),
      pause: () => clock.delay(overtakenMs, closed),
      seen: ({ at }) => (this.#state = { ...this.#state, at }),
    });
  }
  state(): FeedState {
    return this.#state;
  }
  prepare(): Promise<void> {
    return this.#reader.prepare();
  }
  run(): void {
    this.#running = this.#loop();
  }
  nudge(): void {
    this.#nudged.abort();
  }
  reconnected(): void {
    this.#recentFirst = true;
    this.nudge();
  }
  readNow(): Promise<void> {
    this.nudge();
    return this.#closed.aborted ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
  async rebuild(): Promise<void> {
    await this.#reader.reset();
    this.nudge();
  }
  async stop(): Promise<void> {
    await this.#dispatcher.close();
    await this.#running;
  }

  async #loop(): Promise<void> {
    for (let failures = 0; !this.#closed.aborted;) {
      this.#nudged = new AbortController();
      failures = (await this.#read()) ? 0 : failures + 1;
      const { clock, everyMs = 600_000 } = this.#options;
      const pauseMs = failures === 0 ? everyMs : endlessRetries.delayMs(failures);
      if (!this.#nudged.signal.aborted) await clock.delay(pauseMs, AbortSignal.any([this.#closed, this.#nudged.signal]));
    }
    for (const resolve of this.#waiting) resolve();
  }
  /** Whether it got through. */
  async #read(): Promise<boolean> {
    const answered = this.#waiting;
    this.#waiting = [];
    this.#state = { ...this.#state, state: 'reading' };
    try {
      if (this.#recentFirst) await this.#reader.readRecent();
      this.#recentFirst = false;
      await this.#reader.read();
      this.#state = { ...this.#state, state: 'current', detail: null };
      for (const resolve of answered) resolve();
      return true;
    } catch (error) {
      this.#waiting.push(...answered);
      this.#state = { ...this.#state, state: 'away', detail: oneLine(error) };
      const { log } = this.#options;
      if (!(error instanceof DispatcherClosed))
        log.warn({ err: error, producer: this.#state.producer }, 'the changes feed could not be read');
      return false;
    }
  }
}

/** What a producer that hangs would say is not waited for any more: a stop has to have time left for the relay. */
function untilClosed(fetchChanges: FetchChanges, closed: AbortSignal): FetchChanges {
  return async (producer, query) => {
    const over = Promise.withResolvers<never>();
    const giveUp = (): void => over.reject(new DispatcherClosed(`the feed of ${producer} is read no more`));
    closed.addEventListener('abort', giveUp);
    if (closed.aborted) giveUp();
    return Promise.race([fetchChanges(producer, query), over.promise]).finally(() => closed.removeEventListener('abort', giveUp));
  };
}

const oneLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
