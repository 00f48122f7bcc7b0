import type { Index } from '../documents.ts';
import type { Load } from './bulk-order.ts';
import { sortedForIndex } from './bulk-order.ts';
import type { Entry, Place } from './index-key.ts';
import { IndexKey, sharedFields } from './index-key.ts';
import { mergeRun } from './merge-run.ts';
import type { Reader, Row } from './rows.ts';
import { seekId } from './seek-id.ts';
import type { Scalar } from '../values.ts';

/** Room for one insertion without moving more than a few kilobytes; blocks of a bulk load are left a little empty. */
const BLOCK_MAX = 128;
const BLOCK_LOADED = 112;
const BLOCK_SMALL = 32;
/** Over so many blocks entries are counted; over more, their number is worked out from how full a block is on average. */
const BLOCKS_COUNTED = 8;

/** Where an entry is or would be: block, and offset in it. Valid until the next change. */
export interface Position {
  readonly block: number;
  readonly offset: number;
}

/** Rows in the order of a declared index: sorted blocks of references, so that a change costs the logarithm plus one short move,
 *  and the size of a range is a sum over blocks. Keys are read from the rows; only one in a hundred is kept. */
export class OrderedIndex {
  readonly key: IndexKey;
  blocks: Entry[][] = [];
  /** What places the last entry of each block: most of a search needs no row at all. */
  readonly #lasts: (readonly Scalar[])[] = [];
  size = 0;
  /** Grows with every change of order, so that a walk knows when to look for its place again. */
  changes = 0;

  constructor(index: Index, readerFor: (path: string) => Reader) {
    this.key = new IndexKey(index, readerFor);
  }

