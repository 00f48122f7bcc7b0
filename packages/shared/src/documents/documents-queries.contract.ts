import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ground, Kind, Note, OpenStore } from './documents-ground.contract.ts';
import { groundOf, idsOf, note } from './documents-ground.contract.ts';
import type { Documents, Filter, FindOptions } from './documents.ts';

export function describeQueries(open: OpenStore, kind: Kind): void {
  describe('queries', () => {
    let ground: Ground;
    beforeEach(async () => {
      ground = await groundOf(open, kind);
    });
    afterEach(() => ground.opened.end());

    describeFilters(() => ground.notes);
    describePages(() => ground.notes);
    describeSums(() => ground.notes);
  });
}

const zoo = [
  note('a', { size: 1, title: 'alpha', code: 'K1', tags: ['red', 'round'], parts: [{}, { name: 'wheel' }], nested: { n: 1, s: 'x' } }),
  note('b', { size: 2, title: 'Alpha beta', tags: [], parts: [], nested: { n: 2, flag: true } }),
  note('c', { size: 3, title: null, code: 'K2', tags: ['red'], parts: [{ name: null }] }),
  note('d', { size: 4, owner: 'bob', title: '🚲 bike', tags: ['square', 'large'], nested: { n: null, s: '5' } }),
  note('e', { size: 5, owner: 'bob', title: 'ｆull width', nested: { n: -1.5, flag: false } }),
];

function describeFilters(notes: () => Documents<Note>): void {
  const filters: [string, Filter, string[]][] = [
    ['everything', {}, ['a', 'b', 'c', 'd', 'e']],
    ['a value', { owner: 'bob' }, ['d', 'e']],
    ['several conditions', { owner: 'ann', size: { $gte: 2 } }, ['b', 'c']],
    ['$eq', { size: { $eq: 3 } }, ['c']],
    ['$ne', { owner: { $ne: 'ann' } }, ['d', 'e']],
    ['$ne of an array: no element', { tags: { $ne: 'red' } }, ['b', 'd', 'e']],
    ['$ne of a value that most lack', { code: { $ne: 'K1' } }, ['b', 'c', 'd', 'e']],
    ['$in', { size: { $in: [5, 1, 9] } }, ['a', 'e']],
    ['$in of nothing', { size: { $in: [] } }, []],
    ['$in with null: absent too', { title: { $in: [null, 'alpha'] } }, ['a', 'c']],
    ['a range', { size: { $gt: 1, $lte: 4 } }, ['b', 'c', 'd']],
    ['a range that is empty', { size: { $gt: 4, $lt: 2 } }, []],
    ['a range between whole numbers', { owner: 'bob', size: { $gt: 3.5 } }, ['d', 'e']],
    ['a comparison sees its own type only', { 'nested.s': { $gt: '0' } }, ['a', 'd']],
    ['numbers are no strings', { 'nested.s': { $gt: 0 } }, []],
    ['a dotted path', { 'nested.n': { $lt: 2 } }, ['a', 'e']],
    ['a boolean', { 'nested.flag': false }, ['e']],
    ['null: absent or null', { 'nested.n': null }, ['c', 'd']],
    ['not null', { 'nested.n': { $ne: null } }, ['a', 'b', 'e']],
    ['null of an optional field', { title: null }, ['c']],
    ['an empty array is neither null nor a value', { tags: null }, ['e']],
    ['$exists: null is there', { title: { $exists: true } }, ['a', 'b', 'c', 'd', 'e']],
    ['$exists false', { nested: { $exists: false } }, ['c']],
    ['$exists of an indexed field', { code: { $exists: true } }, ['a', 'c']],
    ['$exists: an empty array is there', { tags: { $exists: true } }, ['a', 'b', 'c', 'd']],
    ['$exists in elements', { 'parts.name': { $exists: true } }, ['a', 'c']],
    ['$exists false in elements, of which there may be none', { 'parts.name': { $exists: false } }, ['b', 'd', 'e']],
    ['null in elements: absent too', { 'parts.name': null }, ['a', 'c', 'd', 'e']],
    ['no null in elements, of which there may be none', { 'parts.name': { $ne: null } }, ['b']],
    ['an element', { tags: 'red' }, ['a', 'c']],
    ['one of several elements', { tags: { $in: ['red', 'large', 'round'] } }, ['a', 'c', 'd']],
    ['several conditions on elements, each by any of them', { tags: { $gt: 'r', $lt: 'm' } }, ['d']],
    ['$prefix', { title: { $prefix: 'al' } }, ['a']],
    ['$prefix of everything', { title: { $prefix: '' } }, ['a', 'b', 'd', 'e']],
    ['$prefix of an element', { tags: { $prefix: 'r' } }, ['a', 'c']],
    ['$prefix beyond the first plane', { title: { $prefix: '🚲' } }, ['d']],
    ['$contains', { title: { $contains: 'lpha' } }, ['a', 'b']],
    ['$contains in an element', { tags: { $contains: 'ar' } }, ['d']],
    ['strings order by code point', { title: { $gt: 'ｚ' } }, ['d']],
    ['$or', { $or: [{ owner: 'bob' }, { tags: 'round' }] }, ['a', 'd', 'e']],
    ['$or whose branches overlap', { $or: [{ tags: 'red' }, { tags: 'round' }, { size: { $lt: 3 } }] }, ['a', 'b', 'c']],
    ['$or beside a condition', { owner: 'ann', $or: [{ size: 1 }, { size: 5 }, { code: 'K2' }] }, ['a', 'c']],
    ['$or of nothing holds never', { $or: [] }, []],
    ['$and on one path', { $and: [{ tags: 'red' }, { tags: { $prefix: 'ro' } }] }, ['a']],
    ['$and of $ors', { $and: [{ $or: [{ size: 1 }, { size: 4 }] }, { $or: [{ owner: 'bob' }, { size: 3 }] }] }, ['d']],
    ['ids', { _id: { $in: ['e', 'a', 'x'] } }, ['a', 'e']],
    ['a range of ids', { _id: { $gt: 'a', $lte: 'c' } }, ['b', 'c']],
    ['a range of ids that ends before it begins', { _id: { $gt: 'x', $lte: 'b' } }, []],
    ['ids by prefix', { _id: { $prefix: 'd' } }, ['d']],
    ['a name of the prototype', { 'nested.constructor': { $exists: true } }, []],
  ];

  test.each(filters)('finds %s', async (_, filter, ids) => {
    await notes().insertMany(zoo);
    expect(idsOf(await notes().find(filter))).toEqual(ids);
    expect(await notes().count(filter)).toBe(ids.length);
    const counted = await notes().sum(filter, { by: [], of: 'size' });
    expect(counted).toEqual(ids.length ? [{ key: [], count: ids.length, sum: sizesOf(ids) }] : []);
  });
}

