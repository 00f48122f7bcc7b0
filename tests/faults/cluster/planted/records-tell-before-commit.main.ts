/** Records whose relay hears of a write, and reads it, before it is stored. */
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import type { Doc } from '@commonpurse/shared/documents';
import { openRabbitBus } from '@commonpurse/shared/messaging/rabbitmq';
import { runService } from '@commonpurse/shared/service';
import { RecordsConfig } from '../../../../services/records/src/config.ts';
import { createRecordsService } from '../../../../services/records/src/service.ts';
import { storeWith } from './plant.ts';

const early = storeWith('records', (documents) => {
  const seen = new Map<string, Doc>();
  const listeners = new Set<(id: string) => void>();
  return {
    get: async (id) => seen.get(id) ?? documents.get(id),
    getMany: async (ids) => (await Promise.all(ids.map(async (id) => seen.get(id) ?? documents.get(id)))).filter((doc) => doc !== null),
    onOutbox: (listener) => {
      listeners.add(listener);
      return documents.onOutbox(listener);
    },
    insert: async (draft, entries = []) => {
      seen.set(draft._id, { ...draft, changedAt: new Date().toISOString(), outbox: entries });
      for (const listener of listeners) listener(draft._id);
      await new Promise((resolve) => void setTimeout(resolve, 400));
      const doc = await documents.insert(draft, entries);
      seen.delete(draft._id);
      return doc;
    },
  };
});

await runService({
  name: 'records',
  env: process.env,
  config: { records: RecordsConfig },
  adapters: { documents: early, bus: openRabbitBus, cache: openRedisCache },
  create: (found, { records }) => createRecordsService({ ...found, config: records }),
});
