import { visibleOf } from '@commonpurse/shared/access';
import { type Caller, listPage, type Page } from '@commonpurse/shared/http';
import { type BudgetView, budgetView } from './budget-view.ts';
import type { PlansDeps } from './plans-deps.ts';
import type { ListQuery } from './schemas.ts';

/** A page of the living budgets that the caller may see, newest first. An owner who shares nothing with the caller is 404. */
export async function listBudgets({ budgets, installationKey }: PlansDeps, caller: Caller, query: ListQuery): Promise<Page<BudgetView>> {
  const { owner } = query;
  return listPage({
    documents: budgets,
    filter: () => ({ deletedAt: null, $and: [visibleOf(caller, 'budget', owner)] }),
    sort: [
      ['createdAt', -1],
      ['_id', -1],
    ],
    query,
    scope: { installationKey, userId: caller.userId, route: '/budgets', sort: '-createdAt', filter: { owner } },
    render: budgetView,
  });
}

/** Which of these are living budgets of that owner. */
export async function ownedBudgets({ budgets }: Pick<PlansDeps, 'budgets'>, ownerId: string, ids: readonly string[]): Promise<string[]> {
  const found = await budgets.getMany(ids);
  return found.filter((budget) => budget.ownerId === ownerId && budget.deletedAt === null).map(({ _id }) => _id);
}
