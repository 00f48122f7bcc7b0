import { type Documents, type Draft, DuplicateKey, StaleVersion } from '../documents/documents.ts';
import type { Subscription } from './bus.ts';
import type { ChangesPage, ChangesQuery } from './changes-feed.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { HandledEvents } from './handled-events.ts';
import { isReadSince, later, nextReading, type Reading, type Watermark } from './watermark.ts';

/** How a page of a producer's feed is fetched; what arrives is not trusted. */
export type FetchChanges = (
  producer: string,
  query: ChangesQuery,
) => Promise<Omit<ChangesPage, 'events'> & { readonly events: readonly unknown[] }>;

interface FeedReaderDeps {
  readonly producer: string;
  readonly from: Subscription['from'];
  readonly consumer: string;
  readonly watermarks: Documents<Watermark>;
  readonly dispatcher: Dispatcher;
  /** What the dispatcher takes: nothing else is asked for. */
  readonly types: readonly string[];
  readonly fetchChanges: FetchChanges;
  /** Also the instant at which a first start of `from: 'now'` begins. */
  readonly now: () => string;
  readonly pageSize: number;
  /** The events that this process has handled already. */
  readonly handled: HandledEvents;
  /** Told how far it is after every step. */
  readonly seen: (watermark: Watermark) => void;
  /** Lets another instance get on. */
  readonly pause: () => Promise<void>;
}

/** How far before its watermark a reading begins. */
const overlapMs = 5 * 60_000;
/** An instance that has not got on for so many pauses is not waited for any longer. */
const pausesMax = 8;

const recentMs = 60_000;

type Page = Awaited<ReturnType<FetchChanges>>;

/** Reads one producer's feed for one consumer, from its stored watermark to the end. */
export interface FeedReader {
  /** Makes the watermark when there is none: from this instant on nothing is missed. */
  prepare(): Promise<void>;
  /** One whole reading: every event was handled or parked when it resolves. Rejects when the producer or the store is away. */
  read(): Promise<void>;
  /** What was recorded in the last minute, ahead of a whole reading, which is as long as the last one is past: nearly all that an outage has
   *  kept from the consumer is in it. Moves no watermark. */
  readRecent(): Promise<void>;
  /** Forgets how far it was: the next reading begins where a first start would, except that `from: 'now'` stays where it is. */
  reset(): Promise<void>;
}

export const createFeedReader = (deps: FeedReaderDeps): FeedReader => new MarkedReader(deps);

class MarkedReader implements FeedReader {
  readonly #deps: FeedReaderDeps;
  readonly #id: string;
  /** Of the watermark, as far as was seen. */
  #version = 0;

  constructor(deps: FeedReaderDeps) {
    this.#deps = deps;
    this.#id = `${deps.consumer}:${deps.producer}:${deps.from}`;
  }
  async prepare(): Promise<void> {
    await this.#load();
  }
  async read(): Promise<void> {
    const begun = await this.#load();
    for (let mark: Watermark | null = begun; mark !== null;) {
      try {
        return await this.#readFrom(mark);
      } catch (error) {
        if (!(error instanceof StaleVersion)) throw error;
        mark = await this.#leaveToOther(begun);
      }
    }
  }
  async readRecent(): Promise<void> {
    const { at, origin } = await this.#load();
    // everything is to be read, in its order
    if (at === null) return;
    const since = later(origin, new Date(Date.parse(this.#deps.now()) - recentMs).toISOString());
    for (let after: string | null = null, more = true; more;) {
      const reading: Reading = { since, after, until: null };
      const page: Page = await fetchPage(this.#deps, reading);
      await handlePage(this.#deps, page, reading);
      after = page.next;
      more = after !== null;
    }
  }
  reset(): Promise<void> {
    const forgotten = { ...(this.#deps.from === 'beginning' && { at: null }), reading: null };
    return untilNotOvertaken(async () => void (await this.#save(await this.#load(), forgotten)));
  }

  async #load(): Promise<Watermark> {
    const { watermarks, handled, from } = this.#deps;
    const origin = from === 'now' ? this.#deps.now() : null;
    const draft = { _id: this.#id, version: 1, at: origin, origin, reading: null };
    const mark = (await watermarks.get(this.#id)) ?? (await first(watermarks, draft));
    // the store was put back to an earlier state: what is remembered may not be in it
    if (mark.version < this.#version) handled.forget();
    return this.#saw(mark);
  }
  async #save(mark: Watermark, changes: Partial<Pick<Watermark, 'at' | 'reading'>>): Promise<Watermark> {
    const { at, origin, reading } = { ...mark, ...changes };
    const draft = { _id: this.#id, version: mark.version + 1, at, origin, reading };
    return this.#saw(await this.#deps.watermarks.replace(draft, mark.version));
  }
  #saw(mark: Watermark): Watermark {
    this.#version = mark.version;
    this.#deps.seen(mark);
    return mark;
  }
  /** The next page is fetched while the handlers are at work. */
  async #readFrom(loaded: Watermark): Promise<void> {
    let mark = loaded;
    let reading: Reading | null = nextReading(mark, overlapMs);
    for (let fetching = fetchPage(this.#deps, reading); reading !== null;) {
      const page: Page = await fetching;
      const until: string = reading.until ?? page.now;
      const next: Reading | null = page.next === null ? null : { since: reading.since, after: page.next, until };
      if (next !== null) fetching = fetchPage(this.#deps, next);
      await handlePage(this.#deps, page, reading);
      mark = await this.#save(mark, next === null ? { at: later(mark.at, until), reading: null } : { reading: next });
      reading = next;
    }
  }
  /** Another instance of the consumer is at it: it is left alone as long as it gets on. From where there is still something to read; null:
   *  it was read. */
  async #leaveToOther(begun: Watermark): Promise<Watermark | null> {
    let mark = await this.#load();
    for (let pauses = 0; pauses < pausesMax; pauses += 1) {
      if (isReadSince(begun, mark)) return null;
      if (mark.reading === null) return mark;
      await this.#deps.pause();
      const now = await this.#load();
      if (now.version !== mark.version) pauses = 0;
      mark = now;
    }
    return mark;
  }
}

function fetchPage(deps: FeedReaderDeps, { since, after }: Reading): Promise<Page> {
  const page = deps.fetchChanges(deps.producer, { since, after, types: deps.types, limit: deps.pageSize });
  // one that is fetched ahead may fail while nobody waits for it yet
  page.catch(() => undefined);
  return page;
}

/** A reading from the beginning passes over nothing: what is kept may have been thrown away for it. */
async function handlePage({ handled, dispatcher }: FeedReaderDeps, { events }: Page, { since }: Reading): Promise<void> {
  const unknown = since === null ? events : events.filter((event) => !handled.has(event));
  await Promise.all(unknown.map((event) => dispatcher.deliver(event)));
}

async function first(watermarks: Documents<Watermark>, draft: Draft<Watermark>): Promise<Watermark> {
  try {
    return await watermarks.insert(draft);
  } catch (error) {
    const other = error instanceof DuplicateKey ? await watermarks.get(draft._id) : null;
    if (other === null) throw error;
    return other;
  }
}

/** Another instance of the consumer has moved the watermark: what counts is what it says now. Each time somebody has got on. */
async function untilNotOvertaken(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}
