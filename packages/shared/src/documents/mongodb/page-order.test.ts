import { describe, expect, test } from '@jest/globals';
import { partsBehind, totalOrder, withoutFixed } from './page-order.ts';
import { never } from './query-filter.ts';

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
});

describe('fields that are the same throughout', () => {
  const sort = [
    ['owner', 1],
    ['date', 1],
    ['_id', 1],
  ] as const;
  const open = sort.slice(1);

  test('order nothing', () => {
    expect(withoutFixed({ sort }, { owner: 'ann' })).toEqual({ sort: open });
    expect(withoutFixed({ sort, after: ['ann', '2026', 'x'] }, { owner: 'ann' })).toEqual({ sort: open, after: ['2026', 'x'] });
    expect(withoutFixed({ sort, after: [null, '2026', 'x'] }, { owner: null })).toEqual({ sort: open, after: ['2026', 'x'] });
  });

  test('stay where the page begins among others, and where there is more than one value', () => {
    expect(withoutFixed({ sort, after: ['abe', '2026', 'x'] }, { owner: 'ann' })).toEqual({ sort, after: ['abe', '2026', 'x'] });
    expect(withoutFixed({ sort }, { owner: { $in: ['ann', 'bob'] }, _id: 'x' })).toEqual({ sort });
  });
});

describe('what is behind', () => {
  test('an id is one range', () => {
    expect(partsBehind([['_id', 1]], ['b'])).toEqual([{ _id: { $gt: 'b' } }]);
    expect(partsBehind([['_id', -1]], ['b'])).toEqual([{ _id: { $lt: 'b' } }]);
  });

  test('a value and an id begins with a range that an index can be entered by', () => {
    const order = [
      ['date', -1],
      ['_id', -1],
    ] as const;
    expect(partsBehind(order, ['2026-01-15', 'b'])).toEqual([
      {
        date: { $lte: '2026-01-15' },
        $or: [{ date: { $lt: '2026-01-15' } }, { $and: [{ date: '2026-01-15' }, { $or: [{ _id: { $lt: 'b' } }] }] }],
      },
      { $or: [{ date: number }, { date: { $eq: null } }] },
    ]);
  });

  test('several values goes on with the next where one is equal', () => {
    const order = [
      ['owner', 1],
      ['done', 1],
      ['_id', 1],
    ] as const;
    const [first] = partsBehind(order, ['ann', true, 'b']);
    expect(first?.['$or']).toEqual([
      { owner: { $gt: 'ann' } },
      {
        $and: [{ owner: 'ann' }, { $or: [{ done: { $in: [true] }, $or: [{ $and: [{ done: true }, { $or: [{ _id: { $gt: 'b' } }] }] }] }] }],
      },
    ]);
  });

  const ends: [string, 1 | -1, string | number | boolean | null, object | null, object[]][] = [
    ['null', 1, null, null, [number, text, truth]],
    ['null', -1, null, null, []],
    ['a number', 1, 5, { $gt: 5 }, [text, truth]],
    ['a number', -1, 5, { $lt: 5 }, [{ $eq: null }]],
    ['a string', 1, 'x', { $gt: 'x' }, [truth]],
    ['a string', -1, 'x', { $lt: 'x' }, [number, { $eq: null }]],
    ['false', 1, false, { $eq: true }, []],
    ['false', -1, false, null, [text, number, { $eq: null }]],
    ['true', 1, true, null, []],
    ['true', -1, true, { $eq: false }, [text, number, { $eq: null }]],
  ];
  test.each(ends)('%s (%i) are values of every type that sorts there', (_, direction, value, own, others) => {
    const parts = partsBehind([['f', direction]], [value]);
    const told = parts.map(({ f: _range, $or }) => ($or as { f: object }[]).map(({ f }) => f));
    expect(told).toEqual([...(own ? [[own]] : []), ...(others.length > 0 ? [others] : [])]);
  });

  test('the last of all is nothing', () => {
    expect(partsBehind([['f', 1]], [true])).toEqual([]);
    const [only] = partsBehind(
      [
        ['f', 1],
        ['g', 1],
      ],
      [true, true],
    );
    expect(only?.['$or']).toEqual([{ $and: [{ f: true }, never] }]);
  });
});
