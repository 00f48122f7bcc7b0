import { expect, test } from '@jest/globals';
import { batchesOf } from './batches.ts';

test.each([
  [[], []],
  [['a'], [['a']]],
  [['a', 'b'], [['a', 'b']]],
  [
    ['a', 'b', 'c', 'd', 'e'],
    [['a', 'b'], ['c', 'd'], ['e']],
  ],
])('%j are, two at a time, %j', (items, batches) => {
  expect(batchesOf(items, 2)).toEqual(batches);
});
