import type { Draft } from '@commonpurse/shared/documents';
import { type BudgetDoc, newBudget } from '../plans/budget.ts';

const content = {
  name: 'Groceries',
  amountMinor: 10_000,
  currency: 'EUR',
  period: 'monthly' as const,
  startDate: '2026-01-01',
  endDate: null,
  categories: [],
  rollover: { mode: 'none' as const },
  enforcement: 'notify' as const,
};

/** Ada's budget of 100.00 EUR a month, with alerts in the inbox. */
export const groceries = (id: string, thresholds: readonly number[]): Draft<BudgetDoc> => {
  const alerts = thresholds.map((thresholdPercent) => ({ thresholdPercent, channels: ['in-app' as const] }));
  return newBudget({ ...content, alerts }, { id, ownerId: 'ada', monthStartDay: 1, at: '2026-01-15T12:00:00.000Z' });
};
