import type { OrderedIndex } from './ordered-index.ts';
import type { Row } from './rows.ts';
import type { Table } from './table.ts';
import type { Scalar } from '../values.ts';

/** The newest state of a document whose write is not durable yet; `row` null: removed. */
interface PendingState {
  readonly row: Row | null;
  readonly batch: number;
}
/** Why a write can't be: which key is taken, and since which batch (0: durably). */
export interface Conflict {
  readonly indexName: string;
  readonly batch: number;
}

/** What writers have to reckon with before readers see it: the state that every document and unique key will have once all that was
 *  accepted is durable. */
export class Pending {
  readonly #table: Table;
  readonly #states = new Map<string, PendingState>();
  /** Per unique index: the keys taken by pending states. */
  readonly #claims: readonly { readonly index: OrderedIndex; readonly taken: Map<string, { id: string; batch: number }> }[];

  constructor(table: Table) {
    this.#table = table;
    this.#claims = table.unique.map((index) => ({ index, taken: new Map() }));
  }

  /** The state that the next write of this document meets, and the batch it waits for (0: durable). */
  latest(id: string): { row: Row | null; batch: number } {
    return this.#states.get(id) ?? { row: this.#table.get(id) ?? null, batch: 0 };
  }
  set(id: string, row: Row | null, batch: number): void {
    const before = this.#states.get(id);
    if (before?.row) this.#release(before.row);
    if (row) this.add(row, batch);
    else this.#states.set(id, { row, batch });
  }
  /** As `set`, of one that nobody has: there is nothing to give up. */
  add(row: Row, batch: number): void {
    const { _id: id } = row;
    this.#states.set(id, { row, batch });
    for (const { index, taken } of this.#claims) for (const key of index.key.keysOf(row)) taken.set(JSON.stringify(key), { id, batch });
  }
  /** That write is durable and in the table; a newer one may be pending still. */
  settle(id: string, row: Row | null): void {
    if (this.#states.get(id)?.row !== row) return;
    if (row) this.#release(row);
    this.#states.delete(id);
  }
  /** Whether another document has, or is about to have, a unique key of this one. */
  conflictOf(row: Row): Conflict | null {
    for (const { index, taken } of this.#claims) {
      for (const key of index.key.keysOf(row)) {
        const claim = taken.get(JSON.stringify(key));
        if (claim && claim.id !== row._id) return { indexName: index.key.name, batch: claim.batch };
        if (this.#isHeldByOther(index, key, row._id)) return { indexName: index.key.name, batch: 0 };
      }
    }
    return null;
  }

  /** Durably, and not about to be given up: a pending state that keeps the key has claimed it above. */
  #isHeldByOther(index: OrderedIndex, key: readonly Scalar[], id: string): boolean {
    const owner = this.#table.ownerOf(index, key);
    return owner !== null && owner._id !== id && !this.#states.has(owner._id);
  }
  #release(row: Row): void {
    for (const { index, taken } of this.#claims) {
      for (const key of index.key.keysOf(row)) {
        const name = JSON.stringify(key);
        if (taken.get(name)?.id === row._id) taken.delete(name);
      }
    }
  }
}
