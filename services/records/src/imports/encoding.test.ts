import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BytesWatch, chooseEncoding, encodingNamed, TextSource } from './encoding.ts';
import { FileProblem } from './file-problem.ts';

function factsOf(...pieces: Uint8Array[]) {
  const watch = new BytesWatch();
  for (const piece of pieces) watch.see(piece);
  return watch.facts();
}
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const chosen = (data: Uint8Array, named?: string): string => chooseEncoding(factsOf(data), named);
function problemOf(run: () => unknown): { code: string; path: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof FileProblem) return { code: error.code, path: error.path };
    throw error;
  }
  throw new Error('no problem');
}

describe('the encoding of a file', () => {
  test('is UTF-8 where its bytes are, in however many pieces they come', () => {
    const text = Buffer.from('Café €');
    expect(chosen(text)).toBe('utf-8');
    expect(factsOf(...[...text].map((byte) => bytes(byte)))).toMatchObject({
      isUtf8: true,
      size: text.length,
      first: new Uint8Array(text),
    });
  });
  test('is Windows-1252 where they are not', () => {
    expect(chosen(bytes(0x43, 0x61, 0x66, 0xe9))).toBe('windows-1252');
    expect(factsOf(bytes(0x41), bytes(0xc3)).isUtf8).toBe(false);
    expect(factsOf(bytes(0xff), bytes(0x41)).isUtf8).toBe(false);
  });
  test('is not guessed where they are neither: a Japanese file, one of a Mac, one of DOS', () => {
    const odd = [0x81, 0x8d, 0x8f, 0x90, 0x9d].map((byte) => bytes(0xe4, byte));
    for (const data of [bytes(0x83, 0x52, 0x81, 0x5b), bytes(0x43, 0x72, 0x8f, 0x63), bytes(0x4d, 0x81, 0x6c), ...odd]) {
      expect(problemOf(() => chosen(data))).toEqual({ code: 'wrong-encoding', path: '/options/encoding' });
      expect(problemOf(() => chooseEncoding(factsOf(data, bytes(0x41)), undefined)).code).toBe('wrong-encoding');
      expect(chosen(data, 'macintosh')).toBe('macintosh');
      expect(chosen(data, 'latin1')).toBe('windows-1252');
    }
    expect(chosen(Buffer.from('\u00c1\u00cd\u00cf\u00d0\u00dd'))).toBe('utf-8');
    expect(chosen(bytes(0xff, 0xfe, 0x81, 0x30))).toBe('utf-16le');
  });
  test('is what its byte order mark says', () => {
    expect(chosen(bytes(0xef, 0xbb, 0xbf, 0x41))).toBe('utf-8');
    expect(chosen(bytes(0xff, 0xfe, 0x41, 0))).toBe('utf-16le');
    expect(chosen(bytes(0xfe, 0xff, 0, 0x41))).toBe('utf-16be');
  });
  test('is what it was said to be', () => {
    expect(chosen(Buffer.from('A'), 'latin1')).toBe('windows-1252');
    expect(chosen(bytes(0x41, 0), 'UTF-16LE')).toBe('utf-16le');
    expect(chosen(bytes(0xfe, 0xff, 0, 0x41), 'utf-16')).toBe('utf-16be');
    expect(encodingNamed('iso-8859-15')).toBe('iso-8859-15');
    expect(encodingNamed('utf-5')).toBeNull();
    expect(chosen(bytes(0xef, 0xbb, 0xbf, 0x41), 'latin1')).toBe('windows-1252');
    expect(chosen(bytes(0xef, 0xbb, 0xbf, 0x41), 'utf-16')).toBe('utf-16le');
    expect(problemOf(() => chosen(bytes(0xff, 0xfe, 0x41, 0), 'latin1')).code).toBe('nul-bytes');
  });
  test('is refused where it is not what it was said to be', () => {
    expect(problemOf(() => chosen(bytes(0x41, 0xe9), 'utf-8'))).toEqual({ code: 'wrong-encoding', path: '/options/encoding' });
    expect(problemOf(() => chosen(bytes(0xef, 0xbb, 0xbf, 0xe9)))).toEqual({ code: 'wrong-encoding', path: '/file' });
  });
  test('is none of an empty file, of NUL bytes, of other kinds of files', () => {
    expect(problemOf(() => chosen(bytes())).code).toBe('empty-file');
    expect(problemOf(() => chosen(bytes(0x41, 0, 0x42))).code).toBe('nul-bytes');
    expect(problemOf(() => chooseEncoding(factsOf(bytes(0x41, 0), bytes(0x42)), undefined)).code).toBe('nul-bytes');
  });
  test.each([
    ['an archive', bytes(0x50, 0x4b, 3, 4)],
    ['an archive without anything in it', bytes(0x50, 0x4b, 5, 6)],
    ['an old spreadsheet', bytes(0xd0, 0xcf, 0x11, 0xe0)],
    ['a PDF', Buffer.from('%PDF-1.7')],
    ['what gzip makes', bytes(0x1f, 0x8b, 8)],
    ['what 7z makes', bytes(0x37, 0x7a, 0xbc, 0xaf)],
    ['a JPEG image', bytes(0xff, 0xd8, 0xff)],
    ['a GIF image', Buffer.from('GIF89a')],
    ['a program', bytes(0x7f, 0x45, 0x4c, 0x46)],
  ])('is none of %s', (_what, data) => {
    expect(problemOf(() => chosen(data)).code).toBe('binary-file');
  });
});

describe('text', () => {
  const decoded = (encoding: string, pieces: readonly Uint8Array[]): string => {
    const source = new TextSource(encoding);
    return pieces.map((piece) => source.text(piece)).join('') + source.text();
  };
  test('comes out whole, wherever its bytes were cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 30 }),
        fc.constantFrom('utf-8', 'utf-16le'),
        fc.nat(5),
        (text, encoding, size) => {
          fc.pre(!text.includes('\0') && !text.startsWith('\ufeff'));
          const data = Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le');
          const pieces = Array.from({ length: Math.ceil(data.length / (size + 1)) }, (_, at) =>
            data.subarray(at * (size + 1), (at + 1) * (size + 1)),
          );
          expect(decoded(encoding, pieces)).toBe(text);
        },
      ),
    );
  });
  test('of Windows-1252 has its euro sign', () => {
    expect(decoded('windows-1252', [bytes(0x80, 0x20, 0xe4, 0x96)])).toBe('\u20ac \u00e4\u2013');
  });
  test('has no byte order mark', () => {
    expect(decoded('utf-16be', [bytes(0xfe), bytes(0xff, 0, 0x41)])).toBe('A');
  });
  test('is refused where bytes are none', () => {
    expect(problemOf(() => decoded('utf-8', [bytes(0x41, 0xff)])).code).toBe('wrong-encoding');
    expect(problemOf(() => decoded('utf-16le', [bytes(0x41)])).code).toBe('wrong-encoding');
    expect(problemOf(() => decoded('utf-16le', [bytes(0, 0xd8, 0x41, 0)])).code).toBe('wrong-encoding');
  });
  test('is refused with NUL in it', () => {
    expect(problemOf(() => decoded('utf-16le', [bytes(0x41, 0, 0, 0)])).code).toBe('nul-bytes');
  });
});
