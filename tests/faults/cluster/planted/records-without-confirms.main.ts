/** Records that take an event for told once it was handed to the connection. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { runService } from '@commonpurse/shared/service';
import { RecordsConfig } from '../../../../services/records/src/config.ts';
import { createRecordsService } from '../../../../services/records/src/service.ts';
import { busWith } from './plant.ts';

const careless = busWith((bus) => ({
  publish: async (event) => void bus.publish(event).catch(() => undefined),
}));

await runService({
  name: 'records',
  env: process.env,
  config: { records: RecordsConfig },
  adapters: { documents: openMongoStore, bus: careless, cache: openRedisCache },
  create: (found, { records }) => createRecordsService({ ...found, config: records }),
});
