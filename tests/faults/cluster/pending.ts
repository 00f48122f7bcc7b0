import { openMongoStore } from '@commonpurse/shared/documents/mongodb';
import { type ParkedDoc, parkedCollection } from '@commonpurse/shared/messaging';
import { createLogger, systemClock } from '@commonpurse/shared/service';

import type { Cluster } from './cluster.ts';

const outboxes: Readonly<Record<string, readonly string[]>> = {
  auth: ['users'],
  records: ['records', 'imports'],
  budgets: ['budgets', 'periods'],
  notifications: [],
};

const takers = ['budgets', 'notifications'];

/** What was written and not told yet, and what is parked beside the poison that was planted: where how much of it is. Read in the stores
 *  themselves. */
export async function pendingIn({ servers, poisoned }: Cluster): Promise<string[]> {
  const found = await Promise.all(
    Object.keys(outboxes).map((service) =>
      pendingOf({ url: servers.urls.mongodb, database: servers.database, service, poisoned: takers.includes(service) ? poisoned : 0 }),
    ),
  );
  return found.flat();
}

interface Where {
  readonly url: string;
  readonly database: string;
  readonly service: string;
  readonly poisoned: number;
}
async function pendingOf({ url, database, service, poisoned }: Where): Promise<string[]> {
  const store = await openMongoStore({
    url,
    database: `${database}-${service}`,
    clock: systemClock,
    log: await createLogger({ level: 'silent', name: 'faults' }),
  });
  try {
    const parked = await (await store.collection<ParkedDoc>({ ...parkedCollection, indexes: [] })).count({});
    const told = parked === poisoned ? [] : [`${service}: ${parked} events are parked, ${poisoned} were poison`];
    for (const name of outboxes[service]!) {
      const documents = await store.collection({ name, indexes: [] });
      const waiting = await documents.withOutbox('9999-12-31T00:00:00.000Z', 10);
      if (waiting.length > 0) told.push(`${service}: ${waiting.length} or more ${name} have entries`);
    }
    return told;
  } finally {
    await store.close();
  }
}
