import { describe, expect, test } from '@jest/globals';
import { addDays, dayIn, daysFrom, inMonth } from './day.ts';

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

  test.each([
    ['UTC', '2026-01-15T23:30:00Z', '2026-01-15'],
    ['Asia/Tokyo', '2026-01-15T15:00:00Z', '2026-01-16'],
    ['America/Los_Angeles', '2026-01-15T07:59:59Z', '2026-01-14'],
    ['Pacific/Kiritimati', '2026-01-15T10:00:00Z', '2026-01-16'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-04'],
  ])('in %s %s falls on %s', (zone, instant, day) => expect(dayIn(zone, Date.parse(instant))).toBe(day));

  test('end with their last millisecond, and begin where a later or an earlier instant is asked about', () => {
    const midnight = Date.parse('2026-01-14T18:30:00Z');
    const days = [midnight - 1, midnight, midnight + 59_999, midnight - 60_000, midnight].map((at) => dayIn('Asia/Kolkata', at));
    expect(days).toEqual(['2026-01-14', '2026-01-15', '2026-01-15', '2026-01-14', '2026-01-15']);
  });
});
