import { Cursor } from './cursor.ts';
import type { Access } from './index-ranges.ts';
import { LookedUp } from './looked-up.ts';
import type { Plan } from './query-plan.ts';
import type { Row } from './rows.ts';
import type { Comparator, Order } from './sort-order.ts';
import { partBehind } from './sort-order.ts';
import type { Table } from './table.ts';
import type { Scalar } from '../values.ts';

/** Meets the rows of a plan: one range behind the other, or all ranges merged into the order asked for. */
export class Walk {
  readonly #cursors: Steps[];
  /** Of what is merged; null: nothing is. */
  readonly #order: Order | null;
  #compare: Comparator | null;
  /** A heap of the next row of each cursor, when several are merged. */
  readonly #heads: Head[] = [];
  #current = 0;

  constructor(table: Pick<Table, 'get'>, plan: Plan, order: Order | null, after: readonly Scalar[] | undefined) {
    const served = plan.ordered ? order : null;
    const asked = plan.accesses.flatMap((access) => access.ids ?? []);
    // Where rows may come up again anyway, whoever walks leaves those out.
    const ids = plan.repeats ? asked : [...new Set(asked)];
    this.#cursors = plan.accesses.filter((access) => access.ids === null).flatMap((access) => cursorsOf(access, served, after));
    if (ids.length > 0) this.#cursors.push(new LookedUp(table, { ids, order: served, after: served ? after : undefined }));
    this.#order = this.#cursors.length > 1 ? served : null;
    this.#compare = this.#order && this.#order.comparator();
    if (this.#compare) for (const cursor of this.#cursors) this.#push(cursor);
  }

  next(): Row | undefined {
    if (this.#compare) return this.#nextMerged();
    for (; this.#current < this.#cursors.length; this.#current++) {
      const row = this.#cursors[this.#current]?.next();
      if (row) return row;
    }
    return undefined;
  }
  /** How many entries there are to meet. */
  count(): number {
    return this.#cursors.reduce((sum, cursor) => sum + cursor.count(), this.#heads.length);
  }
  /** Whether there are more than so many to meet. */
  hasMoreThan(count: number): boolean {
    return this.#cursors.length === 1 ? this.#cursors[0]!.hasMoreThan(count) : this.count() > count;
  }
  /** To be called after every rest. */
  restore(): void {
    for (const cursor of this.#cursors) cursor.restore();
    this.#compare = this.#order && this.#order.comparator();
  }

  #nextMerged(): Row | undefined {
    const [top] = this.#heads;
    if (!top) return undefined;
    const { row, cursor } = top;
    const next = cursor.next();
    if (next) this.#heads[0] = { row: next, cursor };
    else {
      const last = this.#heads.pop() as Head;
      if (this.#heads.length > 0) this.#heads[0] = last;
    }
    this.#sink();
    return row;
  }
  #push(cursor: Steps): void {
    const row = cursor.next();
    if (!row) return;
    this.#heads.push({ row, cursor });
    let at = this.#heads.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfAbove(at, parent)) return;
      at = parent;
    }
  }
  #sink(): void {
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = at;
      if (this.#isBefore(left, least)) least = left;
      if (this.#isBefore(right, least)) least = right;
      if (least === at || !this.#swapIfAbove(least, at)) return;
      at = least;
    }
  }
  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heads[a], this.#heads[b]];
    return one !== undefined && other !== undefined && this.#compare !== null && this.#compare(one.row, other.row) < 0;
  }
  #swapIfAbove(child: number, parent: number): boolean {
    if (!this.#isBefore(child, parent)) return false;
    const [one, other] = [this.#heads[child] as Head, this.#heads[parent] as Head];
    this.#heads[child] = other;
    this.#heads[parent] = one;
    return true;
  }
}

type Steps = Pick<Cursor, 'next' | 'count' | 'hasMoreThan' | 'restore'>;

interface Head {
  readonly row: Row;
  readonly cursor: Steps;
}

const cursorsOf = (access: Access, order: Order | null, after: readonly Scalar[] | undefined): Cursor[] =>
  access.ranges.map((range) => {
    const behind = order && after ? partBehind(access, range, order, after) : 'all';
    return new Cursor(access.index, range, order?.direction ?? 1, behind);
  });
