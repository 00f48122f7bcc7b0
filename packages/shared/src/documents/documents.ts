/** A short note of what a write means to others, kept in the document itself until the relay has told them. */
export interface OutboxEntry {
  /** `<event type>/<aggregate id>/<version>`: the id of the event that will be published. */
  readonly id: string;
  readonly type: string;
  /** The version of the aggregate that this entry's write made. */
  readonly version: number;
  readonly at: string;
  /** The user (or `system`) who caused it. */
  readonly by: string;
  readonly requestId: string;
  /** created, updated, deleted, restored, ...: the word that history shows. */
  readonly action: string;
  /** What changed, by public field name; null where the write has no content to show. */
  readonly change: Change | null;
  /** Random, base64url, 16 bytes: hides `change` inside the history's hash, so that content can be erased and the chain stays. */
  readonly salt: string;
  /** Facts that rendering needs and the aggregate will no longer tell (`was`, the rows of a chunk). */
  readonly facts?: JsonObject;
}

export interface Change {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
export type JsonObject = { readonly [name: string]: Json | undefined };

/** What every stored document has. One aggregate is one document. */
export interface Doc {
  readonly _id: string;
  /** Contiguous from 1 for aggregates; for a mirror, the version of what is mirrored. */
  readonly version: number;
  /** RFC 3339 with milliseconds, stamped by the adapter when it is written; pulling outbox entries leaves it. */
  readonly changedAt: string;
  readonly outbox?: readonly OutboxEntry[];
  /** Hash of the newest history line, set by the relay when it pulls. */
  readonly historyHash?: string;
}

/** What a caller hands in: the adapter adds the rest, whatever an earlier reading has left of it there, and never drops entries that the relay has not
 *  pulled. */
export type Draft<T extends Doc> = Omit<T, 'changedAt' | 'outbox' | 'historyHash'>;

/** A declared index, all fields ascending; it serves both directions. A field that holds an array is indexed per element (at most one such
 *  field, and never one to sort by). */
export interface Index {
  readonly name: string;
  /** Dotted paths. End with `_id` where the index serves a sorted list. */
  readonly fields: readonly string[];
  readonly unique?: boolean;
  /** Leaves out documents that lack the first field; null is not lacking. A unique sparse index has one field. */
  readonly sparse?: boolean;
}

export interface CollectionDeclaration {
  readonly name: string;
  readonly indexes: readonly Index[];
  /** Values stay on disk; only ids and index keys are kept in memory. */
  readonly cold?: boolean;
  /** Fields by which long lists are sorted and that hold days, or instants, or nothing. Where a server would sort all that a filter matches
   *  to find a page, it is asked for windows of time instead. */
  readonly times?: Readonly<Record<string, 'day' | 'instant'>>;
}

type Comparable = string | number | boolean | null;
export interface Condition {
  readonly $eq?: Comparable;
  /** No element, where there are several: the opposite of `$eq`. */
  readonly $ne?: Comparable;
  readonly $in?: readonly Comparable[];
  readonly $gt?: string | number;
  readonly $gte?: string | number;
  readonly $lt?: string | number;
  readonly $lte?: string | number;
  /** The field is there, also when it is null or an empty array; of an array on the way to it: it is there in any element. */
  readonly $exists?: boolean;
  /** The string starts with this; exact case. */
  readonly $prefix?: string;
  /** The string contains this; exact case (store a folded copy for any-case search). */
  readonly $contains?: string;
}
/** A closed subset of MongoDB's language, built by our code from validated values only; never passed through from a client.
 *  Field conditions are ANDed. A condition on an array field holds when any element satisfies it, each condition by an element of its own;
 *  an empty array satisfies none, not even null. Absent equals null. Comparisons see values of the operand's own type only.
 *  Order: null < numbers < strings (by code point) < booleans. */
export type Filter = { readonly [path: string]: Comparable | Condition | readonly Filter[] | undefined } & {
  readonly $or?: readonly Filter[];
  readonly $and?: readonly Filter[];
};

export type Sort = readonly (readonly [field: string, direction: 1 | -1])[];
export interface Reading {
  /** Aborted once nobody waits for it any more: a store that is still looking then rejects with the signal's reason, at the next moment at which it
   *  lets others in. One that looks elsewhere goes on, within its own limit of time. */
  readonly signal?: AbortSignal | undefined;
}
export interface FindOptions extends Reading {
  /** Fields of neither lists nor objects, all directions alike. Ends with `_id` wherever `after` is used. Default: `_id` ascending. */
  readonly sort?: Sort;
  /** Default: no limit. */
  readonly limit?: number;
  /** The sort fields' values of the last document already seen: the page begins right behind it. */
  readonly after?: readonly Comparable[];
}
export interface SumOptions {
  /** Group by these fields. */
  readonly by: readonly string[];
  /** Integer field to add up. */
  readonly of: string;
}
export interface Sum {
  readonly key: readonly Comparable[];
  readonly sum: number;
  readonly count: number;
}
export interface InsertManyResult {
  readonly inserted: number;
  /** Those refused because their `_id` or a unique key is taken, by position. */
  readonly duplicates: readonly { readonly index: number; readonly id: string; readonly indexName: string }[];
}

/** One collection. What it hands out and what was handed in must not be changed any more: nested values may be frozen.
 *  A long scan lets others in between and may see what they write; it meets each document at most once.
 *  Every method rejects with `StoreUnavailable` when the store can't say; a rejected write may or may not be there then. */
export interface Documents<T extends Doc> {
  readonly name: string;
  get(id: string): Promise<T | null>;
  /** Those that exist, in the order asked for. */
  getMany(ids: readonly string[]): Promise<T[]>;
  /** Acknowledged only once durable. Rejects with `DuplicateKey`, once what it collides with is durable. */
  insert(doc: Draft<T>, entries?: readonly OutboxEntry[]): Promise<T>;
  /** Unordered; each document lands or is a duplicate. In few durable batches, for others get their turn in between: a crash may leave some of them. */
  insertMany(docs: readonly Draft<T>[]): Promise<InsertManyResult>;
  /** Compare-and-set on `expectedVersion`; `doc.version` must be higher. Pushes entries, keeps those not pulled yet.
   *  Rejects with `StaleVersion` (also when absent), once what it lost to is durable. */
  replace(doc: Draft<T>, expectedVersion: number, entries?: readonly OutboxEntry[]): Promise<T>;
  /** Compare-and-sets many without entries, each for itself, in few durable batches. True: each has landed. False: some were refused, and nobody says
   *  which. */
  replaceMany(replacements: readonly Replacement<Draft<T>>[]): Promise<boolean>;
  /** For purge and erasure only: leaves nothing. */
  remove(ids: readonly string[]): Promise<void>;
  find(filter: Filter, options?: FindOptions): Promise<T[]>;
  count(filter: Filter, reading?: Reading): Promise<number>;
  /** Groups in the order of their keys; what is absent groups as null. */
  sum(filter: Filter, options: SumOptions): Promise<Sum[]>;
  /** Documents with outbox entries older than `before` (instant), oldest first. For the relay's sweep. */
  withOutbox(before: string, limit: number): Promise<T[]>;
  /** The relay's: removes published entries and sets `historyHash`; neither version nor `changedAt` change. Many documents, one durable batch. */
  pullOutbox(pulls: readonly OutboxPull[]): Promise<void>;
  /** Calls back after a write with entries is durable, with the document as that write made it, where the adapter has it at hand. Returns how
   *  to stop. */
  onOutbox(listener: (id: string, written?: T) => void): () => void;
}
export interface Replacement<D> {
  readonly doc: D;
  readonly expectedVersion: number;
}
export interface OutboxPull {
  readonly id: string;
  /** In the order of the history's chain. */
  readonly entryIds: readonly string[];
  /** Set only where the last of `entryIds` is still in the outbox: a relay that comes late must not set it back behind another's. */
  readonly historyHash?: string;
}

/** One service's own database. */
export interface DocumentStore {
  /** Opens (creates when new) and loads; refuses loudly with `StoreDamaged` when what is there can't be trusted. */
  collection<T extends Doc>(declaration: CollectionDeclaration): Promise<Documents<T>>;
  /** null: works; otherwise one line saying what is wrong. */
  health(): Promise<string | null>;
  /** Resolves when a failure made going on impossible (a failed fsync): the service must stop. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

export class DuplicateKey extends Error {
  override readonly name = 'DuplicateKey';
  readonly id: string;
  /** `_id` or the name of the unique index. */
  readonly indexName: string;
  constructor(collection: string, id: string, indexName: string) {
    super(`${collection}: ${indexName} of ${id} is taken`);
    this.id = id;
    this.indexName = indexName;
  }
}
export class StaleVersion extends Error {
  override readonly name = 'StaleVersion';
  constructor(collection: string, id: string, expected: number) {
    super(`${collection}: ${id} is not at version ${expected}`);
  }
}
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged';
}
/** What is there must not be used as it is: another product's data, a newer format, a password that is refused. Waiting doesn't help. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}
