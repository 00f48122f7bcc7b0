import { accessTo, demandAccess, type Viewer } from '@commonpurse/shared/access';
import type { JsonObject } from '@commonpurse/shared/documents';
import { type Caller, decodeCursor, type ListQuery, notFound, type Page, toPage } from '@commonpurse/shared/http';
import { type HistoryLine, readHistoryPart } from '@commonpurse/shared/messaging';
import { type RecordDoc, recordResource } from '../entries/record.ts';
import type { RecordsStore } from '../store.ts';
import { untoldChanges } from './record-change.ts';

/** One change, as GET history shows it. */
interface HistoryItem {
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly version: number;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** Of the request that caused it; of an imported row, its import's id. */
  readonly requestId: string;
}

/** Every change of a living record, newest first; to somebody else than its owner, those before and after which they may see it. Refuses: 400, 404. */
export async function readRecordHistory(
  { store, installationKey }: { readonly store: RecordsStore; readonly installationKey: Buffer },
  caller: Caller,
  id: string,
  query: ListQuery,
): Promise<Page<HistoryItem>> {
  const scope = { installationKey, userId: caller.userId, route: '/records/:id/history', sort: '-version', filter: id };
  const below = query.cursor === undefined ? Infinity : Number(decodeCursor(scope, query.cursor)[0]);
  const record = await store.records.get(id);
  if (!record || record.deletedAt !== undefined) throw notFound();
  demandAccess(caller, recordResource(record), 'view');
  const { page, total } = await (caller.userId === record.ownerId ? ownPart : seenPart(caller, query.count))(store, record, {
    below,
    limit: query.limit + 1,
  });
  const rendered = toPage(page, { query, scope, render: (item) => item }, (item) => [item.version]);
  return query.count ? { ...rendered, total } : rendered;
}

/** What of a history a page is made of. */
interface Wanted {
  readonly below: number;
  readonly limit: number;
}
interface Part {
  readonly page: readonly HistoryItem[];
  /** Of all pages. */
  readonly total: number;
}

/** Its owner sees all of it, one change for each version: only the page is read, however often the record was changed. */
async function ownPart({ history }: RecordsStore, record: RecordDoc, { below, limit }: Wanted): Promise<Part> {
  const lines = await readHistoryPart(history, record, { order: 'newest-first', below, limit });
  return { page: itemsOf(record, lines.toReversed()).filter(({ version }) => version < below), total: record.version };
}

/** Others see what lies in the scope before and after. No more is read than the page needs, unless they ask how many there are. */
const seenPart =
  (viewer: Viewer, counted: boolean) =>
  async ({ history }: RecordsStore, record: RecordDoc, { below, limit }: Wanted): Promise<Part> => {
    const page: HistoryItem[] = [];
    let total = 0;
    for await (const item of seenBy(viewer, record, changesOf(history, record))) {
      total += 1;
      if (item.version < below && page.length < limit) page.push(item);
      if (page.length === limit && !counted) break;
    }
    return { page, total };
  };

/** A history can be of any length: so much of it is held at once. */
const readAtOnce = 100;

/** Every change, newest first. */
async function* changesOf(history: RecordsStore['history'], record: RecordDoc): AsyncGenerator<HistoryItem> {
  for (let below = record.version + 1, goesOn = true; goesOn;) {
    const lines = await readHistoryPart(history, record, { order: 'newest-first', below, limit: readAtOnce });
    const before = below;
    yield* itemsOf(record, lines.toReversed()).filter(({ version }) => version < before);
    goesOn = lines.length === readAtOnce;
    below = lines.at(-1)?.entry.version ?? 0;
  }
}

/** Newest first.
 *  @param lines oldest first */
function itemsOf(record: RecordDoc, lines: readonly HistoryLine[]): HistoryItem[] {
  const told = lines.map(({ entry }) => ({ ...entry, ...(entry.change ?? { before: null, after: null }) }));
  // The record may have been changed since it was read: then its lines tell what was untold, too.
  const silent = lines.length > 0 ? [] : untoldChanges(record);
  const untold = silent.map((item) => ({ ...item, ...item.change, requestId: record.importId ?? '' }));
  return [...untold, ...told]
    .map(({ at, by, action, version, before, after, requestId }) => ({ at, by, action, version, before, after, requestId }))
    .toReversed();
}

/** What decides about access is known of every version: the owner and the type never change, the category is the record's, and each change that
 *  gave it another one tells which it was. */
async function* seenBy(viewer: Viewer, record: RecordDoc, newestFirst: AsyncIterable<HistoryItem>): AsyncGenerator<HistoryItem> {
  const resource = recordResource(record);
  if (resource.kind !== 'record') return;
  const sees = (category: string | null): boolean => accessTo(viewer, { ...resource, category }) !== 'none';
  let { category } = resource;
  for await (const item of newestFirst) {
    const { before, after } = item;
    const became = categoryIn(after, category);
    category = categoryIn(before, became);
    // Of an erased change nothing is known.
    if ((before ?? after) !== null && (before === null || sees(category)) && sees(became)) yield item;
  }
}

const categoryIn = (fields: JsonObject | null, otherwise: string | null): string | null => {
  const named = fields?.['category'];
  return typeof named === 'string' ? named : otherwise;
};
