import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvFault, RecordSplitter } from './csv-records.ts';

function split(pieces: readonly string[], delimiter = ';'): string[][] {
  const splitter = new RecordSplitter(delimiter);
  return [...pieces.flatMap((piece) => splitter.take(piece)), ...splitter.end()];
}
function faultOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof CsvFault) return [error.code, error.behind];
    throw error;
  }
}

describe('CSV', () => {
  test.each([
    [
      'a;b\n1;2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a;b\r\n1;2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a\rb\r\rc', [['a'], ['b'], [''], ['c']]],
    ['', []],
    ['\n', [['']]],
    [';\n', [['', '']]],
    ['"a;b";"c ""d"""\n', [['a;b', 'c "d"']]],
    ['"a\nb\r\n";c\n', [['a\nb\r\n', 'c']]],
    ['"";""\n', [['', '']]],
    ['a"b"c;d"\n', [['a"b"c', 'd"']]],
    ['"Foo" GmbH;1\n', [['"Foo" GmbH', '1']]],
    ['"a" b"";c\n', [['"a" b""', 'c']]],
    ['x; "a"\n', [['x', ' "a"']]],
  ])('%j is %j', (text, records) => {
    expect(split([text])).toEqual(records);
  });

  test('with a quote that never closes is refused, not half read', () => {
    expect(faultOf(() => split(['a;b\n1;"torn\nx']))).toEqual(['quote-not-closed', 1]);
    expect(faultOf(() => split(['"']))).toEqual(['quote-not-closed', 0]);
  });

  test('with a record that does not end is refused before it fills the memory', () => {
    expect(faultOf(() => split(['a\n"', ...Array.from({ length: 10 }, () => 'x'.repeat(20_000))]))).toEqual(['record-too-large', 1]);
    expect(faultOf(() => split([`a\n${'x'.repeat(200_000)}\nb\n`]))).toEqual(['record-too-large', 1]);
  });

  test.each(['\n', '\r\n', '\r', ''])('of 131,072 characters is taken, and not of one more, whatever its line end: %j', (lineEnd) => {
    for (const cell of ['x'.repeat(131_072), `"${'x'.repeat(131_070)}"`]) {
      expect(split([cell, ...lineEnd.split('')])).toHaveLength(1);
      expect(split([`${cell}${lineEnd}`])).toHaveLength(1);
      expect(faultOf(() => split([`x${cell}${lineEnd}`]))).toEqual(['record-too-large', 0]);
    }
  });

  const cells = fc.array(
    fc.array(fc.string({ unit: fc.constantFrom('a', ';', '"', '\n', '\r', ' ', '\u00e4'), maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  const cut = (text: string, sizes: readonly number[]): string[] => {
    const pieces: string[] = [];
    let at = 0;
    for (const size of sizes) {
      pieces.push(text.slice(at, at + size));
      at += size;
    }
    return [...pieces, text.slice(at)];
  };
  const sizes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });

  test('comes back as it was written, wherever the text was cut', () => {
    fc.assert(
      fc.property(cells, sizes, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (records, where, end, last) => {
        const text =
          records.map((record) => record.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')).join(end) + (last ? end : '');
        expect(split(cut(text, where))).toEqual(records);
      }),
    );
  });

  test('is read as another parser reads it, if quotes stand where they should', () => {
    const unquoted = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1'), maxLength: 4 });
    const quoted = fc.string({ unit: fc.constantFrom('a', '""', ';', '\n', '\r\n'), maxLength: 4 }).map((inner) => `"${inner}"`);
    const mark = fc.constantFrom(';', ';', '\n', '\r\n');
    const text = fc.array(fc.tuple(fc.oneof(unquoted, quoted), mark), { maxLength: 12 }).map((all) => all.flat().join(''));
    fc.assert(
      fc.property(text, sizes, (written, where) => {
        const options = {
          delimiter: ';',
          record_delimiter: ['\r\n', '\n', '\r'],
          relax_column_count: true,
          relax_quotes: true,
          skip_empty_lines: false,
        };
        expect(split(cut(written, where))).toEqual(parse(written, options));
      }),
      { numRuns: 300 },
    );
  });

  test('of any kind is read alike in one piece and in many', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ';', '"', '\n', '\r'), maxLength: 24 });
    fc.assert(
      fc.property(text, sizes, (written, where) => {
        expect(faultOf(() => split(cut(written, where)))).toEqual(faultOf(() => split([written])));
      }),
      { numRuns: 500 },
    );
  });
});
