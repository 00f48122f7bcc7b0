import { hash } from 'node:crypto';
import type { Resource } from '@commonpurse/shared/access';
import type { RecordState, RecordWas } from '@commonpurse/shared/contracts';
import type { Doc, Draft } from '@commonpurse/shared/documents';
import { amountKey } from '@commonpurse/shared/money';
import { foldText, searchTextOf } from './search-text.ts';

export type CustomValue = string | number | boolean;

/** What it was worth in the owner's base currency when it was written; for display only. */
export interface RecordBase {
  readonly amountMinor: number;
  readonly currency: string;
  /** Base units per unit, as a decimal string. */
  readonly rate: string;
  readonly rateDate: string;
}

/** What a user decides about a record: validated, trimmed, nothing derived. An expense has a category, an income a source. */
export interface RecordContent {
  readonly type: 'expense' | 'income';
  readonly amountMinor: number;
  readonly currency: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly description: string;
  readonly category: string | null;
  readonly source: string | null;
  readonly tags: readonly string[];
  readonly customFields: Readonly<Record<string, CustomValue>>;
}

/** Where a new record comes from. */
interface RecordOrigin {
  readonly id: string;
  readonly ownerId: string;
  readonly createdBy: string;
  /** Instant. */
  readonly at: string;
  readonly base: RecordBase | null;
  /** Of an imported row. */
  readonly importId?: string;
}

/** An expense or an income as it is stored. What is empty is absent: a million of them have to fit in memory. */
export interface RecordDoc extends Doc {
  readonly ownerId: string;
  readonly type: 'expense' | 'income';
  readonly amountMinor: number;
  readonly currency: string;
  /** Sorts and compares by decimal value across currencies. */
  readonly amountKey: string;
  readonly date: string;
  readonly description: string;
  /** The description folded for `q` and `contains`; see search-text.ts. */
  readonly searchText: string;
  readonly category?: string;
  readonly source?: string;
  /** Category or source, folded. */
  readonly labelText: string;
  readonly tags?: readonly string[];
  readonly tagTexts?: readonly string[];
  readonly customFields?: Readonly<Record<string, CustomValue>>;
  readonly base?: RecordBase;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly createdBy: string;
  /** A tombstone since then. */
  readonly deletedAt?: string;
  readonly importId?: string;
  /** Alike for records of one owner that an import takes for the same. */
  readonly contentKey: string;
  /** Of the parsed input, where it was created with an idempotency key. */
  readonly fingerprint?: string;
  /** How many of the first versions have no history line of their own, because an import stands for them:
   *  1 for an imported row, 2 for one that the import's revert has taken back. The first change by a user tells them. */
  readonly untold?: 1 | 2;
  /** Who took it back with its import, as long as no line tells; absent: who had imported it. */
  readonly revertedBy?: string;
}

type RecordDraft = Draft<RecordDoc>;

/** Version 1 of a record; the same for one that was posted and one that was imported. */
export function newRecord(content: RecordContent, origin: RecordOrigin): RecordDraft {
  return {
    _id: origin.id,
    version: 1,
    ownerId: origin.ownerId,
    ...storedContent(content, origin.ownerId),
    ...(origin.base === null ? {} : { base: origin.base }),
    createdAt: origin.at,
    updatedAt: origin.at,
    createdBy: origin.createdBy,
    ...(origin.importId === undefined ? {} : { importId: origin.importId, untold: 1 as const }),
  };
}

/** The next version with other content. */
export const changedRecord = (record: RecordDoc, content: RecordContent, base: RecordBase | null, at: string): RecordDraft => ({
  ...identityOf(record),
  version: record.version + 1,
  ...storedContent(content, record.ownerId),
  ...(base === null ? {} : { base }),
  updatedAt: at,
});

/** The next version, a tombstone that keeps what is needed to bring it back. */
export const deletedRecord = (record: RecordDoc, at: string): RecordDraft => ({ ...sameRecord(record, at), deletedAt: at });

/** The next version, living again. */
export const restoredRecord = (record: RecordDoc, at: string): RecordDraft => sameRecord(record, at);

/** The tombstone that an import's revert leaves of a row that nobody changed. It carries no outbox entry: the import stands for it.
 *  @param by who took the import back: an owner can, of one that somebody else ran for them */
