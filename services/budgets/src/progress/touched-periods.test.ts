import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DayKey } from '../mirror/day-key.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { groceries } from '../testing/budgets.ts';
import { periodAt } from './period.ts';
import { countsIn, touchedPeriods } from './touched-periods.ts';

const days = ['2025-12-31', '2026-01-01', '2026-01-14', '2026-01-15', '2026-01-31', '2026-02-01', '2026-12-31', '2027-01-01'];
const keys = fc.array(
  fc.record({
    ownerId: fc.constantFrom('ada', 'bob'),
    day: fc.constantFrom(...days),
    category: fc.constantFrom('Food', 'Rent', 'Travel'),
    currency: fc.constantFrom('EUR', 'USD'),
  }) satisfies fc.Arbitrary<DayKey>,
);
const budgets = fc.array(
  fc.record({
    ownerId: fc.constantFrom('ada', 'bob'),
    period: fc.constantFrom('monthly' as const, 'yearly' as const),
    startDate: fc.constantFrom('2025-01-01', '2026-01-15'),
    endDate: fc.constantFrom(null, '2026-01-31'),
    monthStartDay: fc.constantFrom(1, 15),
    categories: fc.subarray(['Food', 'Rent']).map((names) => names.map((category) => ({ category, amountMinor: null }))),
  }),
  { maxLength: 4 },
);

describe('The periods that some days touch', () => {
  test('are those that count one of them, each once', () => {
    fc.assert(
      fc.property(budgets, keys, (shapes, touched) => {
        const docs = shapes.map((shape, at): BudgetDoc => ({ ...groceries(`b${at}`, []), ...shape, changedAt: '' }));
        const expected = docs.flatMap((budget) =>
          [...new Set(days.flatMap((day) => periodAt(budget, day)?.key ?? []))]
            .filter((key) => touched.some((each) => countsIn({ budget, period: { start: '', end: '', key } }, each)))
            .map((key) => `${budget._id} ${key}`),
        );
        const found = touchedPeriods(docs, touched).map(({ budget, period }) => `${budget._id} ${period.key}`);
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test('are found once for all budgets that have the same, as those of one person do: there may be hundreds, and thousands of days', () => {
    const alike = ['b1', 'b2', 'b3'].map((id): BudgetDoc => ({ ...groceries(id, []), changedAt: '' }));
    const named = alike.map((budget) => ({ ...budget, categories: [{ category: 'Food', amountMinor: null }] }));
    const touched = days.map((day) => ({ ownerId: 'ada', day, category: 'Food', currency: 'EUR' }));
    for (const counting of [alike, named]) {
      const found = touchedPeriods(counting, touched);
      expect([found.length, new Set(found.map(({ period }) => period)).size]).toEqual([12, 4]);
    }
  });
});
