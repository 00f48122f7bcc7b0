import type { Row } from './rows.ts';
import type { Order } from './sort-order.ts';
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
  #found: Row[];
  #next = 0;

  constructor(table: Pick<Table, 'get'>, { ids, order, after }: LookUp) {
    this.#table = table;
    this.#order = order;
    this.#found = this.#inOrder(ids, (row) => !order || !after || order.isBehind(row, after));
  }

  next(): Row | undefined {
    return this.#found[this.#next++];
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
    const last = this.#found[this.#next - 1];
    const left = this.#found.slice(this.#next).map(({ _id }) => _id);
    const compare = this.#order?.comparator();
    this.#found = this.#inOrder(left, (row) => !compare || !last || compare(row, last) > 0);
    this.#next = 0;
  }

  #inOrder(ids: readonly string[], isAhead: (row: Row) => boolean): Row[] {
    const found: Row[] = [];
    for (const id of ids) {
      const row = this.#table.get(id);
      if (row && isAhead(row)) found.push(row);
    }
    return this.#order ? found.sort(this.#order.comparator()) : found;
  }
}
