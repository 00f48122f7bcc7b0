import type { Interner } from './interner.ts';
import type { LineReader } from './line-reader.ts';
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
  readonly #wide: Row[] = [];

  constructor(table: Table, interner: Interner) {
    this.#table = table;
    this.#interner = interner;
  }
  /** Parses the line just read; what it does is done when the returned function is called. */
  parse(reader: LineReader, segment: Segment): () => void {
    const json = reader.json();
    switch (reader.line.kind) {
      case 'p': {
        const row = this.#rowOf(json, reader, segment);
        return () => void this.#table.rows.set(row._id, row);
      }
      case 'r': {
        const ids = JSON.parse(json) as RemoveLine;
        return () => ids.forEach((id) => this.#table.rows.delete(id));
      }
      case 'u': {
        const pull = JSON.parse(json) as PullLine;
        return () => this.#pull(pull);
      }
      default:
        return () => {};
    }
  }
  finish(): void {
    this.#table.load(this.#wide);
  }

  #rowOf(json: string, reader: LineReader, segment: Segment): Row {
    const doc = JSON.parse(json) as Row;
    const row = this.#table.cold ? this.#table.stubOf(doc) : doc;
    this.#interner.share(row);
    if (this.#table.cold) row.place = { segment, position: reader.jsonPosition, bytes: reader.jsonBytes, pulled: false };
    if (reader.jsonBytes !== json.length && isWide(json)) this.#wide.push(row);
    return row;
  }
  /** A snapshot written while pulls went on may hold a later state: what is gone already stays gone. */
  #pull([id, entryIds, hash]: PullLine): void {
    const row = this.#table.rows.get(id);
    if (!row) return;
    row.outbox = (row.outbox ?? []).filter((entry) => !entryIds.includes(entry.id));
    if (hash !== null) row.historyHash = hash;
    if (row.place) row.place.pulled = true;
  }
}