  /** Fills an empty index. */
  load(all: Load): void {
    const load = all.includedIn(this.key);
    if (this.#mayHoldArrays(load)) for (const row of load.rows) this.#read(row);
    const sorted = sortedForIndex(this.key, load);
    for (let at = 0; at < sorted.length; at += BLOCK_LOADED) this.#putBlock(this.blocks.length, 0, sorted.slice(at, at + BLOCK_LOADED));
    this.size = sorted.length;
    this.changes++;
  }

  /** Many at once: sorted first, those that come to lie in one block are put there together. */
  insertAll(rows: readonly Row[]): void {
    const places = this.#placesOf(rows);
    for (let at = 0; at < places.length;) at = this.#insertRun(places, at);
    this.size += places.length;
    this.changes++;
  }
  delete(row: Row): void {
    const values = this.key.read(row);
    if (values) this.#deleteRow(row, values);
  }
  /** The new row takes the places of the old one. */
  replace(before: Row, after: Row): void {
    const fresh = this.#read(after);
    const old = this.key.read(before);
    if (old && fresh && !old.some((value, field) => value !== fresh[field] || Array.isArray(value))) return this.#swap(after, old);
    if (old) this.#deleteRow(before, old);
    if (fresh) this.insertAll([after]);
  }

  /** The first place whose entry is not below these leading values (`behind`: is above them). */
  seek(values: readonly Scalar[], behind: boolean): Position {
    const { key } = this;
    const below = behind ? 1 : 0;
    const last = this.#lasts.length - 1;
    if (last >= 0 && key.compareValues(this.#lasts[last] as Scalar[], values) < below) return this.end();
    let low = 0;
    let high = this.#lasts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (key.compareValues(this.#lasts[middle] as Scalar[], values) < below) low = middle + 1;
      else high = middle;
    }
    const block = this.blocks[low] ?? [];
    const shared = this.#sharedIn(low, values);
    let first = 0;
    let end = Math.max(block.length - 1, 0);
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (key.compareTo(block[middle] as Entry, values, shared) < below) first = middle + 1;
      else end = middle;
    }
    return { block: low, offset: first };
  }
  /** How many leading values all entries of a block have: those that its last entry and the one before the block share. */
  #sharedIn(at: number, values: readonly Scalar[]): number {
    const before = this.#lasts[at - 1];
    const last = this.#lasts[at];
    return before && last ? sharedFields(before, values, sharedFields(last, values)) : 0;
  }
  /** In the index of ids: the one with this id. */
  rowWith(id: string): Row | undefined {
    const place = this.key.isPlain ? seekId(this.blocks as Row[][], this.#lasts as string[][], id) : this.seek([id], false);
    const row = this.at(place) as Row | undefined;
    return row?._id === id ? row : undefined;
  }
  /** The place of this entry, or where it would be (`behind`: right behind it). */
  seekEntry(entry: Entry, behind: boolean): Position {
    return this.seek(this.key.valuesOf(entry), behind);
  }
  end(): Position {
    return { block: this.blocks.length, offset: 0 };
  }
  at(position: Position): Entry | undefined {
    return this.blocks[position.block]?.[position.offset];
  }
  /** How many entries lie from one place up to (not including) another; none where the other comes first. */
  distance(from: Position, to: Position): number {
    if (from.block > to.block) return 0;
    let count = to.offset - from.offset;
    for (let block = from.block; block < to.block; block++) count += this.blocks[block]?.length ?? 0;
    return Math.max(count, 0);
  }

  /** About how many: exactly where they are few. */
  roughDistance(from: Position, to: Position): number {
    const blocks = to.block - from.block;
    return blocks <= BLOCKS_COUNTED ? this.distance(from, to) : (blocks * this.size) / this.blocks.length + to.offset - from.offset;
  }
  /** Whether more than `count` entries lie between, found out without counting them all. */
  isFarther(from: Position, to: Position, count: number): boolean {
    let left = count + from.offset - to.offset;
    for (let block = from.block; block < to.block && left >= 0; block++) left -= this.blocks[block]?.length ?? 0;
    return left < 0;
  }

  /** Arrays show while fields are ranked, for all indexes that share a field. */
  #mayHoldArrays(load: Load): boolean {
    const { key } = this;
    return key.fields.some((name, field) => name !== '_id' && !load.ranksOf(name, (row) => key.valueOf(row, field)));
  }
  /** Where new rows come to lie, in order. They often come in it. */
  #placesOf(rows: readonly Row[]): Place[] {
    // all are read before any is placed: the first array changes what an entry is
    const read = rows.map((row) => this.#read(row));
    const places: Place[] = [];
    for (let at = 0; at < read.length; at++) if (read[at]) this.key.addPlaces(places, rows[at] as Row, read[at] as Scalar[]);
    let shared = this.key.fields.length;
    let isSorted = true;
    for (let at = 1; at < places.length; at++) {
      const a = (places[at - 1] as Place).values;
      const b = (places[at] as Place).values;
      shared = sharedFields(a, b, shared);
      isSorted &&= this.key.compareValues(a, b, shared) <= 0;
    }
    return isSorted ? places : places.sort((a, b) => this.key.compareValues(a.values, b.values, shared));
  }
  /** Puts in as many as belong into one block; answers where the rest begins. */
  #insertRun(places: readonly Place[], from: number): number {
    const { block: at, offset } = this.seek((places[from] as Place).values, false);
    const block = this.blocks[at];
    if (!block) return this.#append(places, from);
    const last = this.#lasts[at] as readonly Scalar[];
    let end = from + 1;
    while (end < places.length && this.key.compareValues((places[end] as Place).values, last) < 0) end++;
    mergeRun(block, offset, places.slice(from, end), last, this.key);
    if (block.length > BLOCK_MAX) this.#split(at);
    return end;
  }
  #append(places: readonly Place[], from: number): number {
    const last = this.blocks.at(-1);
    const full = !last || last.length >= BLOCK_MAX;
    const block = full ? [] : last;
    const end = Math.min(from + BLOCK_MAX - block.length, places.length);
    for (let at = from; at < end; at++) block.push((places[at] as Place).entry);
    if (full) this.blocks.push(block);
    this.#lasts[this.blocks.length - 1] = (places[end - 1] as Place).values;
    return end;
  }
  #split(at: number): void {
    const block = this.blocks[at] as Entry[];
    const length = Math.ceil(block.length / Math.ceil(block.length / BLOCK_LOADED));
    const rest = block.splice(length);
    this.#noteLast(at);
    for (let from = 0, next = at + 1; from < rest.length; from += length, next++) this.#putBlock(next, 0, rest.slice(from, from + length));
  }
  #deleteRow(row: Row, values: Scalar[]): void {
    if (this.key.arrayField < 0) this.#deleteAt(values);
    else for (const place of this.key.placesOf(row, values)) this.#deleteAt(place.values);
  }
  #deleteAt(values: readonly Scalar[]): void {
    const { block: at, offset } = this.#find(values);
    const block = this.blocks[at] as Entry[];
    this.size--;
    this.changes++;
    block.splice(offset, 1);
    if (block.length < BLOCK_SMALL) this.#merge(at);
    else if (offset === block.length) this.#noteLast(at);
  }
  /** No value is an array here, so its entry is one place. */
  #swap(after: Row, values: readonly Scalar[]): void {
    const { block, offset } = this.#find(values);
    (this.blocks[block] as Entry[])[offset] = this.key.entryOf(after, values);
    this.changes++;
  }
  /** Throws when there is no such entry: index and documents would disagree. */
  #find(values: readonly Scalar[]): Position {
    const position = this.seek(values, false);
    const found = this.at(position);
    if (!found || this.key.compareTo(found, values) !== 0) throw new Error(`index ${this.key.name} lacks a row it should have`);
    return position;
  }
  #merge(at: number): void {
    const block = this.blocks[at] as Entry[];
    const next = this.blocks[at + 1];
    if (block.length === 0) {
      this.blocks.splice(at, 1);
      this.#lasts.splice(at, 1);
    } else if (next && block.length + next.length <= BLOCK_LOADED) this.#putBlock(at, 2, [...block, ...next]);
    else this.#noteLast(at);
  }
  #putBlock(at: number, instead: number, block: Entry[]): void {
    this.blocks.splice(at, instead, block);
    this.#lasts.splice(at, instead, this.key.valuesOf(block.at(-1) as Entry));
  }
  #noteLast(at: number): void {
    this.#lasts[at] = this.key.valuesOf(this.blocks[at]?.at(-1) as Entry);
  }

  /** The values of a row that is about to be added; null: it is left out. The first array in a field turns the index into one with a place
   *  per element. */
  #read(row: Row): Scalar[] | null {
    const values = this.key.read(row);
    const field = values ? values.findIndex(Array.isArray) : -1;
    if (field < 0 || field === this.key.arrayField) return values;
    if (this.key.arrayField >= 0) throw new Error(`index ${this.key.name}: only one of its fields may hold arrays`);
    const rows = this.blocks as Row[][];
    this.key.arrayField = field;
    this.blocks = rows.map((block) => block.flatMap((each) => this.key.entriesOf(each)));
    this.changes++;
    return values;
  }
}
