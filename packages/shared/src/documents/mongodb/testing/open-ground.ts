import { randomUUID } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { fakeClock, openTcpProxy, type TcpProxy } from '../../../testing/index.ts';
import { serverUrl } from '../../../testing/servers/index.ts';
import type { OpenedStore } from '../../documents.contract.ts';
import type { DocumentStore } from '../../documents.ts';
import { type MongoStoreOptions, openMongoStore } from '../index.ts';

/** A database of its own on the real server, reached through proxies. */
export interface MongoGround {
  readonly database: string;
  /** Past every proxy and adapter. */
  readonly bare: Db;
  /** Another instance, through a proxy of its own. */
  open(options?: Partial<MongoStoreOptions>): Promise<{ readonly store: DocumentStore; readonly proxy: TcpProxy }>;
  end(): Promise<void>;
}

export async function mongoGround(): Promise<MongoGround> {
  const database = `test-${randomUUID()}`;
  const bare = await new MongoClient(serverUrl('mongodb')).connect();
  const opened: { close(): Promise<void> }[] = [];
  return {
    database,
    bare: bare.db(database),
    open: async (options) => {
      const proxy = await openTcpProxy(serverUrl('mongodb'));
      opened.unshift(proxy);
      const store = await openMongoStore({ url: proxy.through(serverUrl('mongodb')), database, clock: fakeClock(), ...options });
      opened.unshift(store);
      return { store, proxy };
    },
    end: async () => {
      for (const each of opened) await each.close();
      await bare.db(database).dropDatabase();
      await bare.close();
    },
  };
}

/** For the contract. */
export async function openGround(): Promise<OpenedStore> {
  const ground = await mongoGround();
  let { store, proxy } = await ground.open();
  const again = async (end: () => Promise<unknown>): Promise<DocumentStore> => {
    await end();
    ({ store, proxy } = await ground.open());
    return store;
  };
  return {
    store,
    reopen: () => again(() => store.close()),
    // what the server sees of a process that is killed
    kill: () => again(() => proxy.mode('refuse')),
    end: () => ground.end(),
  };
}
