import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Alert, newlyCrossed, type PeriodDoc, reached, withFiring } from './alert.ts';

const at = (...thresholds: number[]): Alert[] => thresholds.map((thresholdPercent) => ({ thresholdPercent, channels: ['in-app'] }));
const crossed = (alerts: Alert[], fired: number[], spent: number, available: number): number[] =>
  newlyCrossed(alerts, at(...fired), spent, available).map(({ thresholdPercent }) => thresholdPercent);

describe('A threshold', () => {
  test.each([
    ['below', 80, 7_999, 10_000, false],
    ['exactly', 80, 8_000, 10_000, true],
    ['tenths of a percent, below', 33.3, 3_329, 10_000, false],
    ['tenths of a percent, exactly', 33.3, 3_330, 10_000, true],
    ['between minor units', 33.3, 1, 3, true],
    ['between minor units, below', 33.4, 1, 3, false],
    ['nothing spent', 0.1, 0, 0, false],
    ['something spent of nothing', 1000, 1, 0, true],
    ['something spent of less than nothing', 1000, 1, -5, true],
    ['the largest sums, exactly', 1000, Number.MAX_SAFE_INTEGER, 900_719_925_474_099, true],
    ['the largest sums, one more needed', 1000, 8_999_999_999_999_990 - 1, 900_000_000_000_000 - 1, false],
  ])('%s', (_, percent, spent, available, expected) => expect(reached(percent, spent, available)).toBe(expected));
});

describe('What is newly crossed', () => {
  test('is every threshold reached, lowest first', () => expect(crossed(at(100, 50, 80, 120), [], 10_000, 10_000)).toEqual([50, 80, 100]));
  test('is nothing twice', () => expect(crossed(at(80, 100), [80], 10_000, 10_000)).toEqual([100]));
  test('forgets nothing when spending shrinks', () => expect(crossed(at(80, 100), [80, 100], 9_000, 10_000)).toEqual([]));

  test('fires each threshold exactly once, in any order of values, iff some value reached it', () => {
    const thresholds = fc
      .uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 20 })
      .map((tenths) => tenths.map((tenth) => tenth / 10));
    const property = (given: number[], spent: number[], available: number): void => {
      let period: PeriodDoc | null = null;
      for (const spentMinor of spent) {
        for (const alert of newlyCrossed(at(...given), period?.fired ?? [], spentMinor, available)) {
          const seen = { at: 'now', name: 'n', period: { start: 'a', end: 'b' }, spentMinor, availableMinor: available, currency: 'EUR' };
          const next = withFiring(period, { _id: 'p', budgetId: 'b', ownerId: 'o' }, { ...alert, ...seen });
          period = { ...next, changedAt: 'now' };
        }
      }
      const fired = (period?.fired ?? []).map(({ thresholdPercent }) => thresholdPercent);
      const expected = given.filter((percent) => spent.some((value) => reached(percent, value, available)));
      expect(new Set(fired)).toEqual(new Set(expected));
      expect(fired).toHaveLength(expected.length);
      expect((period?.fired ?? []).map(({ version }) => version)).toEqual(fired.map((_, index) => index + 1));
    };
    fc.assert(fc.property(thresholds, fc.array(fc.nat(200_000), { maxLength: 12 }), fc.integer({ min: 1, max: 100_000 }), property));
  });
});
