import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Filters, recordFilter, RecordParameters, recordSort } from './record-filter.ts';

describe('choosing records', () => {
  test.each([
    ['nothing', {}, {}],
    ['bounds in one condition', { from: '2026-01-01', to: '2026-01-31' }, { date: { $gte: '2026-01-01', $lte: '2026-01-31' } }],
    [
      'the tighter of two bounds',
      { from: '2026-01-01', to: '2026-01-31', filters: { date: { gte: '2026-01-10', lte: '2026-02-10' } } },
      { date: { $gte: '2026-01-10', $lte: '2026-01-31' } },
    ],
    [
      'the tighter of two bounds, the other way round',
      { from: '2026-01-10', to: '2026-02-10', filters: { date: { gte: '2026-01-01', lte: '2026-01-31' } } },
      { date: { $gte: '2026-01-10', $lte: '2026-01-31' } },
    ],
    [
      'what contradicts itself',
      { category: 'Food', filters: { category: { eq: 'Rent' } } },
      { category: { $eq: 'Food' }, $and: [{ category: { $eq: 'Rent' } }] },
    ],
    [
      'two tags, each met by its own',
      { tag: 'a', filters: { tag: { in: ['b', 'c'] } } },
      { tags: { $eq: 'a' }, $and: [{ tags: { $in: ['b', 'c'] } }] },
    ],
    ['amounts by decimal value', { minAmount: '9.5' }, { amountKey: { $gte: '0000000000000009.5000' } }],
    ['an amount of zero', { filters: { amount: { eq: 0 } } }, { amountKey: { $eq: '0000000000000000.0000' } }],
    [
      'every word of a search, once',
      { q: 'Re re' },
      { $and: [{ $or: [{ searchText: { $contains: '\u001fre' } }, { searchText: { $contains: ' re' } }] }] },
    ],
    [
      'part of a category, of expenses only',
      { filters: { category: { contains: 'FOO' } } },
      { type: { $eq: 'expense' }, $and: [{ labelText: { $contains: 'foo' } }] },
    ],
    [
      'part of a source, of incomes only',
      { filters: { source: { contains: 'FOO' } } },
      { category: null, type: { $eq: 'income' }, $and: [{ labelText: { $contains: 'foo' } }] },
    ],
    [
      'expenses beside incomes',
      { filters: { type: { in: ['expense' as const, 'income' as const] } } },
      { type: { $in: ['expense', 'income'] } },
    ],
    [
      'a text that was stored otherwise before it was folded by way of capitals',
      { filters: { description: { contains: 'Straße' } } },
      { $and: [{ $or: [{ searchText: { $contains: 'strasse' } }, { searchText: { $contains: 'straße' } }] }] },
    ],
    ['incomes through the index of categories', { type: 'income' as const }, { category: null, type: { $eq: 'income' } }],
    ['sources, too', { source: 'Salary' }, { category: null, source: { $eq: 'Salary' } }],
    [
      'a source and a category, which nothing has',
      { source: 'Salary', category: 'Food' },
      { category: { $eq: 'Food' }, source: { $eq: 'Salary' } },
    ],
  ])('%s', (_name, choice, filter) => {
    expect(recordFilter(choice)).toEqual(filter);
  });
});

test.each([
  ['category', { category: { $eq: 'Caf\u00e9' } }],
  ['source', { category: null, source: { $eq: 'Caf\u00e9' } }],
  ['tag', { tags: { $eq: 'Caf\u00e9' } }],
] as const)('a %s is found in any Unicode form', (name, filter) => {
  const asked = 'Cafe\u0301';
  expect(
    recordFilter(
      z
        .object(RecordParameters)
        .omit({ filters: true })
        .parse({ [name]: asked }),
    ),
  ).toEqual(filter);
  expect(recordFilter({ filters: Filters.parse({ [name]: { eq: asked } }) })).toEqual(filter);
  const { in: listed } = Filters.parse({ [name]: { in: [asked] } })[name] ?? {};
  expect(listed).toEqual(['Caf\u00e9']);
});

test.each([
  ['-date' as const, 'date', -1],
  ['amount' as const, 'amountKey', 1],
  ['-createdAt' as const, 'createdAt', -1],
])('%s sorts by %s, ties by id in the same direction', (name, field, direction) => {
  expect(recordSort(name)).toEqual([
    [field, direction],
    ['_id', direction],
  ]);
});
