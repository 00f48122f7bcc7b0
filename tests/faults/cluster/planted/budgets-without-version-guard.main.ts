/** Budgets whose mirror takes whatever comes last for the newest. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { BudgetsConfig } from '../../../../services/budgets/src/config.ts';
import { createBudgetsService } from '../../../../services/budgets/src/service.ts';
import { storeWith } from './plant.ts';

const forgetful = storeWith('mirror', (documents) => ({
  get: async (id) => old(await documents.get(id)),
  getMany: async (ids) => (await documents.getMany(ids)).map((doc) => ({ ...doc, version: 0 })),
  replace: async (draft, _expected, entries) => {
    await documents.remove([draft._id]);
    return documents.insert(draft, entries);
  },
}));
const old = <T extends object>(doc: T | null): T | null => (doc === null ? null : { ...doc, version: 0 });

await runService({
  name: 'budgets',
  env: process.env,
  config: { budgets: BudgetsConfig },
  adapters: { documents: forgetful, bus: openRabbitBus, cache: openRedisCache },
  create: (found, { budgets }) => createBudgetsService({ ...found, config: budgets }),
});
