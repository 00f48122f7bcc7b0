import { describe, expect, test } from '@jest/globals';
import { addDays, daysFrom, inMonth } from './day.ts';

describe('Calendar days', () => {
  test.each([
    ['2026-01-31', 1, '2026-02-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-03-01', -1, '2026-02-28'],
    ['1900-01-01', -1, '1899-12-31'],
    ['9999-12-31', 1, '9999-12-31'],
  ])('%s and %i days are %s', (day, count, result) => expect(addDays(day, count)).toBe(result));

  test.each([
    ['2026-01-01', '2026-01-01', 1],
    ['2026-01-01', '2026-12-31', 365],
    ['2024-01-01', '2024-12-31', 366],
    ['2026-03-28', '2026-03-30', 3],
    ['2026-01-02', '2026-01-01', 0],
  ])('from %s to %s there are %i', (first, last, count) => expect(daysFrom(first, last)).toBe(count));

  test.each([
    ['2026-01-20', 0, 28, '2026-01-28'],
    ['2026-01-20', -1, 28, '2025-12-28'],
    ['2025-12-20', 1, 1, '2026-01-01'],
    ['9999-12-20', 1, 15, '9999-12-31'],
  ])('of %s, %i months on, day %i is %s', (day, months, dayOfMonth, result) => expect(inMonth(day, months, dayOfMonth)).toBe(result));
});
