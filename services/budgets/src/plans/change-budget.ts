import { type Access, demandAccess } from '@commonpurse/shared/access';
import { BudgetChanged } from '@commonpurse/shared/contracts';
import { type Draft, StaleVersion } from '@commonpurse/shared/documents';
import { type Caller, type ChangeTarget, checkIfMatch, notFound } from '@commonpurse/shared/http';
import { entryOf } from '@commonpurse/shared/messaging';
import { instantOf } from '@commonpurse/shared/service';
import { type BudgetContent, type BudgetDoc, budgetResource, changedBudget, deletedBudget } from './budget.ts';
import { changeBetween } from './budget-view.ts';
import type { PlansDeps } from './plans-deps.ts';

/** A living budget that the caller may see, or 404. */
export async function findBudget({ budgets }: PlansDeps, caller: Caller, id: string): Promise<BudgetDoc> {
  const budget = await budgets.get(id);
  if (budget === null || budget.deletedAt !== null) throw notFound();
  demandAccess(caller, budgetResource(budget), 'view');
  return budget;
}

/** Gives it other content. `decide` makes it from the current one and is asked again when another writer came first. */
export const changeBudget = (deps: PlansDeps, target: ChangeTarget, decide: (current: BudgetDoc) => BudgetContent): Promise<BudgetDoc> =>
  move(deps, target, 'edit', (current, at) => {
    const content = decide(current);
    return { next: changedBudget(current, content, at), action: 'updated', after: content };
  });

/** Leaves a tombstone. Whoever was let change a budget was not let take it away: 403. */
export const deleteBudget = (deps: PlansDeps, target: ChangeTarget): Promise<BudgetDoc> =>
  move(deps, target, 'owner', (current, at) => ({ next: deletedBudget(current, at), action: 'deleted', after: null }));

interface Move {
  readonly next: Draft<BudgetDoc>;
  readonly action: 'updated' | 'deleted';
  readonly after: BudgetContent | null;
}

/** What the caller may not see is 404 before anything else is said; what is wrong with the content comes before what they may not do, and a stale version
 *  last. */
async function move(
  deps: PlansDeps,
  target: ChangeTarget,
  needed: Exclude<Access, 'none'>,
  decide: (current: BudgetDoc, at: string) => Move,
): Promise<BudgetDoc> {
  const { id, caller, ifMatch, requestId } = target;
  for (;;) {
    const current = await findBudget(deps, caller, id);
    const at = instantOf(deps.clock);
    const { next, action, after } = decide(current, at);
    demandAccess(caller, budgetResource(current), needed);
    checkIfMatch(current.version, ifMatch);
    const change = changeBetween(current, after);
    const entry = entryOf(BudgetChanged, { aggregateId: id, version: next.version, at, by: caller.userId, requestId, action, change });
    try {
      return await deps.budgets.replace(next, current.version, [entry]);
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}
