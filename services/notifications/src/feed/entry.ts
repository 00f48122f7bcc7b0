import { createHash } from 'node:crypto';
import type { Doc, Draft, JsonObject } from '@commonpurse/shared/documents';

/** The kinds of frames that carry a `seq`. */
export type EntryKind =
  | 'record.created'
  | 'record.updated'
  | 'record.deleted'
  | 'budget.alert'
  | 'share.granted'
  | 'share.revoked'
  | 'notification'
  | 'import.finished';

/** What is about to get its number in a user's feed. */
export interface EntryDraft {
  /** `entryKey(...)`: the same event told twice has the same key, so it gets one number only. */
  readonly key: string;
  readonly kind: EntryKind;
  /** When it happened, as the frame says. */
  readonly at: string;
  /** A record's entry is only a pointer `{ id, version }`: what the viewer may see is decided when it is sent. Other kinds: the frame's data. */
  readonly data: JsonObject;
  /** The frame's data as the event itself tells it; not stored, asked only when somebody is connected. */
  readonly live?: () => JsonObject;
}

/** One numbered entry of a user's feed. */
export interface FeedEntry extends EntryDraft {
  readonly userId: string;
  /** Contiguous from 1 per user. */
  readonly seq: number;
}

/** Consecutive entries of one user that were appended together, as one document: all of them land, or none. Since a page always begins
 *  right behind the page before it, two instances that append at once collide on `_id`, and no number can ever be left out. */
export interface FeedPage extends Doc {
  /** `<userId>:<seq of its first entry, 12 digits>`: a user's pages in order of `_id` are the feed. */
  readonly _id: string;
  readonly userId: string;
  readonly first: number;
  readonly last: number;
  /** Unique over all pages: an entry that is there already can't be appended again. */
  readonly eventKeys: readonly string[];
  readonly entries: readonly StoredEntry[];
}
interface StoredEntry {
  readonly kind: EntryKind;
  readonly at: string;
  readonly data: JsonObject;
}

/** Identifies what one event means to one user in one kind of entry (or in one of several kinds: `part`), shaped as a UUID (version 8): also the public id of an inbox item. */
export function entryKey(eventId: string, userId: string, part: EntryKind | 'record'): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([eventId, userId, part]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const seqDigits = 12;
export const pageId = (userId: string, first: number): string => `${userId}:${String(first).padStart(seqDigits, '0')}`;
/** Sorts behind every page of the user, and before the pages of the next one. */
export const behindPages = (userId: string): string => `${userId}:~`;

/** The page that holds `drafts` right behind `last`. */
export function pageOf(userId: string, last: number, drafts: readonly EntryDraft[]): Draft<FeedPage> {
  return {
    _id: pageId(userId, last + 1),
    version: 1,
    userId,
    first: last + 1,
    last: last + drafts.length,
    eventKeys: drafts.map((draft) => draft.key),
    entries: drafts.map(({ kind, at, data }) => ({ kind, at, data })),
  };
}

/** The entries of a page, numbered. */
export const entriesOf = (page: Draft<FeedPage>): FeedEntry[] =>
  page.entries.map((entry, index) => ({ ...entry, userId: page.userId, seq: page.first + index, key: page.eventKeys[index]! }));

/** The entries behind `seq`, as far as they follow each other without a gap. */
export function contiguousAfter(seq: number, pages: readonly FeedPage[]): FeedEntry[] {
  const entries: FeedEntry[] = [];
  for (const entry of pages.flatMap(entriesOf)) {
    if (entry.seq === seq + entries.length + 1) entries.push(entry);
  }
  return entries;
}
