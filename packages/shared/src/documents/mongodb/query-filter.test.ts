import { describe, expect, test } from '@jest/globals';
import type { Filter } from '../documents.ts';
import { bothOf, never, toMongoFilter } from './query-filter.ts';

describe("a filter in MongoDB's language", () => {
  const translations: [string, Filter, object][] = [
    ['nothing asked', {}, {}],
    ['a value', { owner: 'ann', deletedAt: null }, { owner: { $eq: 'ann' }, deletedAt: { $eq: null } }],
    ['what is undefined asks nothing', { owner: undefined, size: { $gt: 1 } }, { size: { $gt: 1 } }],
    ['several conditions on a path', { size: { $gt: 1, $lte: 4 } }, { size: { $gt: 1, $lte: 4 } }],
    ['a prefix', { title: { $prefix: 'a.b*' } }, { title: { $regex: String.raw`^a\.b\*` } }],
    ['a prefix of ids: a range', { _id: { $prefix: 'u:' } }, { _id: { $gte: 'u:', $lt: 'u;' } }],
    ['a prefix of ids behind which nothing is', { _id: { $prefix: '\u{10ffff}' } }, { _id: { $regex: '^\u{10ffff}' } }],
    ['a part', { title: { $contains: '(50 %)' } }, { title: { $regex: String.raw`\(50 %\)` } }],
    ['every string', { title: { $contains: '' }, tags: { $prefix: '' } }, { title: { $gte: '' }, tags: { $gte: '' } }],
    [
      'two of the same operator: side by side',
      { title: { $prefix: 'a', $contains: 'b' } },
      { title: { $regex: '^a' }, $and: [{ title: { $regex: 'b' } }] },
    ],
    ['$and', { a: 1, $and: [{ b: 2 }, { a: 3 }] }, { a: { $eq: 1 }, b: { $eq: 2 }, $and: [{ a: { $eq: 3 } }] }],
    ['$or', { a: 1, $or: [{ b: 2 }, { $or: [] }] }, { a: { $eq: 1 }, $and: [{ $or: [{ b: { $eq: 2 } }, { $and: [never] }] }] }],
    ['names of the prototype', { constructor: 'x' }, { constructor: { $eq: 'x' } }],
  ];
  test.each(translations)('%s', (_, filter, expected) => {
    expect(toMongoFilter(filter)).toEqual(expected);
  });

  test('knows no operator beyond the contract', () => {
    expect(() => toMongoFilter({ $where: 'true' })).toThrow('unknown operator $where');
    expect(() => toMongoFilter(JSON.parse('{"a":{"$function":1}}') as Filter)).toThrow('unknown operator $function');
  });

  test('two are joined, side by side where they ask for the same', () => {
    expect(bothOf({}, { a: 1 })).toEqual({ a: 1 });
    expect(bothOf({ a: 1 }, {})).toEqual({ a: 1 });
    expect(bothOf({ a: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
    expect(bothOf({ a: 1, b: 2 }, { b: 3 })).toEqual({ $and: [{ a: 1, b: 2 }, { b: 3 }] });
  });
});
