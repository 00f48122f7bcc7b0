import { DuplicateKey, type Documents } from '@commonpurse/shared/documents';
import type { Clock } from '@commonpurse/shared/service';
import { entriesOf, type EntryDraft, type FeedEntry, type FeedPage, pageOf } from './entry.ts';
import { readLastSeq } from './read-entries.ts';

/** Puts entries into users' feeds: each once, numbered without a gap, whatever is delivered twice or appended elsewhere at the same time. */
export interface FeedWriter {
  /** Resolves with the numbered entries, in the order given, when they are durable. Those of one call land together. */
  append(userId: string, drafts: readonly EntryDraft[]): Promise<readonly AppendedEntry[]>;
}
interface AppendedEntry extends FeedEntry {
  /** It was in the feed before it was to be appended. */
  readonly wasThere: boolean;
}
export interface FeedWriterDeps {
  readonly pages: Documents<FeedPage>;
  /** What must be stored before anybody is told of the notifications among them; may see an entry again after a crash in between. */
  settle(entries: readonly FeedEntry[]): Promise<void>;
  /** Tells that these entries are in the feed now, ascending. Entries that were there already are told again. */
  announce(userId: string, entries: readonly FeedEntry[]): void;
  readonly clock: Clock;
}

interface Call {
  readonly drafts: readonly EntryDraft[];
  resolve(entries: readonly AppendedEntry[]): void;
  reject(error: unknown): void;
}
interface UserQueue {
  readonly userId: string;
  readonly waiting: Call[];
  running: boolean;
  /** The last number as far as this instance knows; null: ask the store. */
  last: number | null;
  lastAtMs: number;
}

const pageEntriesMax = 200;
const idleQueuesMax = 10_000;
/** A number that another instance has taken meanwhile is refused by the store, but only as long as its page is kept: what was not used for
 *  so long is asked for again. */
const rememberedMs = 60_000;

/** One queue per user: what arrives while an append is on its way goes into the next page together. */
export function createFeedWriter(deps: FeedWriterDeps): FeedWriter {
  const queues = new Map<string, UserQueue>();
  const drain = async (queue: UserQueue): Promise<void> => {
    queue.running = true;
    while (queue.waiting.length > 0) await appendCalls(deps, queue, takeCalls(queue.waiting));
    queue.running = false;
    forgetIdle(queues);
  };
  return {
    append: (userId, drafts) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(userId) ?? { userId, waiting: [], running: false, last: null, lastAtMs: 0 };
        // Set anew each time: the map's order is then the order of use.
        queues.delete(userId);
        queues.set(userId, queue);
        queue.waiting.push({ drafts, resolve, reject });
        if (!queue.running) void drain(queue);
      }),
  };
}

function takeCalls(waiting: Call[]): Call[] {
  let entries = 0;
  const fitting = waiting.findIndex((call) => (entries += call.drafts.length) > pageEntriesMax);
  return waiting.splice(0, fitting === -1 ? waiting.length : Math.max(fitting, 1));
}

function forgetIdle(queues: Map<string, UserQueue>): void {
  if (queues.size <= idleQueuesMax) return;
  for (const [userId, queue] of queues) {
    if (!queue.running) return void queues.delete(userId);
  }
}

async function appendCalls(deps: FeedWriterDeps, queue: UserQueue, calls: readonly Call[]): Promise<void> {
  try {
    const drafts = new Map(calls.flatMap((call) => call.drafts.map((draft) => [draft.key, draft] as const)));
    if (deps.clock.now() - queue.lastAtMs > rememberedMs) queue.last = null;
    const entries = await appendOnce(deps.pages, queue, drafts);
    queue.lastAtMs = deps.clock.now();
    const ascending = [...entries.values()].toSorted((a, b) => a.seq - b.seq);
    await tell(deps, queue.userId, ascending);
    for (const call of calls) call.resolve(call.drafts.map((draft) => entries.get(draft.key)!));
  } catch (error) {
    // Whether the page landed is not known, so neither is the last number.
    queue.last = null;
    for (const call of calls) call.reject(error);
  }
}

/** In their order: what goes before the first notification at once, for it needs nothing but the feed; the rest when that is settled. */
async function tell({ settle, announce }: FeedWriterDeps, userId: string, ascending: readonly FeedEntry[]): Promise<void> {
  const first = ascending.findIndex(({ kind }) => kind === 'notification');
  const ahead = first === -1 ? ascending.length : first;
  if (ahead > 0) announce(userId, ascending.slice(0, ahead));
  if (first === -1) return;
  await settle(ascending);
  announce(userId, ascending.slice(ahead));
}

/** Appends those that are not there yet as one page. A refused insert says that another instance took the number or appended the
 *  same event: both are read again, so a loser always sees the winner and the loop ends. */
async function appendOnce(
  pages: Documents<FeedPage>,
  queue: UserQueue,
  drafts: Map<string, EntryDraft>,
): Promise<Map<string, AppendedEntry>> {
  const known = new Map<string, AppendedEntry>();
  for (;;) {
    const missing = [...drafts.values()].filter((draft) => !known.has(draft.key));
    if (missing.length === 0) return known;
    queue.last ??= await readLastSeq(pages, queue.userId);
    const page = pageOf(queue.userId, queue.last, missing);
    try {
      await pages.insert(page);
      queue.last = page.last;
      for (const [index, entry] of entriesOf(page).entries()) known.set(entry.key, { ...missing[index]!, ...entry, wasThere: false });
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      queue.last = null;
      for (const entry of await findEntries(pages, [...drafts.keys()]))
        known.set(entry.key, { ...drafts.get(entry.key)!, ...entry, wasThere: true });
    }
  }
}

async function findEntries(pages: Documents<FeedPage>, keys: readonly string[]): Promise<FeedEntry[]> {
  const asked = new Set(keys);
  const found = await pages.find({ eventKeys: { $in: keys } });
  return found.flatMap(entriesOf).filter((entry) => asked.has(entry.key));
}
