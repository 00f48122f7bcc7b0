import { describe, expect, test } from '@jest/globals';
import type { Alert } from '../alerts/alert.ts';
import { type Period } from './period.ts';
import { percentOf, progressView, projectedMinor, statusOf } from './progress.ts';
import { spendingOf, type SpentSum } from './spending.ts';

const at = (...thresholds: number[]): Alert[] => thresholds.map((thresholdPercent) => ({ thresholdPercent, channels: ['in-app'] }));
const sum = (category: string, currency: string, sumMinor: number, count = 1): SpentSum => ({ category, currency, sumMinor, count });

describe('Percent', () => {
  test.each([
    [0, 10_000, 0],
    [5_000, 10_000, 50],
    [1, 3, 33.3],
    [2, 3, 66.7],
    [25, 20_000, 0.1],
    [75, 20_000, 0.4],
    [5, 4_000, 0.1],
    [15, 4_000, 0.4],
    [12_345, 10_000, 123.4],
    [9_007_199_254_740_991, 1, 900_719_925_474_099_100],
    [0, 0, 0],
    [1, 0, 100],
    [1, -500, 100],
  ])('%i of %i is %d', (spent, available, percent) => expect(percentOf(spent, available)).toBe(percent));
});

describe('The projection', () => {
  test.each([
    ['grows with the days left', 12_050, 31, 15, 24_903],
    ['is what was spent on the last day', 12_050, 31, 31, 12_050],
    ['is what was spent before the period begins', 500, 31, 0, 500],
    ['rounds half to even, down', 1, 5, 2, 2],
    ['rounds half to even, up', 3, 5, 2, 8],
    ['stays a safe integer', Number.MAX_SAFE_INTEGER, 365, 1, Number.MAX_SAFE_INTEGER],
  ])('%s', (_, spent, total, elapsed, projected) => expect(projectedMinor(spent, { total, elapsed })).toBe(projected));
});

describe('The status', () => {
  test.each([
    ['ok below the lowest threshold', at(100, 80), 7_999, 10_000, 'ok'],
    ['warning on it', at(100, 80), 8_000, 10_000, 'warning'],
    ['warning at exactly the limit', at(80), 10_000, 10_000, 'warning'],
    ['exceeded above the limit', at(80), 10_001, 10_000, 'exceeded'],
    ['ok at the limit without alerts', at(), 10_000, 10_000, 'ok'],
    ['exceeded above the limit without alerts', at(), 10_001, 10_000, 'exceeded'],
    ['ok while nothing is spent of nothing', at(80), 0, 0, 'ok'],
    ['ok while nothing is spent of less than nothing', at(80), 0, -500, 'ok'],
  ])('is %s', (_, alerts, spent, available, status) => expect(statusOf(alerts, spent, available)).toBe(status));
});

describe('Spending', () => {
  const food = [
    { category: 'Food', amountMinor: 5_000 },
    { category: 'Drinks', amountMinor: null },
  ];
  test('lists the named categories in their order, also those without spending', () => {
    expect(spendingOf({ currency: 'EUR', categories: food }, [sum('Drinks', 'EUR', 70)])).toEqual({
      spentMinor: 70,
      byCategory: [
        { category: 'Food', limitMinor: 5_000, spentMinor: 0 },
        { category: 'Drinks', limitMinor: null, spentMinor: 70 },
      ],
      missingRates: [],
    });
  });
  test('lists what was spent on, most first, when none is named', () => {
    const sums = [sum('B', 'EUR', 20), sum('A', 'EUR', 20), sum('C', 'EUR', 30), sum('D', 'EUR', 0), sum('B', 'EUR', 1)];
    const { byCategory, spentMinor } = spendingOf({ currency: 'EUR', categories: [] }, sums);
    expect([byCategory.map(({ category }) => category), spentMinor]).toEqual([['C', 'B', 'A'], 71]);
    const alike = ['B', 'A', 'C'].map((category) => sum(category, 'EUR', 20));
    const tie = spendingOf({ currency: 'EUR', categories: [] }, alike);
    expect(tie.byCategory.map(({ category }) => category)).toEqual(['A', 'B', 'C']);
  });
  test('counts foreign money apart, by currency', () => {
    const sums = [
      sum('Food', 'USD', 900, 2),
      sum('Food', 'EUR', 100),
      sum('Drinks', 'USD', 5, 1),
      sum('Food', 'CHF', 5, 4),
      sum('Food', 'SEK', 5, 1),
      sum('Food', 'JPY', 0, 0),
    ];
    const { spentMinor, missingRates } = spendingOf({ currency: 'EUR', categories: food }, sums);
    expect(spentMinor).toBe(100);
    expect(missingRates).toEqual([
      { currency: 'CHF', count: 4 },
      { currency: 'SEK', count: 1 },
      { currency: 'USD', count: 3 },
    ]);
  });
  test('takes the value that rates give', () => {
    const twice = ({ sumMinor }: SpentSum): number => sumMinor * 2;
    expect(spendingOf({ currency: 'EUR', categories: [] }, [sum('Food', 'USD', 900)], twice).spentMinor).toBe(1800);
  });
  test('never leaves the safe integers', () => {
    const huge = sum('A', 'EUR', Number.MAX_SAFE_INTEGER);
    const { spentMinor, byCategory } = spendingOf({ currency: 'EUR', categories: [] }, [huge, huge, sum('B', 'EUR', 1)]);
    expect(spentMinor).toBe(Number.MAX_SAFE_INTEGER);
    expect(byCategory.map((each) => each.spentMinor)).toEqual([Number.MAX_SAFE_INTEGER, 1]);
  });
});

describe('Progress', () => {
  const period: Period = { start: '2026-01-01', end: '2026-01-31', key: 'monthly-2026-01-01' };
  const budget = { currency: 'JPY', amountMinor: 1000, alerts: at(80, 100), categories: [{ category: 'Food', amountMinor: 400 }] };
  test('is told in the decimals of its currency and may be below zero', () => {
    const spending = spendingOf(budget, [sum('Food', 'JPY', 1250), sum('Food', 'EUR', 3, 1)]);
    expect(progressView({ budget, period, spending, today: '2026-01-31', asOf: '2026-01-31T09:00:00.000Z' })).toEqual({
      period: { start: '2026-01-01', end: '2026-01-31' },
      currency: 'JPY',
      limit: '1000',
      rolledOver: '0',
      available: '1000',
      spent: '1250',
      remaining: '-250',
      percent: 125,
      byCategory: [{ category: 'Food', limit: '400', spent: '1250' }],
      projected: '1250',
      daysLeft: 0,
      status: 'exceeded',
      missingRates: [{ currency: 'EUR', count: 1 }],
      asOf: '2026-01-31T09:00:00.000Z',
    });
  });
});
