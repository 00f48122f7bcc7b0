import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, daysFrom } from './day.ts';
import { currentPeriods, currentSomewhere, daysOf, type Period, periodAt, periodId, type Schedule } from './period.ts';

const monthly = (monthStartDay: number, startDate = '2020-01-01', endDate: string | null = null): Schedule => ({
  period: 'monthly',
  startDate,
  endDate,
  monthStartDay,
});
const yearly = (startDate: string, endDate: string | null = null): Schedule => ({
  period: 'yearly',
  startDate,
  endDate,
  monthStartDay: 25,
});
const span = (schedule: Schedule, day: string): string => {
  const period = periodAt(schedule, day);
  return period === null ? 'none' : `${period.start}..${period.end}`;
};

describe('Periods', () => {
  test.each([
    ['calendar months', monthly(1), '2026-01-31', '2026-01-01..2026-01-31'],
    ['a February', monthly(1), '2026-02-14', '2026-02-01..2026-02-28'],
    ['a leap February', monthly(1), '2024-02-29', '2024-02-01..2024-02-29'],
    ['a month from the 28th, before it', monthly(28), '2026-02-27', '2026-01-28..2026-02-27'],
    ['a month from the 28th, on it', monthly(28), '2026-02-28', '2026-02-28..2026-03-27'],
    ['a month from the 28th in a leap year', monthly(28), '2024-02-29', '2024-02-28..2024-03-27'],
    ['a month over the turn of the year', monthly(15), '2026-01-03', '2025-12-15..2026-01-14'],
    ['the first month clipped', monthly(1, '2026-01-10'), '2026-01-10', '2026-01-10..2026-01-31'],
    ['the first month clipped before its start day', monthly(25, '2026-01-10'), '2026-01-20', '2026-01-10..2026-01-24'],
    ['the last month clipped', monthly(1, '2026-01-01', '2026-03-10'), '2026-03-01', '2026-03-01..2026-03-10'],
    ['one day', monthly(1, '2026-01-10', '2026-01-10'), '2026-01-10', '2026-01-10..2026-01-10'],
    ['the day before the first', monthly(1, '2026-01-10'), '2026-01-09', 'none'],
    ['the day after the last', monthly(1, '2026-01-01', '2026-03-10'), '2026-03-11', 'none'],
    ['a year from its month, whatever the start day', yearly('2025-04-01'), '2026-03-31', '2025-04-01..2026-03-31'],
    ['the first year clipped', yearly('2025-04-15'), '2025-12-24', '2025-04-15..2026-03-31'],
    ['the second year whole', yearly('2025-04-15'), '2026-04-01', '2026-04-01..2027-03-31'],
    ['a year to a leap day', yearly('2023-03-01'), '2024-02-29', '2023-03-01..2024-02-29'],
    ['a year from a leap day', yearly('2024-02-29'), '2024-03-01', '2024-02-29..2025-01-31'],
    ['the last year clipped', yearly('2025-01-01', '2026-06-30'), '2026-01-01', '2026-01-01..2026-06-30'],
    ['the last month that has a name', monthly(15), '9999-12-20', '9999-12-15..9999-12-31'],
  ])('%s', (_, schedule, day, expected) => expect(span(schedule, day)).toBe(expected));

  test.each([
    ['2026-02-28', '2026-01-31T10:00:00Z', true],
    ['2026-02-28', '2026-01-31T09:59:59Z', false],
    ['2026-02-28', '2026-03-01T11:59:59Z', true],
    ['2026-02-28', '2026-03-01T12:00:00Z', false],
    ['2026-02-01', '2026-02-01T00:00:00Z', true],
  ])('from 2026-02-01 to %s may be current at %s: %j', (end, now, isCurrent) => {
    expect(currentSomewhere(Date.parse(now))({ start: '2026-02-01', end })).toBe(isCurrent);
  });

  test.each<[string, Schedule, string[]]>([
    ['2026-01-31T09:59:59Z', monthly(1), ['2026-01-01']],
    ['2026-01-31T10:00:00Z', monthly(1), ['2026-01-01', '2026-02-01']],
    ['2026-02-01T11:59:59Z', monthly(1), ['2026-01-01', '2026-02-01']],
    ['2026-02-01T12:00:00Z', monthly(1), ['2026-02-01']],
    ['2026-02-01T10:59:59Z', monthly(1, '2026-02-01', '2026-02-01'), ['2026-02-01']],
    ['2026-02-01T12:00:00Z', monthly(1, '2026-03-01'), []],
  ])('that may be current at %s, of %j, begin on %j', (now, schedule, starts) => {
    const current = new Set(currentPeriods(schedule, Date.parse(now)).map(({ start }) => start));
    expect([...current]).toEqual(starts);
  });

  test('keep their key however they are clipped, and differ by kind', () => {
    const keys = [monthly(1, '2026-01-05'), monthly(1, '2026-01-09', '2026-01-20'), { ...monthly(1), period: 'yearly' as const }].map(
      (schedule) => periodAt(schedule, '2026-01-10')?.key,
    );
    expect(keys).toEqual(['monthly-2026-01-01', 'monthly-2026-01-01', 'yearly-2026-01-01']);
  });

  const day = fc.integer({ min: 0, max: 60_000 }).map((count) => addDays('1900-01-01', count));
  const schedule = fc.record({
    period: fc.constantFrom('monthly' as const, 'yearly' as const),
    startDate: day,
    endDate: fc.constant(null),
    monthStartDay: fc.integer({ min: 1, max: 28 }),
  });

  test('tile the calendar without gap or overlap', () => {
    const walk = (given: Schedule, days: number): void => {
      const endDate = addDays(given.startDate, days);
      let expected = given.startDate;
      const keys = new Set<string>();
      while (expected <= endDate) {
        const period = periodAt({ ...given, endDate }, expected) as Period;
        expect(period.start).toBe(expected);
        expect(period.end >= period.start).toBe(true);
        expect(keys.has(period.key)).toBe(false);
        keys.add(period.key);
        expected = addDays(period.end, 1);
      }
      expect(expected).toBe(addDays(endDate, 1));
    };
    fc.assert(fc.property(schedule, fc.integer({ min: 0, max: 1500 }), walk));
  });

  test('hold every day that they are asked for, and answer alike for each of their days', () => {
    const holds = (given: Schedule, after: number, within: number): void => {
      const asked = addDays(given.startDate, after);
      const period = periodAt(given, asked) as Period;
      expect(period.start <= asked && asked <= period.end).toBe(true);
      const other = addDays(period.start, within % daysFrom(period.start, period.end));
      expect(periodAt(given, other)).toEqual(period);
    };
    fc.assert(fc.property(schedule, fc.nat(5000), fc.nat(400), holds));
  });

  test.each([
    ['2025-12-31', { total: 31, elapsed: 0, left: 31 }],
    ['2026-01-01', { total: 31, elapsed: 1, left: 30 }],
    ['2026-01-31', { total: 31, elapsed: 31, left: 0 }],
    ['2026-02-01', { total: 31, elapsed: 31, left: 0 }],
  ])('on %s January has %j', (today, expected) => {
    expect(daysOf(periodAt(monthly(1), '2026-01-15') as Period, today)).toEqual(expected);
  });
});

test('What is kept of a period is named by budget and period', () => {
  expect(periodId('b1', { key: 'monthly-2026-01-01' })).toBe('b1|monthly-2026-01-01');
});
