import type { Logger } from 'pino';
import type { Documents } from '../documents/documents.ts';
import { type Clock, instantOf } from '../service/clock.ts';
import type { Bus, Parking, Subscription } from './bus.ts';
import { createDispatcher, DispatcherClosed } from './dispatcher.ts';
import { createFeedReader, type FeedReader, type FetchChanges } from './feed-reader.ts';
import { endlessRetries, type RetryPolicy } from './retry-policy.ts';
import type { Watermark } from './watermark.ts';

export interface CatchUpOptions {
  readonly consumer: string;
  readonly subscriptions: readonly Subscription[];
  readonly parking: Parking;
  /** Opened by `watermarksCollection`. */
  readonly watermarks: Documents<Watermark>;
  readonly fetchChanges: FetchChanges;
  readonly bus: Pick<Bus, 'onReconnect'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Handlers at once, for each producer. Default 32. */
  readonly prefetch?: number;
  /** Of the handlers. Default: `handlerRetries`. */
  readonly retries?: RetryPolicy;
  /** Default 600,000 (10 minutes). */
  readonly everyMs?: number;
  /** Default 300,000 (5 minutes). */
  readonly overlapMs?: number;
  /** Default 200. */
  readonly pageSize?: number;
  /** How long `start` waits for producers that are away. Default 2,000: what is stored is sound without it, only perhaps not the newest. */
  readonly giveUpAfterMs?: number;
}

export interface FeedState {
  readonly producer: string;
  readonly from: Subscription['from'];
  readonly state: 'reading' | 'current' | 'away';
  /** What went wrong the last time, in one line; null unless away. */
  readonly detail: string | null;
  /** Everything recorded before is handled; null: the first reading (or a rebuild) is not finished. */
  readonly at: string | null;
}

/** Reads the producers' changes feeds into the same handlers as the bus: at start, after every reconnect, and now and then.
 *  The bus is fast, the feed is sure. Subscribe to the bus before starting it, so that nothing falls in between. */
export interface CatchUp {
  /** Resolves after the first reading of every feed, or when it has waited long enough for one that is away (it goes on in the background).
   *  Rejects when its own store is away. */
  start(): Promise<void>;
  /** Begins a reading of every feed now and resolves when all are through. */
  now(): Promise<void>;
  /** Reads this producer's feed from the beginning again, for the subscriptions that begin there. Resolves when the feed is asked; `state` tells. */
  rebuild(producer: string): Promise<void>;
  state(): readonly FeedState[];
  stop(): Promise<void>;
}

export function createCatchUp(options: CatchUpOptions): CatchUp {
  const { clock, bus, giveUpAfterMs = 2_000 } = options;
  const closing = new AbortController();
  const feeds = feedsOf(options.subscriptions).map((of) => createFeed(options, of, closing.signal));
  bus.onReconnect(() => {
    for (const feed of feeds) feed.nudge();
  });
  const readAll = async (): Promise<void> => void (await Promise.all(feeds.map((feed) => feed.readNow())));
  return {
    async start() {
      await Promise.all(feeds.map((feed) => feed.prepare()));
      const waited = new AbortController();
      const through = readAll();
      for (const feed of feeds) feed.run();
      await Promise.race([through, clock.delay(giveUpAfterMs, AbortSignal.any([waited.signal, closing.signal]))]);
      waited.abort();
    },
    now: readAll,
    async rebuild(producer) {
      await Promise.all(feeds.filter((feed) => feed.state().producer === producer).map((feed) => feed.rebuild()));
    },
    state: () => feeds.map((feed) => feed.state()),
    async stop() {
      closing.abort();
      await Promise.all(feeds.map((feed) => feed.stop()));
    },
  };
}

interface FeedOf {
  readonly producer: string;
  readonly from: Subscription['from'];
  readonly subscriptions: readonly Subscription[];
}

/** One feed for each producer and each way to begin: what begins now must not see what was before, and what begins at the beginning must. */
function feedsOf(subscriptions: readonly Subscription[]): FeedOf[] {
  const feeds = Map.groupBy(subscriptions, ({ event, from }) => `${event.source}:${from}`);
  return [...feeds.values()].flatMap((together) =>
    together.slice(0, 1).map(({ event, from }) => ({ producer: event.source, from, subscriptions: together })),
  );
}

interface Feed {
  prepare(): Promise<void>;
  run(): void;
  nudge(): void;
  /** Resolves when a reading that begins after this call is through, or when it is stopped. */
  readNow(): Promise<void>;
  rebuild(): Promise<void>;
  state(): FeedState;
  stop(): Promise<void>;
}

function createFeed(options: CatchUpOptions, { producer, from, subscriptions }: FeedOf, closed: AbortSignal): Feed {
  const { clock, everyMs = 600_000 } = options;
  const state: { -readonly [K in keyof FeedState]: FeedState[K] } = { producer, from, state: 'reading', detail: null, at: null };
  const { reader, closeHandlers } = readerOf(options, { producer, from, subscriptions }, (mark) => (state.at = mark.at));
  let waiting: (() => void)[] = [];
  let nudged = new AbortController();
  let running = Promise.resolve();
  const nudge = (): void => nudged.abort();
  const loop = async (): Promise<void> => {
    for (let failures = 0; !closed.aborted;) {
      nudged = new AbortController();
      const answered = waiting;
      waiting = [];
      state.state = 'reading';
      const failure = await outcomeOf(reader.read());
      failures = failure === null ? 0 : failures + 1;
      Object.assign(state, failure === null ? { state: 'current', detail: null } : { state: 'away', detail: oneLine(failure) });
      if (failure === null) for (const resolve of answered) resolve();
      else waiting.push(...answered);
      if (failure !== null && !(failure instanceof DispatcherClosed))
        options.log.warn({ err: failure, producer }, 'the changes feed could not be read');
      const pauseMs = failure === null ? everyMs : endlessRetries.delayMs(failures);
      if (!nudged.signal.aborted) await clock.delay(pauseMs, AbortSignal.any([closed, nudged.signal]));
    }
    for (const resolve of waiting) resolve();
  };
  const readNow = (): Promise<void> => {
    nudge();
    return closed.aborted ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    prepare: () => reader.prepare(),
    run: () => void (running = loop()),
    nudge,
    readNow,
    async rebuild() {
      await reader.reset();
      nudge();
    },
    state: () => ({ ...state }),
    async stop() {
      await closeHandlers();
      await running;
    },
  };
}

function readerOf(options: CatchUpOptions, { producer, from, subscriptions }: FeedOf, seen: (mark: Watermark) => void) {
  const { consumer, parking, clock, log, prefetch = 32, retries, watermarks, fetchChanges, overlapMs = 300_000, pageSize = 200 } = options;
  const dispatcher = createDispatcher({ consumer, subscriptions, parking, clock, log, prefetch, ...(retries && { retries }) });
  const now = (): string => instantOf(clock);
  const reader: FeedReader = createFeedReader({
    producer,
    from,
    consumer,
    watermarks,
    dispatcher,
    types: subscriptions.map(({ event }) => event.type),
    fetchChanges,
    now,
    overlapMs,
    pageSize,
    seen,
  });
  return { reader, closeHandlers: () => dispatcher.close() };
}

/** What went wrong, or null. */
const outcomeOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error ?? new Error('rejected with nothing'),
  );

const oneLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
