import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { openManagement } from './rabbitmq-management.ts';
import { type Environment, serverUrl } from './real-suites.ts';

/** Room for one whole system on servers that others use too. */
export interface SystemGround {
  /** What the system's environment must hold: the servers, with names of its own on them. */
  readonly variables: Readonly<Record<'MONGODB_URL' | 'MONGODB_DATABASE' | 'RABBITMQ_URL' | 'REDIS_URL', string>>;
  /** Nothing of it is left. */
  drop(): Promise<void>;
}

/** Databases, a virtual host and keys that are called by a new name. Without `RABBITMQ_MANAGEMENT_URL` the virtual host stays that of the URL. */
export async function openSystemGround(env: Environment = process.env): Promise<SystemGround> {
  const name = `test-${randomUUID().slice(0, 18)}`;
  const [MONGODB_URL, RABBITMQ_URL, REDIS_URL] = [serverUrl('mongodb', env), serverUrl('rabbitmq', env), serverUrl('redis', env)];
  const manage = env['RABBITMQ_MANAGEMENT_URL'] ? openManagement(env['RABBITMQ_MANAGEMENT_URL']) : null;
  const broker = new URL(RABBITMQ_URL);
  if (manage !== null) {
    broker.pathname = `/${name}`;
    await manage('PUT', `/vhosts/${name}`);
    await manage('PUT', `/permissions/${name}/${broker.username || 'guest'}`, { configure: '.*', write: '.*', read: '.*' });
  }
  return {
    variables: { MONGODB_URL, MONGODB_DATABASE: name, RABBITMQ_URL: broker.href, REDIS_URL },
    drop: async () => {
      await Promise.all([dropDatabases(MONGODB_URL, `${name}-`), dropKeys(REDIS_URL, `${name}:`), manage?.('DELETE', `/vhosts/${name}`)]);
    },
  };
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = await new MongoClient(url).connect();
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  for (const { name } of databases) if (name.startsWith(prefix)) await client.db(name).dropDatabase();
  await client.close();
}

async function dropKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  for (let cursor = '0'; ;) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    if (keys.length > 0) await redis.unlink(...keys);
    cursor = next;
    if (cursor === '0') break;
  }
  redis.disconnect();
}
