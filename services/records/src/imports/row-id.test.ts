import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRowIds } from './row-id.ts';

const at = '2026-05-14T12:00:00.000Z';
const idOf = createRowIds(Buffer.alloc(32, 1), 'import', at);

test('a row always has the same id, a UUID of version 8', () => {
  expect(idOf(7)).toBe(createRowIds(Buffer.alloc(32, 1), 'import', at)(7));
  expect(idOf(7)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('rows of one import follow each other', () => {
  const row = fc.integer({ min: 1, max: 2 ** 30 - 2 });
  fc.assert(fc.property(row, row, (one, other) => one === other || idOf(one) < idOf(other) === one < other));
  expect(idOf(2 ** 30 - 1)).toMatch(/^0{0}[0-9a-f]{8}-[0-9a-f]{4}-8fff-bfff-f/);
});

test('rows of other imports and other installations have other ids', () => {
  const others = [
    createRowIds(Buffer.alloc(32, 2), 'import', at),
    createRowIds(Buffer.alloc(32, 1), 'another', at),
    createRowIds(Buffer.alloc(32, 1), 'import', '2026-05-14T12:00:00.001Z'),
  ];
  expect(new Set([idOf(1), ...others.map((other) => other(1))]).size).toBe(4);
});
