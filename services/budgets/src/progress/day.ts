import { DateTime } from 'luxon';

/** Calendar days are `YYYY-MM-DD` strings: they compare as text. Arithmetic goes through days since 1970-01-01, in UTC, so no zone and no
 *  daylight saving can move one. */

const dayMs = 86_400_000;
/** The last day that has a name of ten characters. */
const lastDay = '9999-12-31';

const numberOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;

function nameOf(dayNumber: number): string {
  const name = new Date(dayNumber * dayMs).toISOString();
  return name.startsWith('+') ? lastDay : name.slice(0, 10);
}

/** `count` days later (earlier when negative), 9999-12-31 at most. */
export const addDays = (day: string, count: number): string => nameOf(numberOf(day) + count);

/** How many days lie from the first to the last of them, both counted: 1 for one day, 0 or less when the last comes first. */
export const daysFrom = (first: string, last: string): number => numberOf(last) - numberOf(first) + 1;

/** The day of that name in the month `months` after the month of `day`; `dayOfMonth` is 1 to 28, so every month has it; 0 is the last day of
 *  the month before. */
export function inMonth(day: string, months: number, dayOfMonth: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return nameOf(Date.UTC(year, month - 1 + months, dayOfMonth) / dayMs);
}

export const dayOfMonth = (day: string): number => Number(day.slice(8));
export const monthOfYear = (day: string): number => Number(day.slice(5, 7));

export const earlier = (a: string, b: string): string => (a < b ? a : b);
export const later = (a: string, b: string): string => (a > b ? a : b);

/** The day that an instant falls on in a time zone.
 *  @param timeZone an IANA name that was checked when its user chose it
 *  @param nowMs milliseconds since the epoch */
export function dayIn(timeZone: string, nowMs: number): string {
  const { year, month, day } = DateTime.fromMillis(nowMs, { zone: timeZone });
  return nameOf(Date.UTC(year, month - 1, day) / dayMs);
}
