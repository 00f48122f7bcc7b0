import { describe, expect, test } from '@jest/globals';
import type { DaySpending } from '../mirror/day-key.ts';
import type { BudgetDoc } from '../plans/budget.ts';
import { type Period, periodAt } from '../progress/period.ts';
import { groceries } from '../testing/budgets.ts';
import { createNearness } from './nearness.ts';

const at = (id: string, thresholds: readonly number[] = [50, 80]) => {
  const budget: BudgetDoc = { ...groceries(id, thresholds), changedAt: '' };
  return { budget, period: periodAt(budget, '2026-01-10') as Period };
};
const spending = (amountMinor: number, facts: Partial<DaySpending> = {}): DaySpending[] => [
  { ownerId: 'ada', day: '2026-01-10', category: 'Food', currency: 'EUR', amountMinor, ...facts },
];

describe('An alert', () => {
  test.each<[string, number, DaySpending[], number | null]>([
    ['is near where spending reaches the first threshold', 4_000, spending(1_000), 0],
    ['is near where it reaches the next one', 5_000, spending(3_000), 1],
    ['is not near below', 4_000, spending(999), null],
    ['is not near where it was reached before', 8_000, spending(9_000), null],
    ['is not near for another currency', 4_000, spending(1_000, { currency: 'USD' }), null],
    ['is not near for another period', 4_000, spending(1_000, { day: '2026-02-01' }), null],
    ['is not near for another owner', 4_000, spending(1_000, { ownerId: 'bob' }), null],
    ['is near where several reach it together', 4_000, [...spending(400), ...spending(600, { day: '2026-01-31' })], 0],
  ])('%s', (_, before, spent, reached) => {
    const nearness = createNearness();
    nearness.saw(at('b1'), before);
    expect(nearness.reachedBefore(at('b1'), spent)).toBe(reached);
  });

  test('is near where nothing is known, if there is one', () => {
    const nearness = createNearness(1);
    nearness.saw(at('b1'), 0);
    nearness.saw(at('b2'), 0);
    expect(['b1', 'b2'].map((id) => nearness.reachedBefore(at(id), spending(1)))).toEqual([0, null]);
    expect(nearness.reachedBefore(at('b3', []), spending(1))).toBeNull();
  });
});
