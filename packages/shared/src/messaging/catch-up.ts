import type { Logger } from 'pino';
import type { Documents } from '../documents/documents.ts';
import type { Clock } from '../service/clock.ts';
import type { Bus, Parking, Subscription } from './bus.ts';
import { createFeed, type Feed, feedsOf } from './feed.ts';
import type { FetchChanges } from './feed-reader.ts';
import type { HandledEvents } from './handled-events.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { Watermark } from './watermark.ts';

export interface CatchUpOptions {
  readonly consumer: string;
  readonly subscriptions: readonly Subscription[];
  readonly parking: Parking;
  /** Opened by `watermarksCollection`. */
  readonly watermarks: Documents<Watermark>;
  readonly fetchChanges: FetchChanges;
  /** Those that `remembering` subscriptions have handled. Default: nothing is passed over. */
  readonly handled?: HandledEvents;
  readonly bus: Pick<Bus, 'onReconnect'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the handlers. Default: `handlerRetries`. */
  readonly retries?: RetryPolicy;
  /** Default 600,000 (10 minutes). */
  readonly everyMs?: number;
  /** Events on a page, and handlers at once for each producer: most of a page is known, and handlers that do together what comes together are
   *  through with it several times faster. Default 200. */
  readonly pageSize?: number;
  /** How long `start` waits for the first reading. Default 250, in which a short one is through: what is stored is sound without it, only
   *  perhaps not the newest, and a long one goes on behind a service that answers already. */
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
  /** Resolves after the first reading of every feed, or when it has waited long enough for one that is long or away (it goes on in the background).
   *  Rejects when its own store is away. */
  start(): Promise<void>;
  /** Begins a reading of every feed (of this producer) now and resolves when all are through. */
  now(producer?: string): Promise<void>;
  /** Reads this producer's feed from the beginning again, for the subscriptions that begin there. Resolves when the feed is asked; `state` tells. */
  rebuild(producer: string): Promise<void>;
  state(): readonly FeedState[];
  stop(): Promise<void>;
}

export function createCatchUp(options: CatchUpOptions): CatchUp {
  const { clock, bus, giveUpAfterMs = 250 } = options;
  const closing = new AbortController();
  const feeds = feedsOf(options.subscriptions).map((of) => createFeed(options, of, closing.signal));
  bus.onReconnect(() => {
    for (const feed of feeds) feed.reconnected();
  });
  const feedsFrom = (producer?: string): Feed[] => feeds.filter((feed) => [undefined, feed.state().producer].includes(producer));
  const readAll = async (producer?: string): Promise<void> => void (await Promise.all(feedsFrom(producer).map((feed) => feed.readNow())));
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
      await Promise.all(feedsFrom(producer).map((feed) => feed.rebuild()));
    },
    state: () => feeds.map((feed) => feed.state()),
    async stop() {
      closing.abort();
      await Promise.all(feeds.map((feed) => feed.stop()));
    },
  };
}
