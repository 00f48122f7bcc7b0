import type { Entry } from './index-key.ts';
import type { Range } from './index-ranges.ts';
import type { OrderedIndex, Position } from './ordered-index.ts';
import type { Row } from './rows.ts';
import type { Behind } from './sort-order.ts';

/** Walks one range of an index, in either direction. Others may change the index while the walk rests: `restore` finds the place again. */
export class Cursor {
  readonly #index: OrderedIndex;
  readonly #range: Range;
  readonly #behind: Behind;
  readonly #direction: 1 | -1;
  /** From this entry up to, not including, that one; numbers, for a walk takes many steps. */
  #block = 0;
  #offset = 0;
  #endBlock = 0;
  #endOffset = 0;
  #changes: number;
  /** Which field held arrays when the last entry was met: the first array makes another kind of entry of every row. */
  #arrayField: number;
  #last: Entry | null = null;

  constructor(index: OrderedIndex, range: Range, direction: 1 | -1, behind: Behind) {
    this.#index = index;
    this.#range = range;
    this.#direction = direction;
    this.#behind = behind;
    this.#changes = index.changes;
    this.#arrayField = index.key.arrayField;
    this.#stand(...this.#edges());
  }

  /** How many entries are left. */
  count(): number {
    return this.#index.distance(...this.#left());
  }
  /** Whether more than so many entries are left, found out without counting them all. */
  hasMoreThan(count: number): boolean {
    return this.#index.isFarther(...this.#left(), count);
  }
  next(): Row | undefined {
    if (this.#block > this.#endBlock || (this.#block === this.#endBlock && this.#offset >= this.#endOffset)) return undefined;
    this.#last = this.#direction > 0 ? this.#step() : this.#stepBack();
    return this.#index.key.rowOf(this.#last);
  }
  /** To be called after every rest. */
  restore(): void {
    if (this.#changes === this.#index.changes) return;
    this.#changes = this.#index.changes;
    const [start, end] = this.#edges();
    this.#last = this.#asOfNow(this.#last);
    if (!this.#last) return this.#stand(start, end);
    const place = this.#index.seekEntry(this.#last, this.#direction > 0);
    if (this.#direction > 0) this.#stand(later(start, place), end);
    else this.#stand(start, earlier(end, place));
  }

  #asOfNow(last: Entry | null): Entry | null {
    const { key } = this.#index;
    const isAsItWas = this.#arrayField === key.arrayField;
    this.#arrayField = key.arrayField;
    return isAsItWas || last === null ? last : (key.entriesOf(last as Row)[0] ?? null);
  }
  #step(): Entry {
    const block = this.#index.blocks[this.#block] as Entry[];
    const entry = block[this.#offset++] as Entry;
    if (this.#offset >= block.length) {
      this.#block++;
      this.#offset = 0;
    }
    return entry;
  }
  #stepBack(): Entry {
    if (this.#endOffset === 0) this.#endOffset = this.#index.blocks[--this.#endBlock]?.length ?? 1;
    return this.#index.blocks[this.#endBlock]?.[--this.#endOffset] as Entry;
  }
  #left(): [Position, Position] {
    return [
      { block: this.#block, offset: this.#offset },
      { block: this.#endBlock, offset: this.#endOffset },
    ];
  }
  #stand(start: Position, end: Position): void {
    this.#block = start.block;
    this.#offset = start.offset;
    this.#endBlock = end.block;
    this.#endOffset = end.offset;
  }
  #edges(): [Position, Position] {
    const { low, lowBehind, high, highBehind } = this.#range;
    const start = this.#index.seek(low, lowBehind);
    if (this.#behind === 'none') return [start, start];
    const end = this.#index.seek(high, highBehind);
    if (this.#behind === 'all') return [start, end];
    const place = this.#index.seek(this.#behind.values, this.#behind.behind);
    return this.#direction > 0 ? [later(start, place), end] : [start, earlier(end, place)];
  }
}

const isBefore = (a: Position, b: Position): boolean => a.block < b.block || (a.block === b.block && a.offset < b.offset);
const later = (a: Position, b: Position): Position => (isBefore(a, b) ? b : a);
const earlier = (a: Position, b: Position): Position => (isBefore(a, b) ? a : b);
