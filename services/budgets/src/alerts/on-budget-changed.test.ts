import { expect, test } from '@jest/globals';
import { BudgetChanged } from '@commonpurse/shared/contracts';
import { eventOf } from '@commonpurse/shared/messaging';
import { budgetStateOf, deletedBudget } from '../plans/budget.ts';
import { groceries } from '../testing/budgets.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import { onBudgetChanged } from './on-budget-changed.ts';

const at = '2026-01-15T12:00:00.000Z';

test('A budget is looked at as long as it is there, whatever its events say that come late', async () => {
  const { documents, store } = await openEmptyStore();
  const heard: string[] = [];
  const { handle } = onBudgetChanged({
    store,
    look: async (_periods, { by, requestId }) => void heard.push(`looked for ${by} in ${requestId}`),
    edited: ({ version }) => void heard.push(`told of version ${version}`),
  });
  const budget = await store.budgets.insert(groceries('b1', [80]));
  const hear = async (version: number): Promise<string[]> => {
    const data = { action: 'updated', budget: { ...budgetStateOf(budget), version }, historyHash: null } as const;
    await handle(eventOf(BudgetChanged, { subject: 'b1', version, time: at, correlationid: 'request-1', actor: 'ada', data }));
    return heard.splice(0);
  };
  expect(await hear(1)).toEqual(['looked for ada in request-1']);
  expect(await hear(2)).toEqual(['looked for ada in request-1', 'told of version 1']);
  await store.budgets.replace(deletedBudget(budget, at), 1);
  expect(await hear(1)).toEqual([]);
  await store.budgets.remove(['b1']);
  expect(await hear(1)).toEqual([]);
  await documents.close();
});
