import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { RecordChanged, RecordsImported } from '../contracts/index.ts';
import { quickCopy, refused } from './quick-copy.ts';

const record = {
  id: 'r1',
  version: 1,
  type: 'expense',
  ownerId: 'ada',
  amountMinor: 1250,
  currency: 'EUR',
  date: '2026-03-14',
  description: '',
  category: 'Food',
  source: null,
  tags: ['weekly'],
  customFields: {},
  base: { amountMinor: 1250, currency: 'EUR', rate: '1', rateDate: '2026-03-14' },
  createdAt: '2026-03-14T10:00:00.000Z',
  updatedAt: '2026-03-14T10:00:00.000Z',
  createdBy: 'ada',
  deleted: false,
  importId: null,
};
const was = { type: 'income', date: '2024-02-29', currency: 'EUR', category: null, source: 'Work', deleted: false };
const imported = { importId: 'i1', ownerId: 'ada', action: 'imported', records: [record, { ...record, id: 'r2' }] };
const changed = { action: 'updated', record, was, became: null, historyHash: null };

type Tree = { [name: string]: unknown };
const odd = [undefined, null, true, '', 'x', ' ', '2026-02-30', '2026-03-14', '2026-03-14T10:00:00Z', 'eur', 'EURO', 'x'.repeat(129)]
  .concat(['imported', 'expense'])
  .concat([0, -0, -1, 1.5, NaN, Infinity, 2 ** 53, '1', [], [1], [null], {}, { a: 1 }, { a: {} }, new Date(0), new Map()] as never[]);

/** The value with one part after the other replaced by each odd value, left out, or joined by one that nobody knows. */
function* bent(value: unknown): Generator {
  yield* odd;
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const name of Object.keys(value)) {
    for (const part of bent((value as Tree)[name])) yield isList ? value.with(Number(name), part) : { ...value, [name]: part };
    if (!isList) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  }
  if (!isList) yield { ...value, unknown: 1 };
}

const isFrozenWhole = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozenWhole));

describe.each([
  ['an import told', RecordsImported.schema as z.ZodType, imported],
  ['a record told', RecordChanged.schema as z.ZodType, changed],
])('%s', (_, schema, sound) => {
  test('is copied as its schema copies it, frozen to the bottom, and itself left alone', () => {
    const copy = quickCopy(schema, sound);
    expect(copy).toEqual(schema.parse(sound));
    expect(isFrozenWhole(copy)).toBe(true);
    expect(isFrozenWhole(sound)).toBe(false);
  });

  test('is never copied where its schema refuses it, or otherwise', () => {
    let copied = 0;
    let left = 0;
    for (const value of bent(sound)) {
      const copy = quickCopy(schema, value);
      if (copy === refused) left += 1;
      else copied += 1;
      if (copy !== refused) expect(copy).toStrictEqual(schema.parse(value));
    }
    expect(copied).toBeGreaterThan(50);
    expect(left).toBeGreaterThan(500);
  });
});

test.each<[string, z.ZodType, unknown]>([
  ['text that is changed', z.string().trim(), ' x '],
  ['an address', z.email(), 'ada@example.org'],
  ['what is refined', z.string().refine(() => true), 'x'],
  ['a number that may be broken', z.number(), 1.5],
  ['a multiple', z.int().multipleOf(2), 4],
  ['a default', z.strictObject({ a: z.string().default('x') }), {}],
  ['an object that may hold more', z.object({ a: z.string() }), { a: 'x' }],
  ['a field that may be absent', z.strictObject({ a: z.string().optional() }), { a: 'x' }],
  ['a choice', z.union([z.string(), z.int()]), 'x'],
  ['a list of these', z.array(z.email()), []],
  ['one of these or null', z.email().nullable(), null],
  ['a record that holds something', z.record(z.string(), z.string()), { a: 'x' }],
])('%s is left to the schema', (_, schema, value) => {
  expect(schema.safeParse(value).success).toBe(true);
  expect(quickCopy(schema, value)).toBe(refused);
});

test('bounds hold, both ways', () => {
  const schema = z.strictObject({ day: z.int().min(1).max(28), above: z.int().positive().lt(3), list: z.array(z.boolean()).min(1).max(2) });
  const sound = { day: 28, above: 2, list: [true] };
  expect(quickCopy(schema, sound)).toEqual(sound);
  for (const wrong of [{ day: 0 }, { day: 29 }, { above: 0 }, { above: 3 }, { list: [] }, { list: [true, true, true] }]) {
    expect(quickCopy(schema, { ...sound, ...wrong })).toBe(refused);
  }
});
