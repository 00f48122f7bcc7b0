import type { Interner } from './interner.ts';
import type { LineReader } from './line-reader.ts';
import type { LineRun } from './line-run.ts';
import { LoadedRows } from './loaded-rows.ts';
import type { Row } from './rows.ts';
import type { Segment } from './segment.ts';
import type { Table } from './table.ts';
import { isWide } from '../values.ts';

/** What the lines of a journal do to a table, as they are written and as they are read again. */
export type RemoveLine = readonly string[];
export type PullLine = readonly [id: string, entryIds: readonly string[], historyHash: string | null];

/** Fills a table from lines; its indexes come last, all at once. */
export class Loading {
  readonly #table: Table;
  readonly #interner: Interner;
  readonly #rows = new LoadedRows();

  constructor(table: Table, interner: Interner) {
    this.#table = table;
    this.#interner = interner;
  }
  /** The documents of these lines. */
  put(run: LineRun, segment: Segment): void {
    const text = run.text();
    const { cold } = this.#table;
    const docs = JSON.parse(text) as Row[];
    const rows = cold ? docs.map((doc) => this.#table.stubOf(doc)) : docs;
    for (let nth = 0; nth < rows.length; nth++) {
      const row = rows[nth] as Row;
      this.#interner.share(row);
      if (cold) row.place = { segment, ...run.placeOf(nth), pulled: false };
    }
    this.#rows.put(rows, run.bytes !== text.length && isWide(text));
  }
  /** Parses another line, the one just read; what it does is done when the returned function is called. */
  parse(reader: LineReader): () => void {
    const { kind } = reader.line;
    if (kind === 'r') {
      const ids = JSON.parse(reader.json()) as RemoveLine;
      return () => ids.forEach((id) => this.#rows.remove(id));
    }
    if (kind !== 'u') return () => {};
    const pull = JSON.parse(reader.json()) as PullLine;
    return () => this.#pull(pull);
  }
  /** A snapshot has been read: what comes now is put over it. */
  settle(): void {
    this.#rows.settle();
  }
  finish(): void {
    this.#table.load(this.#rows.settle(), this.#rows.wide);
  }

  /** A snapshot written while pulls went on may hold a later state: what is gone already stays gone. */
  #pull([id, entryIds, hash]: PullLine): void {
    const row = this.#rows.get(id);
    if (!row) return;
    row.outbox = (row.outbox ?? []).filter((entry) => !entryIds.includes(entry.id));
    if (hash !== null) row.historyHash = hash;
    if (row.place) row.place.pulled = true;
  }
}
