import type { Row } from './rows.ts';
import type { Comparator, Order } from './sort-order.ts';
import type { Table } from './table.ts';
import type { Scalar } from '../values.ts';

interface LookUp {
  /** Each once, unless whoever walks them takes care of those that are met again. */
  readonly ids: readonly string[];
  /** null: in any. */
  readonly order: Order | null;
  /** Only those behind these values of the order's fields. */
  readonly after: readonly Scalar[] | undefined;
}

/** Walks rows that are asked for by their ids: each is looked up, and all are brought into the order asked for, which no index need serve. */
export class LookedUp {
  readonly #table: Pick<Table, 'get'>;
  readonly #order: Order | null;
  readonly #after: LookUp['after'];
  #found: Row[];
  #next = 0;
  /** The row met last, as it was then. */
  #last: Row | undefined;

  constructor(table: Pick<Table, 'get'>, { ids, order, after }: LookUp) {
    this.#table = table;
    this.#order = order;
    this.#after = after;
    this.#found = this.#inOrder(ids);
  }

  next(): Row | undefined {
    const row = this.#found[this.#next++];
    this.#last = row ?? this.#last;
    return row;
  }
  /** How many are left. */
  count(): number {
    return Math.max(this.#found.length - this.#next, 0);
  }
  hasMoreThan(count: number): boolean {
    return this.count() > count;
  }
  /** To be called after every rest: some may have gone meanwhile, or lie elsewhere in the order. */
  restore(): void {
    this.#found = this.#inOrder(this.#found.slice(this.#next).map(({ _id }) => _id));
    this.#next = 0;
  }

  #inOrder(ids: readonly string[]): Row[] {
    const compare = this.#order?.comparator();
    const found: Row[] = [];
    for (const id of ids) {
      const row = this.#table.get(id);
      if (row && this.#isAhead(row, compare)) found.push(row);
    }
    return compare ? found.sort(compare) : found;
  }
  #isAhead(row: Row, compare: Comparator | undefined): boolean {
    const isOnPage = !this.#order || !this.#after || this.#order.isBehind(row, this.#after);
    return isOnPage && (!compare || !this.#last || compare(row, this.#last) > 0);
  }
}
