/** Records that never look for what a dead instance has left untold. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { RecordsConfig } from '../../../../services/records/src/config.ts';
import { createRecordsService } from '../../../../services/records/src/service.ts';
import { storeWith } from './plant.ts';

const blind = storeWith('records', () => ({ withOutbox: async () => [] }));

await runService({
  name: 'records',
  env: process.env,
  config: { records: RecordsConfig },
  adapters: { documents: blind, bus: openRabbitBus, cache: openRedisCache },
  create: (found, { records }) => createRecordsService({ ...found, config: records }),
});
