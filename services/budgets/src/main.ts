import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { BudgetsConfig } from './config.ts';
import { createBudgetsService } from './service.ts';

await runService({
  name: 'budgets',
  env: process.env,
  config: { budgets: BudgetsConfig },
  adapters: {
    documents: openMongoStore,
    bus: (options) => openRabbitBus({ ...options, connect: 'in-background' }),
    cache: (options) => openRedisCache({ ...options, connect: 'until-available' }),
  },
  create: (found, { budgets }) => createBudgetsService({ ...found, config: budgets }),
});
