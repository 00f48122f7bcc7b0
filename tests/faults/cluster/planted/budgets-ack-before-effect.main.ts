/** Budgets that acknowledge an event before they have done what follows from it, and never look into the changes feeds. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { runService } from '@commonpurse/shared/service';
import { BudgetsConfig } from '../../../../services/budgets/src/config.ts';
import { createBudgetsService } from '../../../../services/budgets/src/service.ts';
import { busWith, withoutChanges } from './plant.ts';

const hasty = busWith((bus) => ({
  consume: (consumer, subscriptions, parking) =>
    bus.consume(
      consumer,
      subscriptions.map((subscription) => ({
        ...subscription,
        handle: async (event) => void setTimeout(() => void subscription.handle(event).catch(() => undefined), 2_000),
      })),
      parking,
    ),
}));

await runService({
  name: 'budgets',
  env: process.env,
  config: { budgets: BudgetsConfig },
  adapters: { documents: openMongoStore, bus: hasty, cache: openRedisCache },
  create: (found, { budgets }) => createBudgetsService({ ...found, config: budgets, peers: withoutChanges(found.peers) }),
});
