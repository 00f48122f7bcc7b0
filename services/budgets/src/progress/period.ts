import { dayIn } from '@commonpurse/shared/calendar';
import { dayOfMonth, daysFrom, earlier, inMonth, later, monthOfYear } from './day.ts';

/** What decides a budget's periods. */
export interface Schedule {
  readonly period: 'monthly' | 'yearly';
  /** First day that counts. */
  readonly startDate: string;
  /** Last day that counts; null: for ever. */
  readonly endDate: string | null;
  /** 1 to 28: on which day months begin for the budget's owner; kept from the budget's creation. */
  readonly monthStartDay: number;
}

/** A period by its first and last day, both counted. */
export interface Period {
  readonly start: string;
  readonly end: string;
  /** The same for one period however `startDate` and `endDate` clip it: what fired in it stays fired when these are moved. */
  readonly key: string;
}

/** By which is kept what belongs to one period of one budget: `<budget id>|<period key>`. */
export const periodId = (budgetId: string, { key }: Pick<Period, 'key'>): string => `${budgetId}|${key}`;

/** The period that holds `day`; null when the budget doesn't count that day.
 *
 *  Monthly periods begin on `monthStartDay` of each month. Yearly ones begin on the first of `startDate`'s month, whatever the
 *  `monthStartDay`, and last twelve months. The first period begins at `startDate`, the last one ends at `endDate`: the periods tile
 *  the days from one to the other without gap or overlap. */
export function periodAt(schedule: Schedule, day: string): Period | null {
  const { startDate, endDate } = schedule;
  if (day < startDate || (endDate !== null && day > endDate)) return null;
  const whole = schedule.period === 'monthly' ? monthHolding(day, schedule.monthStartDay) : yearHolding(day, monthOfYear(startDate));
  return {
    start: later(whole.start, startDate),
    end: endDate === null ? whole.end : earlier(whole.end, endDate),
    key: `${schedule.period}-${whole.start}`,
  };
}

const span = (start: string, months: number, startDay: number) => ({ start, end: inMonth(start, months, startDay - 1) });

function monthHolding(day: string, startDay: number) {
  return span(inMonth(day, dayOfMonth(day) >= startDay ? 0 : -1, startDay), 1, startDay);
}

function yearHolding(day: string, startMonth: number) {
  const monthsIn = (monthOfYear(day) - startMonth + 12) % 12;
  return span(inMonth(day, -monthsIn, 1), 12, 1);
}

const hourMs = 3_600_000;

/** Which periods may be anybody's current ones: the day is 12 hours behind UTC in some zones, and 14 ahead in others. Asked of thousands at a time,
 *  so what an instant's day is is worked out before. */
export function currentSomewhere(nowMs: number): (period: Pick<Period, 'start' | 'end'>) => boolean {
  const [last, first] = [dayIn('UTC', nowMs + 14 * hourMs), dayIn('UTC', nowMs - 12 * hourMs)];
  return ({ start, end }) => start <= last && end >= first;
}

/** Those that may be anybody's current ones: where it is earliest, where it is UTC, and where it is latest. */
export function currentPeriods(schedule: Schedule, nowMs: number): Period[] {
  const days = [-12, 0, 14].map((hours) => dayIn('UTC', nowMs + hours * hourMs));
  return [...new Set(days)].flatMap((day) => periodAt(schedule, day) ?? []);
}

/** Today within the period's days: what the projection reckons with. `elapsed` counts today; `left` doesn't. */
export function daysOf(period: Period, today: string): { total: number; elapsed: number; left: number } {
  const total = daysFrom(period.start, period.end);
  const elapsed = Math.min(Math.max(daysFrom(period.start, today), 0), total);
  return { total, elapsed, left: total - elapsed };
}
