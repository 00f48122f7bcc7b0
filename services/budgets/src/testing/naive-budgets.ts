import type { RecordState } from '@commonpurse/shared/contracts';

/** What the documents promise of budgets, worked out as slowly and plainly as can be: day by day, record by record, in whole numbers. Knows
 *  nothing of the code beside it, for it is there to disagree with it. */

export interface NaiveBudget {
  readonly id: string;
  readonly ownerId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly period: 'monthly' | 'yearly';
  readonly startDate: string;
  readonly endDate: string | null;
  readonly categories: readonly { readonly category: string; readonly amountMinor: number | null }[];
  readonly thresholds: readonly number[];
  readonly monthStartDay: number;
}

type Date = readonly [year: number, month: number, day: number];
const dateOf = (text: string): Date => text.split('-').map(Number) as unknown as Date;
const textOf = ([year, month, day]: Date): string => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year: number, month: number): number => (month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
function nextDay(text: string): string {
  const [year, month, day] = dateOf(text);
  if (day < daysIn(year, month)) return textOf([year, month, day + 1]);
  return month < 12 ? textOf([year, month + 1, 1]) : textOf([year + 1, 1, 1]);
}
function dayBefore(text: string): string {
  const [year, month, day] = dateOf(text);
  if (day > 1) return textOf([year, month, day - 1]);
  return month > 1 ? textOf([year, month - 1, daysIn(year, month - 1)]) : textOf([year - 1, 12, 31]);
}

export interface NaivePeriod {
  readonly start: string;
  readonly end: string;
  /** Its first day if nothing clipped it. */
  readonly name: string;
}

/** Walks to the first day and to the last. */
export function naivePeriod(budget: NaiveBudget, day: string): NaivePeriod | null {
  const { startDate, endDate, period, monthStartDay } = budget;
  if (day < startDate || (endDate !== null && day > endDate)) return null;
  const [, startMonth] = dateOf(startDate);
  const begins = (text: string): boolean => {
    const [, month, dayOfMonth] = dateOf(text);
    return period === 'monthly' ? dayOfMonth === monthStartDay : month === startMonth && dayOfMonth === 1;
  };
  let first = day;
  while (!begins(first)) first = dayBefore(first);
  let last = day;
  while (!begins(nextDay(last))) last = nextDay(last);
  return {
    start: first < startDate ? startDate : first,
    end: endDate !== null && last > endDate ? endDate : last,
    name: `${period}-${first}`,
  };
}

const decimals: Readonly<Record<string, number>> = { EUR: 2, USD: 2, JPY: 0, BHD: 3 };
function money(minor: bigint, currency: string): string {
  const places = decimals[currency]!;
  const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${minor < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`;
}
export const naiveMoney = (minor: number, currency: string): string => money(BigInt(minor), currency);

/** To the nearest whole number, of two the even one. */
function nearest(dividend: bigint, divisor: bigint): bigint {
  const down = dividend / divisor;
  const left = (dividend - down * divisor) * 2n;
  if (left === divisor) return down % 2n === 0n ? down : down + 1n;
  return left > divisor ? down + 1n : down;
}

const total = (records: readonly RecordState[]): bigint => records.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);

export function naiveCounted(budget: NaiveBudget, period: NaivePeriod, records: readonly RecordState[]): RecordState[] {
  return records.filter(
    (record) =>
      record.ownerId === budget.ownerId &&
      record.type === 'expense' &&
      !record.deleted &&
      record.date >= period.start &&
      record.date <= period.end &&
      (budget.categories.length === 0 || budget.categories.some(({ category }) => category === record.category)),
  );
}

/** Which thresholds are reached by what these records say. */
export function naiveReached(budget: NaiveBudget, period: NaivePeriod, records: readonly RecordState[]): number[] {
  const spent = total(naiveCounted(budget, period, records).filter(({ currency }) => currency === budget.currency));
  const tenths = (percent: number): bigint => BigInt(percent.toFixed(1).replace('.', ''));
  return budget.thresholds.filter((percent) => spent > 0n && spent * 1000n >= tenths(percent) * BigInt(budget.amountMinor));
}

function daysBetween(from: string, to: string): number {
  let count = 0;
  for (let day = from; day <= to; day = nextDay(day)) count += 1;
  return count;
}

/** `GET /budgets/{id}/progress` but for `asOf`. */
export function naiveProgress(budget: NaiveBudget, period: NaivePeriod, records: readonly RecordState[], today: string) {
  const all = naiveCounted(budget, period, records);
  const own = all.filter(({ currency }) => currency === budget.currency);
  const spent = total(own);
  const available = BigInt(budget.amountMinor);
  const days = daysBetween(period.start, period.end);
  const elapsed = today < period.start ? 0 : Math.min(daysBetween(period.start, today < period.end ? today : period.end), days);
  const foreign = [...new Set(all.filter(({ currency }) => currency !== budget.currency).map(({ currency }) => currency))].toSorted();
  const { currency } = budget;
  return {
    period: { start: period.start, end: period.end },
    currency,
    limit: money(available, currency),
    rolledOver: money(0n, currency),
    available: money(available, currency),
    spent: money(spent, currency),
    remaining: money(available - spent, currency),
    percent: Number(nearest(spent * 1000n, available)) / 10,
    byCategory: naiveCategories(budget, own),
    projected: money(elapsed === 0 ? spent : nearest(spent * BigInt(days), BigInt(elapsed)), currency),
    daysLeft: days - elapsed,
    status: spent > available ? 'exceeded' : naiveReached(budget, period, records).length > 0 ? 'warning' : 'ok',
    missingRates: foreign.map((code) => ({ currency: code, count: all.filter((each) => each.currency === code).length })),
  };
}

function naiveCategories({ categories, currency }: NaiveBudget, own: readonly RecordState[]) {
  const spentOn = (category: string): bigint => total(own.filter((each) => each.category === category));
  if (categories.length > 0) {
    return categories.map(({ category, amountMinor }) => ({
      category,
      limit: amountMinor === null ? null : money(BigInt(amountMinor), currency),
      spent: money(spentOn(category), currency),
    }));
  }
  const named = [...new Set(own.map(({ category }) => category!))].map((category) => ({ category, minor: spentOn(category) }));
  const most = named.toSorted((a, b) => (a.minor === b.minor ? (a.category < b.category ? -1 : 1) : a.minor > b.minor ? -1 : 1));
  return most.map(({ category, minor }) => ({ category, limit: null, spent: money(minor, currency) }));
}
