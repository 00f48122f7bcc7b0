import { describe, expect, test } from '@jest/globals';
import { behind, totalOrder } from './page-order.ts';

const number = { $gte: -Infinity };
const text = { $gte: '' };
const truth = { $in: [false, true] };

describe('the order of a page', () => {
  test('ends with the id, which makes it total', () => {
    expect(totalOrder()).toEqual([['_id', 1]]);
    expect(totalOrder([['date', -1]])).toEqual([
      ['date', -1],
      ['_id', -1],
    ]);
    expect(
      totalOrder([
        ['_id', 1],
        ['date', 1],
      ]),
    ).toHaveLength(2);
  });

  test('has one direction', () => {
    expect(() =>
      totalOrder([
        ['date', -1],
        ['_id', 1],
      ]),
    ).toThrow('all directions of a sort must be alike');
  });

  test('of ids, what is behind is a range', () => {
    expect(behind([['_id', 1]], ['b'])).toEqual({ $or: [{ $and: [{ _id: { $gt: 'b' } }] }] });
    expect(behind([['_id', -1]], ['b'])).toEqual({ $or: [{ $and: [{ _id: { $lt: 'b' } }] }] });
  });

  test('equal values go on with the next field', () => {
    const order = [
      ['size', 1],
      ['_id', 1],
    ] as const;
    expect(behind(order, ['x', 'b']).$or.at(-1)).toEqual({ $and: [{ size: 'x' }, { _id: { $gt: 'b' } }] });
  });

  const ends: [string, 1 | -1, string | number | boolean | null, object[]][] = [
    ['null', 1, null, [number, text, truth]],
    ['null', -1, null, []],
    ['a number', 1, 5, [{ $gt: 5 }, text, truth]],
    ['a number', -1, 5, [{ $lt: 5 }, { $eq: null }]],
    ['a string', 1, 'x', [{ $gt: 'x' }, truth]],
    ['a string', -1, 'x', [{ $lt: 'x' }, { $eq: null }, number]],
    ['false', 1, false, [{ $eq: true }]],
    ['false', -1, false, [{ $eq: null }, number, text]],
    ['true', 1, true, []],
    ['true', -1, true, [{ $eq: false }, { $eq: null }, number, text]],
  ];
  test.each(ends)('behind %s (%i) come values of every type that sorts there', (_, direction, value, conditions) => {
    const { $or } = behind([['f', direction]], [value]);
    expect($or ?? []).toEqual(conditions.map((condition) => ({ $and: [{ f: condition }] })));
  });
});
