import type { LineReader } from './line-reader.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const OPENING = 0x5b;
const CLOSING = 0x5d;
/** More gain nothing, and what is parsed at once is garbage at once. */
const LINES_MAX = 64;

/** Lines of documents, sound and one behind the other in the buffer of a reader. They are parsed as one JSON text, which takes a good deal less
 *  than one for each line. */
export class LineRun {
  readonly #buffer: Buffer;
  /** Where the buffer begins in the file. */
  readonly #base: number;
  readonly #from: number;
  #to: number;
  /** Where the JSON of each begins and ends in the buffer. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Of the line just read, and perhaps of those that follow. */
  constructor(reader: LineReader) {
    this.#buffer = reader.buffer;
    this.#base = reader.position - reader.lineEnd;
    this.#from = reader.lineStart;
    this.#to = reader.lineEnd;
    this.#note(reader);
  }
  /** Takes the line just read, if it follows the last one. */
  add(reader: LineReader): boolean {
    if (reader.buffer !== this.#buffer || reader.lineStart !== this.#to || this.#starts.length >= LINES_MAX) return false;
    this.#to = reader.lineEnd;
    this.#note(reader);
    return true;
  }
  /** The lines as they lie in the file: for checksums, and only before `text`. */
  raw(): Buffer {
    return this.#buffer.subarray(this.#from, this.#to);
  }
  /** One JSON text, the array of what the lines hold. Once: what stands between them is overwritten. */
  text(): string {
    const buffer = this.#buffer;
    let at = this.#from;
    for (let nth = 0; nth < this.#starts.length; nth++) {
      const start = this.#starts[nth] as number;
      // so few bytes are set by hand sooner than by a call
      while (at < start) buffer[at++] = SPACE;
      buffer[start - 1] = nth === 0 ? OPENING : COMMA;
      at = this.#ends[nth] as number;
    }
    buffer[this.#to - 1] = CLOSING;
    return buffer.toString('utf8', this.#from, this.#to);
  }
  /** Of all lines together. */
  get bytes(): number {
    return this.#to - this.#from;
  }
  /** Where the JSON of the nth lies in the file, and its length in bytes. */
  placeOf(nth: number): { readonly position: number; readonly bytes: number } {
    const start = this.#starts[nth] as number;
    return { position: this.#base + start, bytes: (this.#ends[nth] as number) - start };
  }

  #note({ line }: LineReader): void {
    this.#starts.push(line.start);
    this.#ends.push(line.end);
  }
}
