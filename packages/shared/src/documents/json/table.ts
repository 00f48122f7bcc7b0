import type { CollectionDeclaration, OutboxEntry, Sort } from '../documents.ts';
import { StoreDamaged } from '../documents.ts';
import { Load } from './bulk-order.ts';
import type { Entry } from './index-key.ts';
import { OrderedIndex } from './ordered-index.ts';
import type { Reader, Row } from './rows.ts';
import { flatReaderOf, readerOf } from './rows.ts';
import type { Scalar } from '../values.ts';
import { comparePlainValues, compareValues } from '../values.ts';

/** What readers see: every durable document by id, and in the order of every index. */
export class Table {
  readonly name: string;
  readonly cold: boolean;
  /** By id first, then as declared. */
  readonly indexes: readonly OrderedIndex[];
  readonly #byId: OrderedIndex;
  readonly unique: readonly OrderedIndex[];
  /** Documents that still have something to tell, by id. Most are here for some milliseconds and are looked for by nobody: an order among them
   *  would cost each write more than it saves the sweep. */
  readonly #telling = new Map<string, Row>();
  /** Every path that an index reads: what a cold row keeps. */
  readonly paths: readonly string[];
  readonly #readers: readonly Reader[];

  constructor(declaration: CollectionDeclaration) {
    this.name = declaration.name;
    this.cold = declaration.cold ?? false;
    for (const index of declaration.indexes) check(index.name, index.fields);
    const readerFor = this.cold ? flatReaderOf : readerOf;
    this.#byId = new OrderedIndex({ name: '_id', fields: ['_id'] }, readerFor);
    this.indexes = [this.#byId, ...declaration.indexes.map((index) => new OrderedIndex(index, readerFor))];
    this.unique = this.indexes.filter((index) => index.key.unique);
    this.paths = [...new Set(this.indexes.flatMap((index) => index.key.fields))];
    this.#readers = this.paths.map(readerOf);
  }

  /** What is kept of a cold document: its keys, each under its whole path. */
  stubOf(doc: Row): Row {
    const stub: Record<string, unknown> = { _id: doc._id, version: doc.version, place: undefined };
    for (const [at, path] of this.paths.entries()) {
      const value = this.#readers[at]?.(doc);
      if (value !== undefined) stub[path] = value;
    }
    if (doc.outbox?.length) stub['outbox'] = doc.outbox;
    if (doc.historyHash !== undefined) stub['historyHash'] = doc.historyHash;
    return stub as unknown as Row;
  }

  get(id: string): Row | undefined {
    return this.#byId.rowWith(id);
  }
  /** All there are now, in the order of their ids. */
  all(): Row[] {
    return (this.#byId.blocks as Row[][]).flat();
  }

  /** Fills an empty table with rows in the order of their ids. */
  load(rows: readonly Row[], wide: readonly Row[]): void {
    const load = new Load(rows);
    for (const index of this.indexes) {
      for (const row of wide) index.key.noticeWide(row);
      index.load(load);
    }
    this.#noteNew(rows);
    for (const index of this.unique) this.#checkUnique(index);
  }

  /** Adds rows whose ids are not there. */
  add(rows: readonly Row[], wide: readonly Row[]): void {
    for (const index of this.indexes) {
      for (const row of wide) index.key.noticeWide(row);
      index.insertAll(rows);
    }
    this.#noteNew(rows);
  }
  replace(before: Row, row: Row, wide: boolean): void {
    for (const index of this.indexes) {
      if (wide) index.key.noticeWide(row);
      index.replace(before, row);
    }
    this.#note(row);
  }
  delete(id: string): void {
    const row = this.get(id);
    if (!row) return;
    for (const index of this.indexes) index.delete(row);
    this.#telling.delete(id);
  }
  pull(id: string, outbox: readonly OutboxEntry[], historyHash: string | undefined): void {
    const row = this.get(id);
    if (!row) return;
    row.outbox = outbox;
    if (historyHash !== undefined) row.historyHash = historyHash;
    if (row.place) row.place.pulled = true;
    this.#note(row);
  }
  /** Those whose oldest entry is from before that instant, the longest waiting first. */
  telling(before: string): Row[] {
    const since = (row: Row): string => row.outbox?.[0]?.at ?? '';
    const found = [...this.#telling.values()].filter((row) => since(row) < before);
    return found.sort((a, b) => compareValues(since(a), since(b)) || compareValues(a._id, b._id));
  }

  /** The cheapest comparison that is exact for the values of these fields, and for ids, whenever it is asked for: a write may bring others. */
  comparisonFor(sort: Sort): () => typeof compareValues {
    const keys = ['_id', ...sort.map(([name]) => name)].map((name) => this.indexes.find(({ key }) => key.fields.includes(name))?.key);
    return () => (keys.every((key) => key?.isPlain) ? comparePlainValues : compareValues);
  }

  /** Who has this key of a unique index. */
  ownerOf(index: OrderedIndex, key: readonly Scalar[]): Row | null {
    const entry = index.at(index.seek(key, false));
    return entry && index.key.compareTo(entry, key) === 0 ? index.key.rowOf(entry) : null;
  }

  #noteNew(rows: readonly Row[]): void {
    for (const row of rows) if (row.outbox?.length) this.#telling.set(row._id, row);
  }
  #note(row: Row): void {
    if (row.outbox?.length) this.#telling.set(row._id, row);
    else this.#telling.delete(row._id);
  }
  #checkUnique(index: OrderedIndex): void {
    let previous: Entry | null = null;
    for (const entry of index.blocks.flat()) {
      const key = previous && Array.from({ length: index.key.width }, (_, field) => index.key.valueOf(previous as Entry, field));
      if (previous && key && index.key.compareTo(entry, key) === 0) {
        const [one, other] = [index.key.rowOf(previous)._id, index.key.rowOf(entry)._id];
        throw new StoreDamaged(`${this.name}: ${one} and ${other} have the same ${index.key.name}, which is declared unique`);
      }
      previous = entry;
    }
  }
}

/** The outbox changes without the document: an index on it would go stale. */
function check(name: string, fields: readonly string[]): void {
  const own = fields.find((field) => /^(outbox|historyHash|place)(\.|$)/.test(field));
  if (own !== undefined) throw new Error(`index ${name}: ${own} is the store's own`);
}
