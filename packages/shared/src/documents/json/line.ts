import { crc32 } from 'node:zlib';

/** One line of a journal or snapshot: `<crc32> <length> <batch> <kind> <json>\n`. Checksum, length in bytes and batch number are hex of
 *  8, 8 and 12 digits; the checksum covers everything behind it up to the line's end. */
export type LineKind = 'h' | 'p' | 'r' | 'u' | 'c' | 'f';
export const HEADER_BYTES = 33;
const CHECKED_FROM = 9;
const SPACE = 0x20;
const NEWLINE = 0x0a;

/** A buffer that one large batch has blown up is not kept. */
const KEPT_MAX = 4 * 1024 * 1024;

const DIGITS = Buffer.from('0123456789abcdef');
const VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of DIGITS.entries()) VALUES[digit] = value;

/** Collects lines in one growing buffer: a batch is written with one call. */
export class LineBuffer {
  bytes: Buffer;
  size = 0;

  constructor(capacity = 64 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }
  /** Adds a line; answers the length of its JSON in bytes. It ends one byte before `size`. */
  add(kind: LineKind, batch: number, json: string): number {
    this.#reserve(HEADER_BYTES + json.length * 3 + 1);
    const bytes = this.bytes.write(json, this.size + HEADER_BYTES);
    this.#seal(kind, batch, bytes);
    return bytes;
  }
  /** Adds a line whose JSON is there as bytes already. */
  addBytes(kind: LineKind, batch: number, json: Buffer): number {
    this.#reserve(HEADER_BYTES + json.length + 1);
    json.copy(this.bytes, this.size + HEADER_BYTES);
    this.#seal(kind, batch, json.length);
    return json.length;
  }
  /** Empties it for use again; what was handed out by `filled` is overwritten then. */
  clear(): void {
    this.size = 0;
    if (this.bytes.length > KEPT_MAX) this.bytes = Buffer.allocUnsafeSlow(KEPT_MAX / 64);
  }
  filled(): Buffer {
    return this.bytes.subarray(0, this.size);
  }

  #seal(kind: LineKind, batch: number, bytes: number): void {
    const at = this.size;
    const end = at + HEADER_BYTES + bytes;
    this.#hex(at + 9, 8, bytes);
    this.#hex(at + 18, 12, batch);
    this.bytes[at + 17] = SPACE;
    this.bytes[at + 30] = SPACE;
    this.bytes[at + 31] = kind.charCodeAt(0);
    this.bytes[at + 32] = SPACE;
    this.#hex(at, 8, crc32(this.bytes.subarray(at + CHECKED_FROM, end)));
    this.bytes[at + 8] = SPACE;
    this.bytes[end] = NEWLINE;
    this.size = end + 1;
  }
  #hex(at: number, digits: number, value: number): void {
    let rest = value;
    for (let digit = at + digits - 1; digit >= at; digit--) {
      this.bytes[digit] = DIGITS[rest % 16] as number;
      rest = rest < 16 ? 0 : Math.floor(rest / 16);
    }
  }
  #reserve(bytes: number): void {
    if (this.size + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.size + bytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
  }
}

/** What a line says; positions are offsets into the buffer it was read from. One object is used again for every line. */
export interface ParsedLine {
  kind: LineKind;
  batch: number;
  start: number;
  end: number;
}
/** How a check of a line can be left out: only a test's broken double does. */
export type Checksum = (bytes: Uint8Array, running?: number) => number;

/** The length of the whole line that begins here, as its header claims; -1 when this is no header. */
export function claimedLength(bytes: Buffer, at: number): number {
  if (at + HEADER_BYTES > bytes.length || bytes[at + 8] !== SPACE || bytes[at + 17] !== SPACE || bytes[at + 30] !== SPACE) return -1;
  const length = unhex(bytes, at + 9, 8);
  return length < 0 ? -1 : HEADER_BYTES + length + 1;
}

/** Whether the line that lies there, whole, is what was written. */
export const isSound = (bytes: Buffer, at: number, end: number, checksum: Checksum = crc32): boolean =>
  unhex(bytes, at, 8) === checksum(bytes.subarray(at + CHECKED_FROM, end - 1));

/** Reads the line at an offset into `line`; false when it isn't whole and sound.
 *  @param checksum null: its own is left for something that covers more lines than one */
export function parseLine(bytes: Buffer, at: number, line: ParsedLine, checksum: Checksum | null): boolean {
  const length = claimedLength(bytes, at);
  if (length < 0 || at + length > bytes.length || bytes[at + length - 1] !== NEWLINE) return false;
  const batch = unhex(bytes, at + 18, 12);
  if (batch < 0 || (checksum && !isSound(bytes, at, at + length, checksum))) return false;
  line.kind = String.fromCharCode(bytes[at + 31] ?? 0) as LineKind;
  line.batch = batch;
  line.start = at + HEADER_BYTES;
  line.end = at + length - 1;
  return true;
}

function unhex(bytes: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let digit = at; digit < at + digits; digit++) {
    const part = VALUES[bytes[digit] ?? 0] ?? -1;
    if (part < 0) return -1;
    value = value * 16 + part;
  }
  return value;
}
