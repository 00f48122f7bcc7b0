import type { DiskFile } from './disk.ts';
import type { Written } from './journal.ts';
import type { Pending } from './pending.ts';
import type { Place, Row } from './rows.ts';
import type { Segment } from './segment.ts';
import type { Table } from './table.ts';

/** What a line does to the table once it is durable. */
export interface Put {
  readonly kind: 'put';
  readonly row: Row;
  /** The table has none of its id when it lands. */
  readonly isNew: boolean;
  /** Its strings may order otherwise by code unit than by code point. */
  wide: boolean;
  /** It has something in its outbox. */
  readonly tells: boolean;
  /** Where its JSON lies in the batch. */
  at: Written | null;
}
export type Op = Put | { readonly kind: 'remove'; readonly ids: readonly string[] } | { readonly kind: 'pull'; readonly state: Row };

/** What a batch has brought to the table. */
export interface Brought {
  /** Documents that were not there before, and the bytes of their JSON. */
  documents: number;
  bytes: number;
  removed: number;
}

/** Lets what is durable take effect. */
export class Landing {
  readonly #table: Table;
  readonly #pending: Pending;
  readonly #segmentOf: (file: DiskFile) => Segment;

  constructor(table: Table, pending: Pending, segmentOf: (file: DiskFile) => Segment) {
    this.#table = table;
    this.#pending = pending;
    this.#segmentOf = segmentOf;
  }

  /** All of a batch that begins at that byte of that file. */
  land(ops: readonly Op[], at: { file: DiskFile; position: number }): Brought {
    const segment = this.#table.cold ? this.#segmentOf(at.file) : null;
    const brought: Brought = { documents: 0, bytes: 0, removed: 0 };
    const fresh: Put[] = [];
    for (const op of ops) {
      if (op.kind === 'put' && segment && op.at) op.row.place = placeOf(op.at, segment, at.position);
      if (op.kind === 'put' && op.isNew) {
        fresh.push(op);
        brought.documents++;
        brought.bytes += op.at?.bytes ?? 0;
        continue;
      }
      this.#add(fresh);
      this.#apply(op, brought);
    }
    this.#add(fresh);
    return brought;
  }

  /** Indexes what is new together, before anything else is done with it. */
  #add(fresh: Put[]): void {
    if (fresh.length === 0) return;
    const rows = fresh.map(({ row }) => row);
    this.#table.add(
      rows,
      fresh.flatMap(({ row, wide }) => (wide ? row : [])),
    );
    for (const row of rows) this.#pending.settle(row._id, row);
    fresh.length = 0;
  }
  #apply(op: Op, brought: Brought): void {
    if (op.kind === 'put') this.#replace(op);
    else if (op.kind === 'pull') this.#pull(op.state);
    else this.#remove(op.ids, brought);
  }
  #replace({ row, wide }: Put): void {
    this.#table.replace(this.#table.get(row._id) as Row, row, wide);
    this.#pending.settle(row._id, row);
  }
  #remove(ids: readonly string[], brought: Brought): void {
    for (const id of ids) {
      this.#table.delete(id);
      this.#pending.settle(id, null);
    }
    brought.removed += ids.length;
  }
  #pull(state: Row): void {
    this.#table.pull(state._id, state.outbox ?? [], state.historyHash);
    this.#pending.settle(state._id, state);
  }
}

const placeOf = ({ position, bytes }: Written, segment: Segment, from: number): Place => ({
  segment,
  position: from + position,
  bytes,
  pulled: false,
});