export const revertedRecord = (record: RecordDoc, at: string, by: string): RecordDraft => ({
  ...deletedRecord(record, at),
  untold: 2,
  ...(by === record.createdBy ? {} : { revertedBy: by }),
});

const sameRecord = (record: RecordDoc, at: string): RecordDraft => ({
  ...identityOf(record),
  version: record.version + 1,
  ...storedContent(contentOf(record), record.ownerId),
  ...(record.base === undefined ? {} : { base: record.base }),
  updatedAt: at,
});

const identityOf = (record: RecordDoc) => ({
  _id: record._id,
  ownerId: record.ownerId,
  createdAt: record.createdAt,
  createdBy: record.createdBy,
  ...(record.importId === undefined ? {} : { importId: record.importId }),
  ...(record.fingerprint === undefined ? {} : { fingerprint: record.fingerprint }),
});

const storedContent = (content: RecordContent, ownerId: string) => ({
  type: content.type,
  amountMinor: content.amountMinor,
  currency: content.currency,
  amountKey: amountKey(content.amountMinor, content.currency),
  date: content.date,
  description: content.description,
  searchText: searchTextOf(content.description),
  ...(content.category === null ? {} : { category: content.category }),
  ...(content.source === null ? {} : { source: content.source }),
  labelText: foldText(content.category ?? content.source ?? ''),
  ...(content.tags.length === 0 ? {} : { tags: content.tags, tagTexts: content.tags.map(foldText) }),
  ...(Object.keys(content.customFields).length === 0 ? {} : { customFields: content.customFields }),
  contentKey: contentKeyOf(ownerId, content),
});

/** What its user has decided about it. */
export const contentOf = (record: RecordDoc): RecordContent => ({
  type: record.type,
  amountMinor: record.amountMinor,
  currency: record.currency,
  date: record.date,
  description: record.description,
  category: record.category ?? null,
  source: record.source ?? null,
  tags: record.tags ?? [],
  customFields: record.customFields ?? {},
});

/** The same for two records of one owner with the same type, date, amount, currency and description: a duplicate to an import. It begins with
 *  the day, for an import's rows come in days, and so lie near each other in the index. 72 bits of SHA-256 behind it: whoever finds a
 *  collision fools only their own imports. */
export const contentKeyOf = (ownerId: string, content: RecordContent): string =>
  dayCodeOf(content.date) + contentHashOf(ownerId, content).slice(0, 12);

/** All that a record of this content may be found by: before keys began with the day they were a hash alone. */
export function contentKeysOf(ownerId: string, content: RecordContent): readonly [string, string] {
  const digest = contentHashOf(ownerId, content);
  return [dayCodeOf(content.date) + digest.slice(0, 12), digest.slice(0, 16)];
}

const contentHashOf = (ownerId: string, content: RecordContent): string =>
  hash(
    'sha256',
    `${ownerId}|${content.type}|${content.date}|${content.amountMinor}|${content.currency}|${content.description}`,
    'base64url',
  );

/** Year of the century, month and day in four characters. */
const dayCodeOf = (date: string): string => date.slice(2, 4) + Number(date.slice(5, 7)).toString(36) + Number(date.slice(8)).toString(36);

/** The record whole, as events carry it. */
export const recordStateOf = (record: RecordDoc | RecordDraft): RecordState => ({
  id: record._id,
  version: record.version,
  type: record.type,
  ownerId: record.ownerId,
  amountMinor: record.amountMinor,
  currency: record.currency,
  date: record.date,
  description: record.description,
  category: record.category ?? null,
  source: record.source ?? null,
  tags: [...(record.tags ?? [])],
  customFields: { ...record.customFields },
  base: record.base ?? null,
  createdAt: record.createdAt,
  updatedAt: record.updatedAt,
  createdBy: record.createdBy,
  deleted: record.deletedAt !== undefined,
  importId: record.importId ?? null,
});

/** What access is decided by. */
export const recordResource = (record: RecordDoc | RecordDraft): Resource => ({
  kind: 'record',
  id: record._id,
  ownerId: record.ownerId,
  type: record.type,
  category: record.category ?? null,
});

/** The facts that decide who can see or count it. */
export const recordWas = (record: RecordDoc): RecordWas => ({
  type: record.type,
  date: record.date,
  currency: record.currency,
  category: record.category ?? null,
  source: record.source ?? null,
  deleted: record.deletedAt !== undefined,
});
