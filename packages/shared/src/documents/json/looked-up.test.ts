import { expect, test } from '@jest/globals';
import { LookedUp } from './looked-up.ts';
import { type Row, readerOf } from './rows.ts';
import { orderOf } from './sort-order.ts';

const order = orderOf(
  [
    ['n', 1],
    ['_id', 1],
  ],
  readerOf,
);
/** Rows a, b and c, in this order, and how to give one another place in it. */
function rows() {
  const table = new Map<string, Row>();
  const put = (_id: string, n: number): void => void table.set(_id, { _id, version: 1, n });
  ['a', 'b', 'c'].forEach((id, at) => put(id, at + 1));
  return { table: { get: (id: string) => table.get(id) }, put };
}

test('goes on behind the row it has met last, however often it rests before the next', () => {
  const { table, put } = rows();
  const lookedUp = new LookedUp(table, { ids: ['a', 'b', 'c'], order, after: undefined });
  expect(lookedUp.next()?._id).toBe('a');
  lookedUp.restore();
  put('b', 0);
  lookedUp.restore();
  expect([lookedUp.next()?._id, lookedUp.next()]).toEqual(['c', undefined]);
});

test('meets nothing that is moved ahead of the page before it has begun', () => {
  const { table, put } = rows();
  const lookedUp = new LookedUp(table, { ids: ['a', 'b', 'c'], order, after: [1, 'a'] });
  put('b', 0);
  lookedUp.restore();
  expect([lookedUp.next()?._id, lookedUp.next()]).toEqual(['c', undefined]);
});
