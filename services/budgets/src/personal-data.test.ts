import { fakeClock, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import type { PersonDoc } from '@commonpurse/shared/access';
import { describePersonalData } from '@commonpurse/shared/personal-data/contract';
import { budgetsPersonalData, holdsNobody } from './personal-data.ts';
import { createBudgetsService } from './service.ts';
import { openBudgetsStore } from './store.ts';
import { expense, recordChanged } from './testing/told-records.ts';

const crossed = 'budget.threshold-crossed';

/** Plans, changes the plan, drops another, and spends beyond it. */
async function use(system: TestService, user: TestUser, word: string): Promise<void> {
  const plan = { name: `${word}-plan`, amount: '50.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
  const headers = { 'idempotency-key': `${word}-key-0123456789` };
  const client = system.as(user);
  const { body } = await client.post('/budgets', { ...plan, name: `${word}-first` }, { headers });
  await client.patch(`/budgets/${body.id}`, { name: `${word}-changed` });
  const dropped = await client.post('/budgets', { ...plan, name: `${word}-dropped` });
  await client.delete(`/budgets/${dropped.body.id}`);
  const spent = expense({ ownerId: user.id, amountMinor: 9_000, category: `${word}-category` });
  const income = expense({ ownerId: user.id, type: 'income' });
  for (const record of [spent, income]) await system.publish(recordChanged(record));
  await client.get(`/budgets/${body.id}/progress`);
  const fired = () => system.published.filter(({ type, data }) => type === crossed && (data as { ownerId: string }).ownerId === user.id);
  await system.until(() => fired().length > 0);
}

describePersonalData({
  service: 'budgets',
  holdsNobody,
  start: async (deps) => {
    const create: Parameters<typeof startTestService>[0] = (given) => createBudgetsService({ ...given, config: { BUDGET_ALERTS: true } });
    const system = await startTestService(create, { clock: fakeClock(), deps });
    const ada = await system.user({ displayName: 'canary-ada-name' });
    const bob = await system.user({ displayName: 'canary-bob-name' });
    await use(system, ada, 'canary-ada');
    await use(system, bob, 'canary-bob');
    const words = ['name', 'first', 'changed', 'dropped', 'category'];
    return {
      system,
      gone: { id: ada.id, canaries: words.map((word) => `canary-ada-${word}`) },
      stays: { id: bob.id, canaries: words.map((word) => `canary-bob-${word}`) },
      personal: async (documents) =>
        budgetsPersonalData(await openBudgetsStore(documents), await documents.collection<PersonDoc>({ name: 'people', indexes: [] })),
      remains: [{ collection: 'history', what: ada.id, why: 'the chain says by whom, and no more' }],
    };
  },
});
