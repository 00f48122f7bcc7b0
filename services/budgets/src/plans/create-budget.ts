import { BudgetChanged } from '@commonpurse/shared/contracts';
import { type Caller, createOnce, fingerprintOf, idempotentId, Refusal } from '@commonpurse/shared/http';
import { entryOf } from '@commonpurse/shared/messaging';
import { instantOf } from '@commonpurse/shared/service';
import { type BudgetContent, type BudgetDoc, firstBudget, newBudget } from './budget.ts';
import { changeBetween } from './budget-view.ts';
import type { PlansDeps } from './plans-deps.ts';

interface NewBudget {
  readonly content: BudgetContent;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
}

/** Living budgets of one owner: whatever they spend is held against each, and everybody else waits meanwhile. */
const livingMax = 500;

/** Creates it once per idempotency key; a repeated request gets it as it was first created. Refuses: 409 beyond 500 living budgets, 422
 *  `idempotency-key-reused`. */
export async function createBudget(
  { budgets, clock, installationKey }: PlansDeps,
  { userId, person }: Caller,
  { content, idempotencyKey, requestId }: NewBudget,
): Promise<{ budget: BudgetDoc; replayed: boolean }> {
  const id = idempotentId({ installationKey, userId, method: 'post', route: '/budgets', key: idempotencyKey });
  const at = instantOf(clock);
  const change = changeBetween(null, content);
  const { doc, replayed } = await createOnce({
    documents: budgets,
    draft: newBudget(content, { id, ownerId: userId, monthStartDay: person.monthStartDay, at }),
    entries: [entryOf(BudgetChanged, { aggregateId: id, version: 1, at, by: userId, requestId, action: 'created', change })],
    fingerprint: idempotencyKey === null ? null : fingerprintOf(content),
    firstState: firstBudget,
    demandRoom: () => demandRoom(budgets, userId),
  });
  return { budget: doc, replayed };
}

async function demandRoom(budgets: PlansDeps['budgets'], ownerId: string): Promise<void> {
  if ((await budgets.count({ ownerId, deletedAt: null })) < livingMax) return;
  throw new Refusal('conflict', `At most ${livingMax} budgets at a time; delete one first`);
}
