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
  #start: Position;
  #end: Position;
  #changes: number;
  #last: Entry | null = null;

  constructor(index: OrderedIndex, range: Range, direction: 1 | -1 = 1, behind: Behind = 'all') {
    this.#index = index;
    this.#range = range;
    this.#direction = direction;
    this.#behind = behind;
    this.#changes = index.changes;
    [this.#start, this.#end] = this.#edges();
  }

  /** How many entries are left. */
  count(): number {
    return this.#index.distance(this.#start, this.#end);
  }
  next(): Row | undefined {
    if (!isBefore(this.#start, this.#end)) return undefined;
    if (this.#direction > 0) {
      this.#last = this.#index.at(this.#start) as Entry;
      this.#start = this.#step(this.#start);
    } else {
      this.#end = this.#stepBack(this.#end);
      this.#last = this.#index.at(this.#end) as Entry;
    }
    return this.#index.key.rowOf(this.#last);
  }
  /** To be called after every rest. */
  restore(): void {
    if (this.#changes === this.#index.changes) return;
    this.#changes = this.#index.changes;
    [this.#start, this.#end] = this.#edges();
    if (!this.#last) return;
    const place = this.#index.seekEntry(this.#last, this.#direction > 0);
    if (this.#direction > 0) this.#start = later(this.#start, place);
    else this.#end = earlier(this.#end, place);
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
  #step({ block, offset }: Position): Position {
    const length = this.#index.blocks[block]?.length ?? 0;
    return offset + 1 < length ? { block, offset: offset + 1 } : { block: block + 1, offset: 0 };
  }
  #stepBack({ block, offset }: Position): Position {
    if (offset > 0) return { block, offset: offset - 1 };
    return { block: block - 1, offset: (this.#index.blocks[block - 1]?.length ?? 1) - 1 };
  }
}

const isBefore = (a: Position, b: Position): boolean => a.block < b.block || (a.block === b.block && a.offset < b.offset);
const later = (a: Position, b: Position): Position => (isBefore(a, b) ? b : a);
const earlier = (a: Position, b: Position): Position => (isBefore(a, b) ? a : b);
