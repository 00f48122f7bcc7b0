/** Calendar days are `YYYY-MM-DD` strings: they compare as text. Arithmetic goes through days since 1970-01-01, in UTC, so no zone and no
 *  daylight saving can move one. */

const dayMs = 86_400_000;
/** The last day that has a name of ten characters. */
const lastDay = '9999-12-31';

const numberOf = (day: string): number => Date.UTC(Number(day.slice(0, 4)), monthOfYear(day) - 1, dayOfMonth(day)) / dayMs;

function nameOf(dayNumber: number): string {
  const date = new Date(dayNumber * dayMs);
  const year = date.getUTCFullYear();
  return year > 9999 ? lastDay : `${year}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`;
}
const twoDigits = (count: number): string => (count < 10 ? `0${count}` : `${count}`);

/** `count` days later (earlier when negative), 9999-12-31 at most. */
export const addDays = (day: string, count: number): string => nameOf(numberOf(day) + count);

/** How many days lie from the first to the last of them, both counted: 1 for one day, 0 or less when the last comes first. */
export const daysFrom = (first: string, last: string): number => numberOf(last) - numberOf(first) + 1;

/** The day of that name in the month `months` after the month of `day`; `dayOfMonth` is 1 to 28, so every month has it; 0 is the last day of
 *  the month before. */
export function inMonth(day: string, months: number, dayOfMonth: number): string {
  return nameOf(Date.UTC(Number(day.slice(0, 4)), monthOfYear(day) - 1 + months, dayOfMonth) / dayMs);
}

export const dayOfMonth = (day: string): number => Number(day.slice(8));
export const monthOfYear = (day: string): number => Number(day.slice(5, 7));

export const earlier = (a: string, b: string): string => (a < b ? a : b);
export const later = (a: string, b: string): string => (a > b ? a : b);
