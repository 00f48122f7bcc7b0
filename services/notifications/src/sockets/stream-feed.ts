import type { FeedEntry } from '../feed/entry.ts';
import type { FeedReader } from '../feed/read-entries.ts';
import { type NumberedFrame, type RenderEntries, renderLive } from './render-entries.ts';

/** One user's feed as this instance shows it to that user's sockets, while there are any. */
export interface FeedStream {
  /** The highest number known to be in the feed. */
  readonly head: number;
  /** These entries are in the feed now. */
  learn(entries: readonly FeedEntry[]): void;
  /** Another instance says that the feed has grown to `seq`. */
  hear(seq: number): void;
  /** Looks into the store what its head is. */
  look(): Promise<number>;
  /** What comes next behind `seq`, at once where it was just appended here; null: ask the store. */
  recentAfter(seq: number): readonly NumberedFrame[] | null;
  /** What comes next behind `seq`, from the store, no further than `head`: what the store holds beyond it may not be settled yet. [] at the end;
   *  `gone` when it is kept no more. */
  readAfter(seq: number): Promise<readonly NumberedFrame[] | 'gone'>;
  /** Begins this when all that was given before it has ended: of a user's replays one reads and renders at a time. Twenty at once would make of every
   *  turn of the event loop twenty times as long a one, for everybody. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}
interface FeedStreamDeps {
  readonly userId: string;
  readonly reader: FeedReader;
  readonly render: RenderEntries;
  /** The head has moved. */
  readonly moved: () => void;
}

const recentMax = 256;

export function createFeedStream({ userId, reader, render, moved }: FeedStreamDeps): FeedStream {
  let head = 0;
  /** The newest frames without a gap, rendered once for all sockets of the user. */
  let recent: NumberedFrame[] = [];
  /** How often anybody has said where the head is. */
  let said = 0;
  const raise = (seq: number): void => {
    said += 1;
    if (seq <= head) return;
    head = seq;
    moved();
  };
  return {
    get head() {
      return head;
    },
    learn(entries) {
      for (const entry of entries) recent = withNewest(recent, entry);
      raise(entries.at(-1)?.seq ?? 0);
    },
    hear: raise,
    async look() {
      raise(await reader.lastSeq(userId));
      return head;
    },
    recentAfter: (seq) => framesAfter(seq, recent),
    async readAfter(seq) {
      const saidBefore = said;
      const entries = await reader.after(userId, seq);
      if (entries === 'gone') return entries;
      // A hint that promised more than there is must not be asked for again and again; what was said meanwhile may be news.
      if (entries.length === 0 && said === saidBefore) head = seq;
      const told = entries.filter((entry) => entry.seq <= head);
      return render(userId, told);
    },
    inTurn: createTurns(),
  };
}

function createTurns(): FeedStream['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // one that fails keeps nobody from theirs
    last = turn.catch(() => undefined);
    return turn;
  };
}

function framesAfter(seq: number, recent: readonly NumberedFrame[]): readonly NumberedFrame[] | null {
  const [oldest] = recent;
  return oldest && oldest.seq <= seq + 1 && oldest.seq + recent.length > seq + 1 ? recent.slice(seq + 1 - oldest.seq) : null;
}

function withNewest(recent: NumberedFrame[], entry: FeedEntry): NumberedFrame[] {
  const last = recent.at(-1)?.seq ?? entry.seq - 1;
  if (entry.seq <= last) return recent;
  const frame = renderLive(entry);
  if (frame === null) return [];
  if (entry.seq > last + 1) return [frame];
  if (recent.length >= 2 * recentMax) recent.splice(0, recentMax);
  recent.push(frame);
  return recent;
}
