import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { RecordsConfig } from './config.ts';
import { createRecordsService } from './service.ts';

await runService({
  name: 'records',
  env: process.env,
  config: { records: RecordsConfig },
  adapters: {
    documents: openMongoStore,
    bus: (options) => openRabbitBus({ ...options, connect: 'in-background' }),
    cache: (options) => openRedisCache({ ...options, connect: 'until-available' }),
  },
  create: (found, { records }) => createRecordsService({ ...found, config: records }),
});
