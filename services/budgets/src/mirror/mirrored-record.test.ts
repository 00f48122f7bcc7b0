import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expense, wasOf } from '../testing/told-records.ts';
import { categoriesByOwner, dayKeyId, dayKeyOf, distinctKeys } from './day-key.ts';
import { keepNewer, keysOfMirrored, keysToRecompute, mirrored, type MirroredRecord, spentTold } from './mirrored-record.ts';

const stored = (draft: ReturnType<typeof mirrored>): MirroredRecord => ({ ...draft, changedAt: '2026-01-01T00:00:00.000Z' });
const first = expense({ ownerId: 'ada', id: 'r1' });

describe('A day key', () => {
  test('separates what contains its separator', () => {
    const key = (ownerId: string, category: string) => ({ ownerId, day: '2026-01-01', category, currency: 'EUR' });
    expect(dayKeyId(key('a', 'b|c%7C'))).toBe('a|2026-01-01|b%7Cc%257C|EUR');
    expect(distinctKeys([key('a', 'x'), key('a', 'x'), key('b', 'x')])).toHaveLength(2);
    expect([...categoriesByOwner([key('a', 'x'), key('a', 'y'), key('a', 'x'), key('b', 'x')])]).toEqual([
      ['a', ['x', 'y']],
      ['b', ['x']],
    ]);
  });
  test('is one id for one key', () => {
    const text = fc.string({ unit: fc.constantFrom('|', '%', '7', 'C', 'a'), maxLength: 4 });
    const key = fc.record({ ownerId: text, day: fc.constant('2026-01-01'), category: text, currency: fc.constant('EUR') });
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(dayKeyId(a) === dayKeyId(b)).toBe(a.ownerId === b.ownerId && a.category === b.category);
        expect(dayKeyOf(dayKeyId(a))).toEqual(a);
      }),
    );
  });
});

describe('The mirror', () => {
  test('keeps what an expense counts for', () => {
    expect(mirrored(first, null)).toEqual({
      _id: 'r1',
      version: 1,
      ownerId: 'ada',
      key: 'ada|2026-01-10|Food|EUR',
      amountMinor: 1000,
    });
  });
  test.each([
    ['an income', { type: 'income' as const, category: null, source: 'Salary' }],
    ['a tombstone', { deleted: true }],
  ])('keeps of %s only that it is there', (_, facts) => {
    expect(mirrored({ ...first, ...facts }, null)).toEqual({ _id: 'r1', version: 1, ownerId: 'ada' });
  });
  test('remembers where the state before counted, if elsewhere', () => {
    const before = stored(mirrored(first, null));
    expect(mirrored({ ...first, version: 2, amountMinor: 5 }, before)).not.toHaveProperty('wasKey');
    expect(mirrored({ ...first, version: 2, date: '2026-02-01' }, before).wasKey).toBe('ada|2026-01-10|Food|EUR');
    expect(mirrored({ ...first, version: 2, deleted: true }, before).wasKey).toBe('ada|2026-01-10|Food|EUR');
  });
  test('refuses what is not newer', () => {
    const current = stored(mirrored({ ...first, version: 2 }, null));
    expect([1, 2, 3].map((version) => keepNewer(current, { ...first, version })?.version)).toEqual([undefined, undefined, 3]);
  });
  test('names every total that may have changed: by the event and by the mirror', () => {
    const kept = mirrored(
      { ...first, version: 4, date: '2026-01-04' },
      stored(mirrored({ ...first, version: 3, date: '2026-01-03' }, null)),
    );
    const told = { record: { ...first, version: 2, date: '2026-01-02' }, was: wasOf({ ...first, date: '2026-01-01' }) };
    expect(keysToRecompute(told, kept).map(({ day }) => day)).toEqual(['2026-01-02', '2026-01-01', '2026-01-04', '2026-01-03']);
    expect(keysToRecompute({ record: { ...first, deleted: true }, was: null }, mirrored({ ...first, deleted: true }, null))).toEqual([]);
    expect(keysOfMirrored(kept).map(({ ownerId }) => ownerId)).toEqual(['ada', 'ada']);
  });
  test('is told what was spent, and where; what does not count spends nothing', () => {
    const told = (facts: Partial<typeof first>) => spentTold({ record: { ...first, ...facts }, was: wasOf(first) });
    expect(told({})).toEqual([{ ownerId: 'ada', day: '2026-01-10', category: 'Food', currency: 'EUR', amountMinor: 1000 }]);
    expect([told({ deleted: true }), told({ type: 'income', category: null, source: 'Salary' })]).toEqual([[], []]);
  });
  test('an expense without a category counts under none', () => {
    expect(mirrored({ ...first, category: null }, null).key).toBe('ada|2026-01-10||EUR');
  });
});
