import { BudgetChanged } from '@commonpurse/shared/contracts';
import type { Subscription } from '@commonpurse/shared/messaging';
import type { BudgetDoc } from '../plans/budget.ts';
import { type ReviewDeps, reviewBudget } from './review-budget.ts';

interface OnBudgetChangedDeps extends ReviewDeps {
  /** Told of a budget that was changed, once everything else has followed. */
  readonly edited: (budget: BudgetDoc) => void;
}

/** A budget that was created or lowered below what is spent alerts at once. Budgets takes its own event for this, from the bus and from its
 *  own changes feed, so a crash right after the 201 delays the alert and doesn't swallow it. Live figures follow a change of the budget as they
 *  follow one of its records; whoever has created it has not seen any yet. */
export const onBudgetChanged = (deps: OnBudgetChangedDeps): Subscription<BudgetChanged> => ({
  event: BudgetChanged,
  from: 'now',
  handle: async ({ data, actor, correlationid }) => {
    const budget = await deps.store.budgets.get(data.budget.id);
    if (budget === null || budget.deletedAt !== null) return;
    await reviewBudget(deps, budget, { by: actor, requestId: correlationid });
    if (data.budget.version > 1) deps.edited(budget);
  },
});
