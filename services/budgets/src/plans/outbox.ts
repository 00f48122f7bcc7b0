import { BudgetChanged } from '@commonpurse/shared/contracts';
import type { Documents } from '@commonpurse/shared/documents';
import { eventOfEntry, type Outbox } from '@commonpurse/shared/messaging';
import { type BudgetDoc, budgetStateOf } from './budget.ts';

/** Tells others of a budget's every change. */
export const budgetsOutbox = (documents: Documents<BudgetDoc>): Outbox<BudgetDoc> => ({
  aggregate: 'budget',
  documents,
  render: (entry, budget) => {
    const { action } = BudgetChanged.schema.shape;
    const data = { action: action.parse(entry.action), budget: budgetStateOf(budget), historyHash: budget.historyHash ?? null };
    return [eventOfEntry(BudgetChanged, entry, budget._id, data)];
  },
});
