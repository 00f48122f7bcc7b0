import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { fakeClock } from '../../../testing/index.ts';
import { serverUrl } from '../../../testing/servers/index.ts';
import type { OpenedStore } from '../../documents.contract.ts';
import { openMongoStore } from '../index.ts';
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts';

/** A database of its own on the real server, reached through a proxy that can be cut. */
export async function openGround(): Promise<OpenedStore> {
  const database = `test-${randomUUID()}`;
  const clock = fakeClock();
  const proxies: TcpProxy[] = [];
  const open = async () => {
    const proxy = await tcpProxy(serverUrl('mongodb'));
    proxies.push(proxy);
    return openMongoStore({ url: proxy.url, database, clock });
  };
  const stores = [await open()];
  const reopen = async (end: () => Promise<unknown>) => {
    await end();
    stores.push(await open());
    return stores.at(-1)!;
  };
  return {
    store: stores[0]!,
    reopen: () => reopen(() => stores.at(-1)!.close()),
    // what a killed process leaves behind, as the server sees it
    kill: () => reopen(() => proxies.at(-1)!.close()),
    end: async () => {
      for (const store of stores) await store.close();
      for (const proxy of proxies) await proxy.close();
      await dropDatabase(database);
    },
  };
}

export async function dropDatabase(database: string): Promise<void> {
  const client = await new MongoClient(serverUrl('mongodb')).connect();
  await client.db(database).dropDatabase();
  await client.close();
}
