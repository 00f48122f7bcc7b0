import type { Doc, Draft, JsonObject } from '@commonpurse/shared/documents';
import type { FeedEntry } from '../feed/entry.ts';

/** One item of a user's inbox, as long as the user exists. It is numbered by its frame, and outlives it. */
export interface InboxItem extends Doc {
  /** The key of its feed entry. */
  readonly _id: string;
  readonly userId: string;
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly title: string;
  readonly body: string;
  readonly data: JsonObject;
  /** When it was read by itself; what `read-all` covers is told by the marks. */
  readonly readAt: string | null;
  /** The user while it was not read by itself; absent then. What the index of unread items is made of. */
  readonly unreadOf?: string;
}

/** A `read-all`: everything up to this number was read then. */
export interface ReadMark {
  readonly upTo: number;
  readonly at: string;
}
/** A user's `read-all`s, ascending; one small document instead of a write per item. */
export interface ReadMarks extends Doc {
  /** The user's id. */
  readonly _id: string;
  readonly marks: readonly ReadMark[];
}

/** What a notification's feed entry carries in `data`. */
export interface ItemContent {
  readonly type: string;
  readonly title: string;
  readonly body: string;
  readonly data: JsonObject;
}

export interface ItemView extends ItemContent {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly readAt: string | null;
}

/** The inbox item of a notification's feed entry, unread. */
export function itemOf(entry: FeedEntry): Draft<InboxItem> {
  const { type, title, body, data } = entry.data as unknown as ItemContent;
  return {
    _id: entry.key,
    version: 1,
    userId: entry.userId,
    seq: entry.seq,
    type,
    at: entry.at,
    title,
    body,
    data,
    readAt: null,
    unreadOf: entry.userId,
  };
}

/** The item as read at an instant; null when it was read before. */
export function markedRead(item: InboxItem, at: string): Draft<InboxItem> | null {
  if (item.readAt !== null) return null;
  const { unreadOf: _, ...rest } = item;
  return { ...rest, version: item.version + 1, readAt: at };
}

/** Everything up to this number has been read. */
export const readUpTo = (marks: readonly ReadMark[]): number => marks.at(-1)?.upTo ?? 0;

const marksMax = 200;

/** The marks with one more; the same ones when it adds nothing. The oldest two become one when there are too many. */
export function withMark(marks: readonly ReadMark[], mark: ReadMark): readonly ReadMark[] {
  if (mark.upTo <= readUpTo(marks)) return marks;
  const kept = marks.length < marksMax ? marks : marks.slice(1);
  return [...kept, mark];
}

/** When it was read: by itself or by the first `read-all` that covers it, whichever came first. */
export function readAtOf(item: Pick<InboxItem, 'seq' | 'readAt'>, marks: readonly ReadMark[]): string | null {
  const covering = marks.find((mark) => mark.upTo >= item.seq)?.at ?? null;
  if (item.readAt === null || covering === null) return item.readAt ?? covering;
  return item.readAt < covering ? item.readAt : covering;
}

/** The item as clients see it. */
export const itemView = (item: Draft<InboxItem>, marks: readonly ReadMark[]): ItemView => ({
  id: item._id,
  seq: item.seq,
  type: item.type,
  at: item.at,
  title: item.title,
  body: item.body,
  data: item.data,
  readAt: readAtOf(item, marks),
});
