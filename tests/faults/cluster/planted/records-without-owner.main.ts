/** Records whose lists forget whose they are. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import type { Filter } from '@commonpurse/shared/documents';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { RecordsConfig } from '../../../../services/records/src/config.ts';
import { createRecordsService } from '../../../../services/records/src/service.ts';
import { storeWith } from './plant.ts';

const open = storeWith('records', (documents) => ({
  find: (filter, options) => documents.find(withoutOwner(filter), options),
}));

const withoutOwner = (filter: Filter): Filter =>
  Object.fromEntries(
    Object.entries(filter)
      .filter(([name]) => name !== 'ownerId')
      .map(([name, value]) => [name, Array.isArray(value) ? value.map((each) => withoutOwner(each as Filter)) : value]),
  );

await runService({
  name: 'records',
  env: process.env,
  config: { records: RecordsConfig },
  adapters: { documents: open, bus: openRabbitBus, cache: openRedisCache },
  create: (found, { records }) => createRecordsService({ ...found, config: records }),
});
