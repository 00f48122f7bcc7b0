import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Document } from 'mongodb';
import type { Filter } from '../documents.ts';
import type { Stored } from './stored-form.ts';
import { type TimeWalk, timeWalkOf, windowsOf } from './time-windows.ts';
import { walkWindows } from './walk-windows.ts';

const times = { date: 'day', at: 'instant' } as const;
const now = Date.parse('2026-01-15T12:00:00.000Z');
const newest = [
  ['date', -1],
  ['_id', -1],
] as const;
const oldest = [
  ['date', 1],
  ['_id', 1],
] as const;

describe('a walk through time', () => {
  test('is made of a list that is sorted by a declared time', () => {
    expect(timeWalkOf(times, { owner: 'ann' }, { sort: newest })).toEqual({
      field: 'date',
      direction: -1,
      kind: 'day',
      start: null,
      end: null,
    });
    expect(timeWalkOf(times, {}, { sort: [['size', 1], ...oldest] })).toBeNull();
    expect(timeWalkOf(times, {}, { sort: [['_id', 1]] })).toBeNull();
    expect(timeWalkOf(times, {}, { sort: [['constructor', 1]] })).toBeNull();
  });

  const bounds: [string, Filter, typeof oldest | typeof newest, object][] = [
    ['upwards', { date: { $gte: '2025', $lt: '2026' } }, oldest, { start: '2025', end: '2026' }],
    ['downwards', { date: { $gt: '2025', $lte: '2026' } }, newest, { start: '2026', end: '2025' }],
    ['by what is no time', { date: { $gt: 3 } }, oldest, { start: null, end: null }],
  ];
  test.each(bounds)('lies within the bounds of its filter: %s', (_, filter, sort, walk) => {
    expect(timeWalkOf(times, filter, { sort })).toMatchObject(walk);
  });

  test('begins behind the last one seen, unless that had no time', () => {
    expect(timeWalkOf(times, { date: { $gte: '2025' } }, { sort: oldest, after: ['2025-05-05', 'x'] })).toMatchObject({
      start: '2025-05-05',
    });
    expect(timeWalkOf(times, {}, { sort: newest, after: [null, 'x'] })).toBeNull();
  });

  const walkOf = (facts: Partial<TimeWalk>): TimeWalk => ({ field: 'date', direction: -1, kind: 'day', start: null, end: null, ...facts });

  test('widens its windows: what held less than a page says how many there are', () => {
    expect([...windowsOf(walkOf({}), now, now)]).toEqual([
      { date: { $gte: '2025-12-14T12:00:00.000Z' } },
      { date: { $gte: '2023-02-24T12:00:00.000Z', $lt: '2025-12-14T12:00:00.000Z' } },
      { date: { $not: { $gte: '2023-02-24T12:00:00.000Z' } } },
    ]);
  });

  test('ends with the present, or with the bound of its filter', () => {
    const up = { direction: 1, kind: 'instant', start: '2026-01-15T11:55:00.000Z' } as const;
    expect([...windowsOf(walkOf(up), now, now)]).toEqual([
      { date: { $lt: '2026-01-15T11:56:00.000Z' } },
      { date: { $gte: '2026-01-15T11:56:00.000Z' } },
    ]);
    expect([...windowsOf(walkOf({ start: '2026-01-15', end: '2025-12-24' }), now, now)]).toEqual([{}]);
  });

  test('is one window where the start is no time', () => {
    expect([...windowsOf(walkOf({ start: '~' }), now, now)]).toEqual([{}]);
    expect([...windowsOf(walkOf({ start: '0001-01-02' }), now, now)]).toEqual([{}]);
  });
});

describe('a page by windows', () => {
  const value = fc.oneof(
    fc.date({ min: new Date('1890-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
    fc
      .date({ min: new Date('2025-12-01'), max: new Date('2026-02-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    fc.constantFrom('', '~', 'x', '2026', '0000-00-00', null, undefined),
  );
  const docs = fc
    .array(value, { maxLength: 40 })
    .map((values) => values.map((date, at) => ({ _id: `d${String(at).padStart(2, '0')}`, date })));
  type Dated = { readonly _id: string; readonly date: string | null | undefined };
  const keyOf = ({ _id, date }: Dated): string => (date === null || date === undefined ? ` ${_id}` : `!${date} ${_id}`);

  /** What the server makes of a window's conditions. */
  const meets = ({ date }: Dated, condition: Document): boolean => {
    const { $gte, $lt, $not } = (condition['date'] ?? {}) as { $gte?: string; $lt?: string; $not?: { $gte: string } };
    if ($not) return !meets({ _id: '', date }, { date: $not });
    if ($gte === undefined && $lt === undefined) return true;
    return typeof date === 'string' && ($gte === undefined || date >= $gte) && ($lt === undefined || date < $lt);
  };

  test.each([1, -1] as const)('is what a sort of everything would give, whatever the documents hold (%i)', async (direction) => {
    await fc.assert(
      fc.asyncProperty(docs, fc.integer({ min: 1, max: 10 }), fc.constantFrom('day', 'instant'), async (all, limit, kind) => {
        const sorted = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1) * direction);
        const matching = (condition: Document) => sorted.filter((doc) => meets(doc, condition));
        const page = await walkWindows(
          { field: 'date', direction, kind, start: null, end: null },
          {
            limit,
            now,
            ask: async (condition) => matching(condition).slice(0, limit) as unknown as Stored[],
            exists: async (condition) => matching(condition).length > 0,
          },
        );
        expect(page).toEqual(sorted.slice(0, limit));
      }),
      { numRuns: 500 },
    );
  });

  test('holds a document once, though it moves while the walk goes on, and is as full as it can be', async () => {
    const windows = [['a', 'b'], ['b', 'c', 'd'], ['e']];
    const page = await walkWindows(
      { field: 'date', direction: -1, kind: 'day', start: null, end: null },
      { limit: 4, now, ask: async () => (windows.shift() ?? []).map((_id) => ({ _id })) as unknown as Stored[], exists: async () => true },
    );
    expect(page.map((doc) => doc._id)).toEqual(['a', 'b', 'c', 'd']);
  });
});
