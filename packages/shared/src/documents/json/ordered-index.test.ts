import { describe, expect, test } from '@jest/globals';
import { mulberry32 } from '../../testing/index.ts';
import type { Scalar } from '../values.ts';
import { compareValues } from '../values.ts';
import type { OrderedIndex } from './ordered-index.ts';
import type { Row } from './rows.ts';
import { Table } from './table.ts';

const declaration = {
  name: 'things',
  indexes: [
    { name: 'constant', fields: ['owner', 'gone', 'day', '_id'] },
    { name: 'distinct', fields: ['key'] },
    { name: 'long', fields: ['text', 'size'] },
    { name: 'mixed', fields: ['any', '_id'] },
    { name: 'tags', fields: ['tags', 'day', '_id'] },
    { name: 'sparse', fields: ['mark', '_id'], sparse: true },
    { name: 'sparse-tags', fields: ['marks', 'size'], sparse: true },
  ],
};

function thing(at: number, random: () => number, letters: string): Row {
  const up = (to: number): number => Math.floor(random() * to);
  const word = (length: number): string => Array.from({ length }, () => letters[up(letters.length)]).join('');
  return {
    _id: `id-${String(at).padStart(6, '0')}`,
    version: 1,
    owner: 'one',
    day: `2026-01-${10 + up(20)}`,
    key: `${word(2)} with a long middle ${word(8)}`,
    text: `all alike for so long ${word(up(4))}`,
    size: up(50),
    any: [null, undefined, up(9), word(1), true, { some: 'object' }][up(6)],
    tags: Array.from({ length: up(4) }, () => word(1)),
    ...(up(3) ? {} : { mark: word(2) }),
    ...(up(2) ? {} : { marks: [word(1), word(1)] }),
  };
}

/** What an index must hold, worked out the plain way. */
function expected({ key }: OrderedIndex, rows: readonly Row[]): string[] {
  const places = rows.flatMap((row) => {
    const values = key.fields.map((field) => row[field] as Scalar);
    if (key.sparse && values[0] === undefined) return [];
    const field = values.findIndex(Array.isArray);
    if (field < 0) return [{ row, values }];
    const parts = [...new Set(values[field] as Scalar[])];
    return (parts.length > 0 ? parts : [undefined]).map((part) => ({ row, values: values.with(field, part) }));
  });
  const sign = (a: Scalar[], b: Scalar[]): number => a.map((value, at) => compareValues(value, b[at])).find((one) => one !== 0) ?? 0;
  return places.sort((a, b) => sign(a.values, b.values)).map(({ row, values }) => shown(row, values));
}
const shown = (row: Row, values: readonly Scalar[]): string => `${row._id} ${JSON.stringify(values)}`;
const held = ({ blocks, key }: OrderedIndex): string[] => blocks.flat().map((entry) => shown(key.rowOf(entry), key.valuesOf(entry)));

function filled(rows: readonly Row[], batch: (at: number) => number, wide: readonly Row[]): Table {
  const table = new Table(declaration);
  for (let at = 0, rest = rows; rest.length > 0; at += 1) {
    const some = rest.slice(0, batch(at));
    rest = rest.slice(some.length);
    table.add(
      some,
      some.filter((row) => wide.includes(row)),
    );
  }
  return table;
}
function loaded(rows: readonly Row[], wide: readonly Row[]): Table {
  const table = new Table(declaration);
  table.load(rows, wide);
  return table;
}

const shuffled = (rows: readonly Row[], random: () => number): Row[] =>
  rows
    .map((row) => ({ row, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);

describe('an index', () => {
  const alphabets = { ascii: 'ABCxyz019_-', accents: 'aäöé', 'beyond the first plane': 'a\u{1f600}\uffee\ue000' };
  for (const [name, letters] of Object.entries(alphabets)) {
    const random = mulberry32(name.length);
    const rows = Array.from({ length: 700 }, (_, at) => thing(at, random, letters));
    const wide = name === 'beyond the first plane' ? rows : [];
    const ways = {
      'loaded at once': () => loaded(rows, wide),
      'one by one': () => filled(shuffled(rows, random), () => 1, wide),
      'batch by batch, in order': () => filled(rows, () => 200, wide),
      'batches of any size, in any order': () => filled(shuffled(rows, random), (at) => 1 + ((at * 37) % 400), wide),
    };
    for (const [way, table] of Object.entries(ways)) {
      test(`holds ${name} in order: ${way}`, () => {
        for (const index of table().indexes) {
          expect(held(index)).toEqual(expected(index, rows));
          expect(index.size).toBe(index.blocks.flat().length);
          expect(Math.max(...index.blocks.map((block) => block.length))).toBeLessThanOrEqual(128);
        }
      });
    }
    test(`finds every place again: ${name}`, () => {
      for (const index of filled(shuffled(rows, random), () => 97, wide).indexes) {
        for (const entry of index.blocks.flat()) expect(index.at(index.seekEntry(entry, false))).toBe(entry);
      }
    });
  }

  test('is filled at once from values that hardly repeat, and from those that turn out to be no plain strings after many', () => {
    const random = mulberry32(5);
    const lasts: readonly unknown[] = ['ä', null, 7, ['b', 'a'], 'value 000003'];
    const count = 17_000;
    const keys = Array.from({ length: count }, () => `value ${String(Math.floor(random() * 500_000)).padStart(6, '0')}`);
    for (const last of lasts) {
      const table = new Table({ name: 'things', indexes: [{ name: 'distinct', fields: ['key'] }] });
      const rows = keys.map((key, at) => ({ _id: `id-${at + count}`, version: 1, key: at === count - 1 ? last : key }));
      table.load(rows, []);
      const index = table.indexes.at(-1) as OrderedIndex;
      expect(held(index).join('\n')).toBe(expected(index, rows).join('\n'));
    }
  });

  test('of rows that hold nothing, or nothing it takes, is empty', () => {
    const rows = Array.from({ length: 3 }, (_, at) => ({ _id: `id-${at}`, version: 1 }));
    const index = loaded(rows, []).indexes.find(({ key }) => key.name === 'sparse-tags');
    expect(index?.size).toBe(0);
  });
});