const sizesOf = (ids: readonly string[]): number => zoo.filter((one) => ids.includes(one._id)).reduce((sum, one) => sum + one.size, 0);

function describePages(notes: () => Documents<Note>): void {
  const herd = Array.from({ length: 97 }, (_, at) =>
    note(`n${String((at * 37) % 97).padStart(2, '0')}`, {
      owner: ['ann', 'bob', 'cid'][at % 3] ?? '',
      size: (at * 7) % 10,
      title: `Title ${(at * 11) % 23}`,
      tags: at % 4 ? [`t${at % 5}`] : [],
    }),
  );
  type Walked = [name: string, filter: Filter, sort: NonNullable<FindOptions['sort']>];
  const up = (...fields: string[]) => fields.map((field) => [field, 1] as const);
  const down = (...fields: string[]) => fields.map((field) => [field, -1] as const);
  const some = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${String((at * 5) % 100).padStart(2, '0')}`);
  const bitsOf = (ids: readonly string[]): Filter[] => [
    { owner: 'bob', _id: { $in: ids.slice(1) } },
    { owner: 'cid', _id: ids[0]! },
    { owner: 'bob', _id: 'nowhere' },
  ];
  const walks: Walked[] = [
    ['all by id', {}, up('_id')],
    ['all by id, backwards', {}, down('_id')],
    ['an owner by size', { owner: 'ann' }, up('size', '_id')],
    ['an owner by size, backwards', { owner: 'ann' }, down('size', '_id')],
    ['several owners by size', { owner: { $in: ['ann', 'cid'] } }, down('size', '_id')],
    ['several owners by owner', { owner: { $in: ['cid', 'ann'] } }, up('owner', 'size', '_id')],
    ['within a range', { owner: 'bob', size: { $gte: 3, $lt: 8 } }, down('size', '_id')],
    ['a tag by id', { tags: 't2' }, up('_id')],
    ['several tags by size, which no index serves', { tags: { $in: ['t1', 't2'] } }, up('size', '_id')],
    ['either of two', { $or: [{ owner: 'ann', size: { $gt: 5 } }, { tags: 't3' }] }, up('_id')],
    ['either of two owners by size', { $or: [{ owner: 'ann' }, { owner: 'bob', size: 7 }] }, down('size', '_id')],
    ['ids by size', { _id: { $in: some(40) } }, down('size', '_id')],
    ['ids by title, which no index holds', { _id: { $in: some(40) } }, up('title', '_id')],
    ['many ids of an owner by size', { owner: 'bob', _id: { $in: some(97) } }, up('size', '_id')],
    ["an owner's, and some of others, by size", { $or: [{ owner: 'ann' }, ...bitsOf(some(30))] }, down('size', '_id')],
    ["an owner's, and some of others, by title", { $or: [{ owner: 'ann' }, ...bitsOf(some(30))] }, up('title', '_id')],
    ['what few match', { owner: 'ann', tags: 't4' }, down('size', '_id')],
  ];

  test.each(walks)('pages of %s meet every document once, in order', async (_, filter, sort) => {
    await notes().insertMany(herd);
    const whole = await notes().find(filter, { sort });
    expect(whole).toHaveLength(await notes().count(filter));
    expect(whole).toEqual(whole.toSorted(byFields(sort)));
    const paged: Note[] = [];
    for (let after: FindOptions['after']; ;) {
      const page = await notes().find(filter, { sort, limit: 7, ...(after ? { after } : {}) });
      paged.push(...page);
      const last = page.at(-1);
      if (!last || page.length < 7) break;
      after = sort.map(([field]) => last[field as 'size']);
    }
    expect(idsOf(paged)).toEqual(idsOf(whole));
  });

  test('a page goes on behind the last one though documents came and went in between', async () => {
    await notes().insertMany(['b', 'd', 'f', 'h'].map((id) => note(id)));
    const options = { sort: up('size', '_id'), limit: 2 };
    expect(idsOf(await notes().find({ owner: 'ann' }, options))).toEqual(['b', 'd']);
    await notes().remove(['b', 'd']);
    await notes().insertMany(['a', 'c', 'e', 'g'].map((id) => note(id)));
    expect(idsOf(await notes().find({ owner: 'ann' }, { ...options, after: [1, 'd'] }))).toEqual(['e', 'f']);
  });

  test('absent values come first and can be paged over', async () => {
    await notes().insertMany([note('a', { title: 'x' }), note('b'), note('c', { title: null }), note('d', { title: 'y' })]);
    const sort = up('title', '_id');
    expect(idsOf(await notes().find({}, { sort }))).toEqual(['b', 'c', 'a', 'd']);
    expect(idsOf(await notes().find({}, { sort, after: [null, 'b'] }))).toEqual(['c', 'a', 'd']);
    expect(idsOf(await notes().find({}, { sort: down('title', '_id'), after: ['x', 'a'] }))).toEqual(['c', 'b']);
  });

  test('a limit of nothing finds nothing', async () => {
    await notes().insert(note('a'));
    expect(await notes().find({}, { limit: 0 })).toEqual([]);
  });
}

const byFields =
  (sort: NonNullable<FindOptions['sort']>) =>
  (a: Note, b: Note): number => {
    for (const [field, direction] of sort) {
      const [one, other] = [a[field as 'size'], b[field as 'size']];
      if (one !== other) return one < other ? -direction : direction;
    }
    return 0;
  };

function describeSums(notes: () => Documents<Note>): void {
  test('adds up by groups, in the order of their keys; what is absent groups as null and counts nothing', async () => {
    await notes().insertMany([...zoo, note('f', { owner: 'bob', size: -10, nested: { n: 2 } })]);
    expect(await notes().sum({}, { by: ['owner'], of: 'size' })).toEqual([
      { key: ['ann'], sum: 6, count: 3 },
      { key: ['bob'], sum: -1, count: 3 },
    ]);
    expect(await notes().sum({ owner: 'ann' }, { by: ['title', 'owner'], of: 'nested.n' })).toEqual([
      { key: [null, 'ann'], sum: 0, count: 1 },
      { key: ['Alpha beta', 'ann'], sum: 2, count: 1 },
      { key: ['alpha', 'ann'], sum: 1, count: 1 },
    ]);
    expect(await notes().sum({ owner: 'nobody' }, { by: ['owner'], of: 'size' })).toEqual([]);
  });

  test('counts and sums follow every change', async () => {
    await notes().insertMany(zoo);
    await notes().replace(note('a', { version: 2, owner: 'bob', size: 50 }), 1);
    await notes().remove(['e']);
    expect(await notes().count({ owner: 'ann' })).toBe(2);
    expect(await notes().count({ tags: 'red' })).toBe(1);
    expect(await notes().sum({ owner: 'bob', size: { $gt: 1 } }, { by: ['owner'], of: 'size' })).toEqual([
      { key: ['bob'], sum: 54, count: 2 },
    ]);
  });
}
