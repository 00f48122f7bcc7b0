import { type Documents, type Draft, DuplicateKey, StaleVersion } from '../documents/documents.ts';
import type { Subscription } from './bus.ts';
import type { ChangesPage, ChangesQuery } from './changes-feed.ts';
import type { Dispatcher } from './dispatcher.ts';
import { later, nextReading, type Reading, type Watermark } from './watermark.ts';

/** How a page of a producer's feed is fetched; what arrives is not trusted. */
export type FetchChanges = (
  producer: string,
  query: ChangesQuery,
) => Promise<Omit<ChangesPage, 'events'> & { readonly events: readonly unknown[] }>;

export interface FeedReaderDeps {
  readonly producer: string;
  readonly from: Subscription['from'];
  readonly consumer: string;
  readonly watermarks: Documents<Watermark>;
  readonly dispatcher: Dispatcher;
  /** What the dispatcher takes: nothing else is asked for. */
  readonly types: readonly string[];
  readonly fetchChanges: FetchChanges;
  /** The instant at which a first start of `from: 'now'` begins. */
  readonly now: () => string;
  readonly overlapMs: number;
  readonly pageSize: number;
  /** Told how far it is after every step. */
  readonly seen: (watermark: Watermark) => void;
}

/** Reads one producer's feed for one consumer, from its stored watermark to the end. */
export interface FeedReader {
  /** Makes the watermark when there is none: from this instant on nothing is missed. */
  prepare(): Promise<void>;
  /** One whole reading: every event was handled or parked when it resolves. Rejects when the producer or the store is away. */
  read(): Promise<void>;
  /** Forgets how far it was: the next reading begins where a first start would, except that `from: 'now'` stays where it is. */
  reset(): Promise<void>;
}

export function createFeedReader(deps: FeedReaderDeps): FeedReader {
  const { watermarks, seen } = deps;
  const id = `${deps.consumer}:${deps.producer}:${deps.from}`;

  const load = async (): Promise<Watermark> => {
    const origin = deps.from === 'now' ? deps.now() : null;
    const mark = (await watermarks.get(id)) ?? (await first(watermarks, { _id: id, version: 1, at: origin, origin, reading: null }));
    seen(mark);
    return mark;
  };
  const save = async (mark: Watermark, changes: Partial<Pick<Watermark, 'at' | 'reading'>>): Promise<Watermark> => {
    const { at, origin, reading } = { ...mark, ...changes };
    const saved = await watermarks.replace({ _id: id, version: mark.version + 1, at, origin, reading }, mark.version);
    seen(saved);
    return saved;
  };
  const readFrom = async (loaded: Watermark): Promise<void> => {
    let mark = loaded;
    for (let reading: Reading | null = nextReading(mark, deps.overlapMs); reading !== null;) {
      const step = await readPage(deps, reading);
      reading = step.next;
      mark = await save(mark, reading === null ? { at: later(mark.at, step.until), reading: null } : { reading });
    }
  };
  return {
    prepare: async () => void (await load()),
    read: () => untilNotOvertaken(async () => readFrom(await load())),
    reset: () =>
      untilNotOvertaken(async () => void (await save(await load(), { ...(deps.from === 'beginning' && { at: null }), reading: null }))),
  };
}

async function readPage(deps: FeedReaderDeps, { since, after, until }: Reading): Promise<{ next: Reading | null; until: string }> {
  const page = await deps.fetchChanges(deps.producer, { since, after, types: deps.types, limit: deps.pageSize });
  await Promise.all(page.events.map((event) => deps.dispatcher.deliver(event)));
  const end = until ?? page.now;
  return { next: page.next === null ? null : { since, after: page.next, until: end }, until: end };
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

/** Another instance of the consumer, or a rebuild, has moved the watermark: what counts is what it says now. Each time somebody has got on. */
async function untilNotOvertaken(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}
