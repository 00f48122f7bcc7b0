import { TextDecoder } from 'node:util';
import { FileProblem } from './file-problem.ts';

/** What the bytes say before they are text. */
export interface BytesFacts {
  readonly first: Uint8Array;
  readonly size: number;
  readonly isUtf8: boolean;
  readonly hasNul: boolean;
  /** Bytes that stand for nothing in Windows-1252. */
  readonly notWindows1252: boolean;
}

/** Japanese and Mac texts and those of DOS have them soon. */
const undefinedInWindows1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

const firstBytes = 16;

/** Looks at a file's bytes as they come by. */
export class BytesWatch {
  #first: Uint8Array = new Uint8Array();
  #size = 0;
  #hasNul = false;
  #notWindows1252 = false;
  /** Null once something was no UTF-8. */
  #utf8: TextDecoder | null = new TextDecoder('utf-8', { fatal: true });

  see(bytes: Uint8Array): void {
    if (this.#first.length < firstBytes)
      this.#first = Uint8Array.from([...this.#first, ...bytes.subarray(0, firstBytes)]).slice(0, firstBytes);
    this.#size += bytes.length;
    this.#hasNul ||= bytes.includes(0);
    this.#notWindows1252 ||= undefinedInWindows1252.some((byte) => bytes.includes(byte));
    this.#try((decoder) => decoder.decode(bytes, { stream: true }));
  }

  facts(): BytesFacts {
    this.#try((decoder) => decoder.decode());
    return {
      first: this.#first,
      size: this.#size,
      isUtf8: this.#utf8 !== null,
      hasNul: this.#hasNul,
      notWindows1252: this.#notWindows1252,
    };
  }

  #try(decode: (decoder: TextDecoder) => string): void {
    if (this.#utf8 === null) return;
    try {
      decode(this.#utf8);
    } catch {
      this.#utf8 = null;
    }
  }
}

/** How other kinds of files begin. */
const magic: readonly (readonly [kind: string, ...bytes: number[]])[] = [
  ['a ZIP archive or a spreadsheet (XLSX)', 0x50, 0x4b, 0x03, 0x04],
  ['an empty ZIP archive', 0x50, 0x4b, 0x05, 0x06],
  ['an old Office document (XLS)', 0xd0, 0xcf, 0x11, 0xe0],
  ['a PDF', 0x25, 0x50, 0x44, 0x46],
  ['a gzip archive', 0x1f, 0x8b],
  ['a 7z archive', 0x37, 0x7a, 0xbc, 0xaf],
  ['a PNG image', 0x89, 0x50, 0x4e, 0x47],
  ['a JPEG image', 0xff, 0xd8, 0xff],
  ['a GIF image', 0x47, 0x49, 0x46, 0x38],
  ['a program', 0x7f, 0x45, 0x4c, 0x46],
];

const byteOrderMarks: readonly (readonly [encoding: string, ...bytes: number[]])[] = [
  ['utf-8', 0xef, 0xbb, 0xbf],
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
];

const beginning = <T extends readonly [string, ...number[]]>(list: readonly T[], first: Uint8Array): string | null =>
  list.find(([, ...bytes]) => bytes.every((byte, at) => first[at] === byte))?.[0] ?? null;

/** The encoding's name in the WHATWG standard, which knows many labels (`latin1`, `cp1252`, `utf16`); null for none of them. */
export function encodingNamed(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/** The encoding to read these bytes in: as named; else as their byte order mark says; else UTF-8 where they are; else Windows-1252.
 *  @throws FileProblem when they are no text, or not what was said */
export function chooseEncoding(facts: BytesFacts, named: string | undefined): string {
  if (facts.size === 0) throw new FileProblem('empty-file', 'The file is empty.');
  const kind = beginning(magic, facts.first);
  if (kind !== null) throw new FileProblem('binary-file', `This is ${kind}, not a CSV file.`);
  const marked = beginning(byteOrderMarks, facts.first);
  const said = named === undefined ? null : encodingNamed(named);
  const encoding =
    said?.startsWith('utf-16') && marked?.startsWith('utf-16') ? marked : (said ?? marked ?? (facts.isUtf8 ? 'utf-8' : 'windows-1252'));
  if (encoding === 'utf-8' && !facts.isUtf8) throw wrongEncoding(encoding, named);
  if (facts.hasNul && !encoding.startsWith('utf-16')) {
    throw new FileProblem(
      'nul-bytes',
      'The file holds NUL bytes: it is no text, or it is UTF-16 without a byte order mark (then name the encoding).',
    );
  }
  if (encoding === 'windows-1252' && said === null && facts.notWindows1252) {
    throw new FileProblem('wrong-encoding', 'The file is neither UTF-8 nor Windows-1252. Name its encoding.', '/options/encoding');
  }
  return encoding;
}

const wrongEncoding = (encoding: string, named: string | undefined): FileProblem =>
  new FileProblem(
    'wrong-encoding',
    `The file is not ${encoding.toUpperCase()} throughout.`,
    named === undefined ? '/file' : '/options/encoding',
  );

/** Turns bytes into text piece by piece, without its byte order mark.
 *  @throws FileProblem for bytes that are none in this encoding, and for NUL */
export class TextSource {
  readonly #encoding: string;
  readonly #decoder: TextDecoder;

  constructor(encoding: string) {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  /** Without an argument: the end. */
  text(bytes?: Uint8Array): string {
    const text = this.#decode(bytes);
    if (text.includes('\0')) throw new FileProblem('nul-bytes', 'The file holds NUL characters.');
    return text;
  }

  #decode(bytes: Uint8Array | undefined): string {
    try {
      return bytes === undefined ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true });
    } catch {
      throw wrongEncoding(this.#encoding, undefined);
    }
  }
}
