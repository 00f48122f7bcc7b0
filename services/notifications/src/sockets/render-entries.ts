import type { RecordView } from '@commonpurse/shared/contracts';
import type { Documents } from '@commonpurse/shared/documents';
import { batchesOf, type Peers } from '@commonpurse/shared/service';
import type { FeedEntry } from '../feed/entry.ts';
import { type InboxItem, itemOf, itemView, type ReadMark, type ReadMarks } from '../inbox/item.ts';
import { frameText } from './frame.ts';

interface RenderDeps {
  readonly peers: Peers;
  readonly inbox: Documents<InboxItem>;
  readonly marks: Documents<ReadMarks>;
}
/** A numbered frame, ready for the wire. */
export interface NumberedFrame {
  readonly seq: number;
  readonly text: string;
}
/** Renders entries for their user as things are now. Rejects when records can't be asked. */
export type RenderEntries = (userId: string, entries: readonly FeedEntry[]) => Promise<NumberedFrame[]>;

/** What the entries' own data does not tell: the records as the viewer may see them now, and what was read. */
interface Facts {
  readonly records: ReadonlyMap<string, RecordView>;
  readonly items: ReadonlyMap<string, InboxItem>;
  readonly marks: readonly ReadMark[];
}
const nothing: Facts = { records: new Map(), items: new Map(), marks: [] };

export const createRender =
  (deps: RenderDeps): RenderEntries =>
  async (userId, entries) => {
    const facts = await lookUp(deps, userId, entries);
    return entries.map((entry) => numbered(entry, facts));
  };

/** As the event that made the entry tells it; only for entries that were just appended by this instance. null: what the viewer may see of it has
 *  to be asked first. */
export const renderLive = (entry: FeedEntry): NumberedFrame | null => {
  if (!entry.live) return showsRecord(entry) ? null : numbered(entry, nothing);
  return { seq: entry.seq, text: frameText(entry.kind, entry.at, entry.live(), entry.seq) };
};

/** A record that is gone, or that the viewer may not see any more, is told as deleted, under its own number. */
function numbered(entry: FeedEntry, facts: Facts): NumberedFrame {
  const { seq, at, kind, data } = entry;
  if (kind === 'notification') {
    return { seq, text: frameText(kind, at, { ...itemView(facts.items.get(entry.key) ?? itemOf(entry), facts.marks) }, seq) };
  }
  if (!showsRecord(entry)) return { seq, text: frameText(kind, at, data, seq) };
  const record = facts.records.get(recordIdOf(entry));
  return { seq, text: record ? frameText(kind, at, record, seq) : frameText('record.deleted', at, data, seq) };
}

const showsRecord = ({ kind }: FeedEntry): boolean => kind === 'record.created' || kind === 'record.updated';
const recordIdOf = (entry: FeedEntry): string => entry.data['id'] as string;

async function lookUp(deps: RenderDeps, userId: string, entries: readonly FeedEntry[]): Promise<Facts> {
  const itemIds = entries.filter((entry) => entry.kind === 'notification').map((entry) => entry.key);
  const recordIds = [...new Set(entries.filter(showsRecord).map(recordIdOf))];
  const [items, marks, records] = await Promise.all([
    itemIds.length > 0 ? deps.inbox.getMany(itemIds) : [],
    itemIds.length > 0 ? deps.marks.get(userId) : null,
    viewsOf(deps.peers, userId, recordIds),
  ]);
  return { records, items: new Map(items.map((item) => [item._id, item])), marks: marks?.marks ?? [] };
}

const idsMax = 100;

async function viewsOf(peers: Peers, viewerId: string, ids: readonly string[]): Promise<Map<string, RecordView>> {
  const views = new Map<string, RecordView>();
  for (const some of batchesOf(ids, idsMax)) {
    const body = { viewerId, ids: some };
    const { records } = await peers.post<{ records: Record<string, RecordView | null> }>('records', '/internal/records/views', body);
    for (const [id, view] of Object.entries(records)) if (view !== null) views.set(id, view);
  }
  return views;
}
