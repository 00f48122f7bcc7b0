import { divideHalfEven, formatAmount } from '@commonpurse/shared/money';
import type { Alert } from '../alerts/alert.ts';
import { reached } from '../alerts/alert.ts';
import { daysOf, type Period } from './period.ts';
import { cappedMinor, type Spending } from './spending.ts';

/** A budget's progress in one period, as clients see it. Amounts are decimal strings in the budget's currency. */
export interface ProgressView {
  readonly period: { readonly start: string; readonly end: string };
  readonly currency: string;
  readonly limit: string;
  readonly rolledOver: string;
  readonly available: string;
  readonly spent: string;
  readonly remaining: string;
  readonly percent: number;
  readonly byCategory: readonly { readonly category: string; readonly limit: string | null; readonly spent: string }[];
  readonly projected: string;
  readonly daysLeft: number;
  readonly status: 'ok' | 'warning' | 'exceeded';
  readonly missingRates: readonly { readonly currency: string; readonly count: number }[];
  readonly asOf: string;
}

/** What a period offers to spend. */
interface Available {
  readonly limitMinor: number;
  readonly rolledOverMinor: number;
  readonly availableMinor: number;
}

/** Nothing is carried over from one period to the next in the only mode there is so far. */
export const availableIn = (budget: { readonly amountMinor: number }): Available => ({
  limitMinor: budget.amountMinor,
  rolledOverMinor: 0,
  availableMinor: budget.amountMinor,
});

/** Of what is available, in percent with at most one decimal, half to even. With nothing available: 0 before something is spent, then 100. */
export function percentOf(spentMinor: number, availableMinor: number): number {
  if (availableMinor <= 0) return spentMinor > 0 ? 100 : 0;
  return Number(divideHalfEven(BigInt(spentMinor) * 1000n, BigInt(availableMinor))) / 10;
}

/** What will be spent by the period's end if it goes on as it went so far: `spent / days elapsed * days of the period`, the current day
 *  counted as elapsed, rounded half to even to a minor unit. Once the period is over, what was spent; before it begins too. */
export function projectedMinor(spentMinor: number, days: { readonly total: number; readonly elapsed: number }): number {
  if (days.elapsed === 0) return spentMinor;
  return cappedMinor(Number(divideHalfEven(BigInt(spentMinor) * BigInt(days.total), BigInt(days.elapsed))));
}

/** `exceeded` above what is available, `warning` from the lowest threshold of the alerts. */
export function statusOf(alerts: readonly Alert[], spentMinor: number, availableMinor: number): ProgressView['status'] {
  if (spentMinor > 0 && spentMinor > availableMinor) return 'exceeded';
  return alerts.some(({ thresholdPercent }) => reached(thresholdPercent, spentMinor, availableMinor)) ? 'warning' : 'ok';
}

interface ProgressOf {
  readonly budget: { readonly currency: string; readonly alerts: readonly Alert[]; readonly amountMinor: number };
  readonly period: Period;
  readonly spending: Spending;
  /** In the owner's zone. */
  readonly today: string;
  /** Instant at which the spending was read. */
  readonly asOf: string;
}

export function progressView({ budget, period, spending, today, asOf }: ProgressOf): ProgressView {
  const money = (minor: number): string => formatAmount(minor, budget.currency);
  const { limitMinor, rolledOverMinor, availableMinor } = availableIn(budget);
  const days = daysOf(period, today);
  return {
    period: { start: period.start, end: period.end },
    currency: budget.currency,
    limit: money(limitMinor),
    rolledOver: money(rolledOverMinor),
    available: money(availableMinor),
    spent: money(spending.spentMinor),
    remaining: money(availableMinor - spending.spentMinor),
    percent: percentOf(spending.spentMinor, availableMinor),
    byCategory: spending.byCategory.map((each) => ({
      category: each.category,
      limit: each.limitMinor === null ? null : money(each.limitMinor),
      spent: money(each.spentMinor),
    })),
    projected: money(projectedMinor(spending.spentMinor, days)),
    daysLeft: days.left,
    status: statusOf(budget.alerts, spending.spentMinor, availableMinor),
    missingRates: spending.missingRates,
    asOf,
  };
}
