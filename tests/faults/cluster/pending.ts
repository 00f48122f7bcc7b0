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

/** What was written and not told yet, and what could not be handled: `none`, or where how much of it is. Read in the stores themselves. */
export async function pendingIn({ servers, database }: Cluster): Promise<string> {
  const found = await Promise.all(Object.keys(outboxes).map((service) => pendingOf(servers.urls.mongodb, database, service)));
  return found.flat().join('; ') || 'none';
}

async function pendingOf(url: string, database: string, service: string): Promise<string[]> {
  const store = await openMongoStore({
    url,
    database: `${database}-${service}`,
    clock: systemClock,
    log: await createLogger({ level: 'silent', name: 'faults' }),
  });
  try {
    const parked = await (await store.collection<ParkedDoc>({ ...parkedCollection, indexes: [] })).count({});
    const told = parked === 0 ? [] : [`${service}: ${parked} events are parked`];
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
