/** Records whose lists forget whose they are. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { RecordsConfig } from '../../../../services/records/src/config.ts';
import { createRecordsService } from '../../../../services/records/src/service.ts';
import { storeWith } from './plant.ts';

const open = storeWith('records', (documents) => ({
  find: ({ ownerId: _whose, ...filter }, options) => documents.find(filter, options),
}));

await runService({
  name: 'records',
  env: process.env,
  config: { records: RecordsConfig },
  adapters: { documents: open, bus: openRabbitBus, cache: openRedisCache },
  create: (found, { records }) => createRecordsService({ ...found, config: records }),
});
