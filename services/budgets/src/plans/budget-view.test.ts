import { expect, test } from '@jest/globals';
import { groceries } from '../testing/budgets.ts';
import { changeBetween } from './budget-view.ts';

test('History shows of a changed budget what differs, and what has come or gone as null before or after', () => {
  const before = groceries('b1', [80]);
  const after = { ...groceries('b1', [80]), amountMinor: 12_345, endDate: '2026-12-31' };
  expect(changeBetween(before, after)).toEqual({
    before: { amount: '100.00', endDate: null },
    after: { amount: '123.45', endDate: '2026-12-31' },
  });
});
