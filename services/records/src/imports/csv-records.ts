import { type Delimiter, maxRecordChars } from './csv-syntax.ts';

/** A quote that never closes, or a record without end. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
  readonly code: 'quote-not-closed' | 'record-too-large';
  /** Records before it. */
  readonly behind: number;
  constructor(code: CsvFault['code'], behind: number) {
    super(`${code} behind record ${behind}`);
    this.code = code;
    this.behind = behind;
  }
}

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Takes text apart into records, in whatever pieces it comes: RFC 4180 as banks bend it. Any line end ends a record, a blank line is one
 *  with one empty cell, any number of cells is fine. A cell that begins with a quote runs to the next single one, which a delimiter, a
 *  line end or the end must follow; where something else follows, the quotes were no more than characters. */
export class RecordSplitter {
  readonly #delimiter: number;
  #text = '';
  #at = 0;
  #count = 0;
  #isEnd = false;

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** The records that are complete by now, at most `limit` of them. Throws `CsvFault`. */
  take(text: string, limit = Infinity): string[][] {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    const records: string[][] = [];
    while (records.length < limit) {
      const record = this.#next();
      if (record === null) {
        // One more than a record may have: it may be a carriage return, whose newline is still to come.
        if (this.#text.length - this.#at > maxRecordChars + 1) throw new CsvFault('record-too-large', this.#count);
        break;
      }
      records.push(record);
    }
    return records;
  }

  /** No more text: the last record, if there is one without a line end. Throws `CsvFault`. */
  end(limit = Infinity): string[][] {
    this.#isEnd = true;
    return this.take('', limit);
  }

  /** The next record; null where it is not complete, then nothing has moved. */
  #next(): string[] | null {
    const start = this.#at;
    if (start >= this.#text.length) return null;
    const cells: string[] = [];
    let end = start;
    for (;;) {
      const cell = this.#text.charCodeAt(this.#at) === quote ? this.#quoted() : this.#plain(this.#at);
      end = this.#at;
      const isLast = this.#text.charCodeAt(this.#at) !== this.#delimiter;
      if (cell === null || (isLast && !this.#lineEnd())) {
        this.#at = start;
        return null;
      }
      cells.push(cell);
      if (!isLast) this.#at += 1;
      else break;
    }
    if (end - start > maxRecordChars) throw new CsvFault('record-too-large', this.#count);
    this.#count += 1;
    return cells;
  }

  /** A cell up to the delimiter or line end behind `from`; its text begins where the cell does. Stops in front of that. */
  #plain(from: number): string {
    const text = this.#text;
    const delimiter = this.#delimiter;
    let end = from;
    for (; end < text.length; end += 1) {
      const char = text.charCodeAt(end);
      if (char === delimiter || char === newline || char === carriageReturn) break;
    }
    const cell = text.slice(this.#at, end);
    this.#at = end;
    return cell;
  }

  /** A cell that begins with a quote; null where its end is not there yet. */
  #quoted(): string | null {
    const text = this.#text;
    for (let from = this.#at + 1; ;) {
      const close = text.indexOf('"', from);
      if (close < 0 && this.#isEnd) throw new CsvFault('quote-not-closed', this.#count);
      if (close < 0) return null;
      const follows = text.charCodeAt(close + 1);
      if (follows === quote) {
        from = close + 2;
        continue;
      }
      // The quote that the text ends with so far may turn out to be the first of two: whoever looks for a line end waits for more.
      const isClosed = close + 1 === text.length || follows === this.#delimiter || follows === newline || follows === carriageReturn;
      if (!isClosed) return this.#plain(close + 1);
      const cell = text.slice(this.#at + 1, close);
      this.#at = close + 1;
      return cell.includes('"') ? cell.replaceAll('""', '"') : cell;
    }
  }

  /** Moves behind a line end; false where there may be more to come. */
  #lineEnd(): boolean {
    const { length } = this.#text;
    if (this.#at === length) return this.#isEnd;
    const isReturn = this.#text.charCodeAt(this.#at) === carriageReturn;
    if (isReturn && this.#at + 1 === length && !this.#isEnd) return false;
    this.#at += isReturn && this.#text.charCodeAt(this.#at + 1) === newline ? 2 : 1;
    return true;
  }
}
