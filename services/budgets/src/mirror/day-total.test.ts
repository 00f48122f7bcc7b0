import { describe, expect, test } from '@jest/globals';
import { agrees, type DayTotal, nextTotal } from './day-total.ts';

const key = { ownerId: 'ada', day: '2026-01-10', category: 'Food', currency: 'EUR' };
const total: DayTotal = { _id: 'ada|2026-01-10|Food|EUR', version: 7, changedAt: '', ...key, sumMinor: 300, records: 2 };

describe('A day total', () => {
  test.each([
    [total, { sumMinor: 300, records: 2 }, true],
    [total, { sumMinor: 300, records: 1 }, false],
    [total, { sumMinor: 200, records: 2 }, false],
    [null, { sumMinor: 0, records: 0 }, true],
    [null, { sumMinor: 300, records: 2 }, false],
  ])('of %j agrees with %j: %j', (current, added, expected) => expect(agrees(current, added)).toBe(expected));

  test('goes on by one version, or begins where it is told to', () => {
    const added = { sumMinor: 500, records: 3 };
    const { changedAt: _changedAt, ...kept } = total;
    expect(nextTotal(total, key, added)).toEqual({ ...kept, ...added, version: 8 });
    expect(nextTotal(41, key, added)).toEqual({ ...kept, ...added, version: 41 });
  });
});
