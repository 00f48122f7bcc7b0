import type { DiskFile } from './disk.ts';
import type { Checksum, ParsedLine } from './line.ts';
import { claimedLength, HEADER_BYTES, parseLine } from './line.ts';

const NEWLINE = 0x0a;

/** Reads a file line by line in slices: a file of gigabytes never becomes one string. */
export class LineReader {
  readonly line: ParsedLine = { kind: 'h', batch: 0, start: 0, end: 0 };
  readonly #file: DiskFile;
  readonly #size: number;
  readonly #checksum: Checksum | null;
  readonly #slice: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** Memory of a slice that nobody needs any more. */
  #spare: Buffer = Buffer.alloc(0);
  /** Where the buffer begins in the file. */
  #base = 0;
  /** Where the next line begins in the buffer, and where the one just read did. */
  #at = 0;
  #lineAt = 0;

  /** @param checksum null: lines count as sound without a look at their own */
  constructor(file: DiskFile, size: number, checksum: Checksum | null, slice = 4 * 1024 * 1024) {
    this.#file = file;
    this.#size = size;
    this.#checksum = checksum;
    this.#slice = slice;
  }

  /** Where the next line begins, in bytes from the file's start. */
  get position(): number {
    return this.#base + this.#at;
  }
  /** What the offsets of `line` are in: valid as long as somebody holds it, though the reader may have gone on to another. */
  get buffer(): Buffer {
    return this.#buffer;
  }
  /** Where the whole line just read begins and ends in the buffer. */
  get lineStart(): number {
    return this.#lineAt;
  }
  get lineEnd(): number {
    return this.#at;
  }
  json(): string {
    return this.#buffer.toString('utf8', this.line.start, this.line.end);
  }
  /** The whole line just read, for checksums over files. */
  raw(): Buffer {
    return this.#buffer.subarray(this.#lineAt, this.#at);
  }

  /** The next line, if it is in memory already; `more`: call `refill` first. `bad`: what is there is no sound line; the position stays. */
  advance(): 'line' | 'end' | 'bad' | 'more' {
    const left = this.#size - this.position;
    if (left === 0) return 'end';
    const buffered = this.#buffer.length - this.#at;
    if (buffered < Math.min(HEADER_BYTES, left)) return 'more';
    const length = claimedLength(this.#buffer, this.#at);
    if (length < 0 || length > left) return 'bad';
    if (length > buffered) return 'more';
    if (!parseLine(this.#buffer, this.#at, this.line, this.#checksum)) return 'bad';
    this.#lineAt = this.#at;
    this.#at += length;
    return 'line';
  }
  async next(): Promise<'line' | 'end' | 'bad'> {
    for (;;) {
      const state = this.advance();
      if (state !== 'more') return state;
      await this.refill();
    }
  }
  /** Reads on, keeping what was not consumed yet; at least the whole line that has begun.
   *  @param reuse nobody holds what was read before: its memory is used again, by the refill after this one */
  async refill(reuse = false): Promise<void> {
    const rest = this.#buffer.subarray(this.#at);
    const from = this.position;
    const wanted = Math.max(this.#slice, claimedLength(this.#buffer, this.#at), rest.length + 1);
    const bytes = Math.min(wanted, this.#size - from);
    const buffer = bytes <= this.#spare.length ? this.#spare.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes);
    this.#spare = reuse ? this.#buffer : Buffer.alloc(0);
    rest.copy(buffer);
    let filled = rest.length;
    while (filled < buffer.length) {
      const count = await this.#file.read(buffer.subarray(filled), from + filled);
      if (count === 0) throw new Error(`the file ends at byte ${from + filled}, ${this.#size} were expected`);
      filled += count;
    }
    this.#buffer = buffer;
    this.#base = from;
    this.#at = 0;
  }
  /** The next sound line, past whatever is not; false: there is none up to the end. */
  async resync(): Promise<boolean> {
    for (;;) {
      const state = await this.next();
      if (state !== 'bad') return state === 'line';
      await this.#skipLine();
    }
  }
  async #skipLine(): Promise<void> {
    let newline = this.#buffer.indexOf(NEWLINE, this.#at);
    while (newline < 0 && this.#base + this.#buffer.length < this.#size) {
      this.#at = this.#buffer.length;
      await this.refill();
      newline = this.#buffer.indexOf(NEWLINE);
    }
    this.#at = newline < 0 ? this.#buffer.length : newline + 1;
  }
}
