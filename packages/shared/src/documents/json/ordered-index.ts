import type { Index } from '../documents.ts';
import type { Load } from './bulk-order.ts';
import { sortedForIndex } from './bulk-order.ts';
import type { Entry } from './index-key.ts';
import { IndexKey } from './index-key.ts';
import type { Reader, Row } from './rows.ts';
import type { Scalar } from './values.ts';

/** Room for one insertion without moving more than a few kilobytes; blocks of a bulk load are left a little empty. */
const BLOCK_MAX = 512;
const BLOCK_LOADED = 448;
const BLOCK_SMALL = 96;

/** Where an entry is or would be: block, and offset in it. Valid until the next change. */
export interface Position {
  readonly block: number;
  readonly offset: number;
}

/** Rows in the order of a declared index: sorted blocks of references, so that a change costs the logarithm plus one short move,
 *  and the size of a range is a sum over blocks. No keys are stored: they are read from the rows. */
export class OrderedIndex {
  readonly key: IndexKey;
  blocks: Entry[][] = [];
  size = 0;
  /** Grows with every change of order, so that a walk knows when to look for its place again. */
  changes = 0;

  constructor(index: Index, readerFor: (path: string) => Reader) {
    this.key = new IndexKey(index, readerFor);
  }

  /** Fills an empty index. */
  load(load: Load): void {
    for (const row of load.rows) this.#adapt(row);
    const sorted = sortedForIndex(this.key, load);
    for (let at = 0; at < sorted.length; at += BLOCK_LOADED) this.blocks.push(sorted.slice(at, at + BLOCK_LOADED));
    this.size = sorted.length;
    this.changes++;
  }

  insert(row: Row): void {
    this.#adapt(row);
    for (const entry of this.key.entriesOf(row)) this.#insertEntry(entry);
  }
  delete(row: Row): void {
    for (const entry of this.key.entriesOf(row)) this.#deleteEntry(entry);
  }
  /** The new row takes the places of the old one. */
  replace(before: Row, after: Row): void {
    this.#adapt(after);
    const old = this.key.entriesOf(before);
    const fresh = this.key.entriesOf(after);
    const [one, other] = [old[0], fresh[0]];
    if (old.length === 1 && fresh.length === 1 && one && other && this.key.compare(one, other) === 0) return this.#swap(one, other);
    for (const entry of old) this.#deleteEntry(entry);
    for (const entry of fresh) this.#insertEntry(entry);
  }

  /** The first place whose entry is not below these leading values (`behind`: is above them). */
  seek(values: readonly Scalar[], behind: boolean): Position {
    const isBelow = (entry: Entry): boolean => {
      const sign = this.key.compareTo(entry, values);
      return behind ? sign <= 0 : sign < 0;
    };
    return this.#firstNot(isBelow);
  }
  /** The place of this entry, or where it would be (`behind`: right behind it). */
  seekEntry(entry: Entry, behind: boolean): Position {
    return this.#firstNot((other) => {
      const sign = this.key.compare(other, entry);
      return behind ? sign <= 0 : sign < 0;
    });
  }
  begin(): Position {
    return { block: 0, offset: 0 };
  }
  end(): Position {
    return { block: this.blocks.length, offset: 0 };
  }
  at(position: Position): Entry | undefined {
    return this.blocks[position.block]?.[position.offset];
  }
  /** How many entries lie from one place up to (not including) another. */
  distance(from: Position, to: Position): number {
    let count = to.offset - from.offset;
    for (let block = from.block; block < to.block; block++) count += this.blocks[block]?.length ?? 0;
    return Math.max(count, 0);
  }

  #firstNot(isBelow: (entry: Entry) => boolean): Position {
    const { blocks } = this;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = blocks[middle] as Entry[];
      if (isBelow(block[block.length - 1] as Entry)) low = middle + 1;
      else high = middle;
    }
    const block = blocks[low];
    if (!block) return { block: low, offset: 0 };
    let first = 0;
    let last = block.length - 1;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (isBelow(block[middle] as Entry)) first = middle + 1;
      else last = middle;
    }
    return { block: low, offset: first };
  }

  #insertEntry(entry: Entry): void {
    this.size++;
    this.changes++;
    const { block: at, offset } = this.seekEntry(entry, false);
    const block = this.blocks[at];
    if (block) {
      block.splice(offset, 0, entry);
      if (block.length > BLOCK_MAX) this.blocks.splice(at + 1, 0, block.splice(BLOCK_MAX >>> 1));
      return;
    }
    const last = this.blocks.at(-1);
    if (last && last.length < BLOCK_MAX) last.push(entry);
    else this.blocks.push([entry]);
  }
  #deleteEntry(entry: Entry): void {
    const { block: at, offset } = this.seekEntry(entry, false);
    const block = this.blocks[at];
    const found = block?.[offset];
    if (!block || !found || this.key.compare(found, entry) !== 0) throw new Error(`index ${this.key.name} lacks a row it should have`);
    this.size--;
    this.changes++;
    block.splice(offset, 1);
    if (block.length < BLOCK_SMALL) this.#merge(at);
  }
  #merge(at: number): void {
    const block = this.blocks[at] as Entry[];
    const next = this.blocks[at + 1];
    if (block.length === 0) this.blocks.splice(at, 1);
    else if (next && block.length + next.length <= BLOCK_LOADED) this.blocks.splice(at, 2, [...block, ...next]);
  }
  #swap(before: Entry, after: Entry): void {
    const { block, offset } = this.seekEntry(before, false);
    const entries = this.blocks[block];
    if (!entries?.[offset]) throw new Error(`index ${this.key.name} lacks a row it should have`);
    entries[offset] = after;
    this.changes++;
  }

  /** The first array in a field turns the index into one with a place per element. */
  #adapt(row: Row): void {
    if (!this.key.covers(row)) return;
    const field = this.key.arrayFieldOf(row);
    if (field < 0 || field === this.key.arrayField) return;
    if (this.key.arrayField >= 0) throw new Error(`index ${this.key.name}: only one of its fields may hold arrays`);
    const rows = this.blocks.map((block) => block as Row[]);
    this.key.arrayField = field;
    this.blocks = rows.map((block) => block.flatMap((each) => this.key.entriesOf(each)));
    this.changes++;
  }
}
