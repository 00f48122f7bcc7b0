import { BudgetChanged } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import { type ReviewDeps, reviewBudget } from './review-budget.ts';

/** A budget that was created or lowered below what is spent alerts at once. Budgets takes its own event for this, from the bus and from its
 *  own changes feed, so a crash right after the 201 delays the alert and doesn't swallow it. */
export const onBudgetChanged = (deps: ReviewDeps): Subscription<BudgetChanged> => ({
  event: BudgetChanged,
  from: 'now',
  handle: async ({ data, actor, correlationid }) => {
    const budget = await deps.store.budgets.get(data.budget.id);
    if (budget === null || budget.deletedAt !== null) return;
    await reviewBudget(deps, budget, { by: actor, requestId: correlationid });
  },
});
