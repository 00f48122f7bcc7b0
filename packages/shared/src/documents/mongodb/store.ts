import type { Collection, Db, MongoClient } from 'mongodb';
import type { Clock } from '../../service/clock.ts';
import type { CollectionDeclaration, Doc, DocumentStore } from '../documents.ts';
import { StoreUnavailable } from '../documents.ts';
import { claimDatabase, markCollection } from './claim-database.ts';
import { MongoCollection } from './collection.ts';
import type { MongoLimits } from './connect.ts';
import { connect, defaultLimits } from './connect.ts';
import { createIndexes } from './create-indexes.ts';
import { sortsByIndex } from './sorts-by-index.ts';
import type { Stored } from './stored-form.ts';
import { Writer } from './writer.ts';

export interface MongoStoreOptions extends Partial<MongoLimits> {
  /** `mongodb://`; may hold a password. */
  readonly url: string;
  /** This service's own database; made when absent. */
  readonly database: string;
  readonly clock: Clock;
  readonly log?: StoreLog;
  /** How long a server that can't be reached is waited for. Default: for ever. */
  readonly waitMs?: number;
}
interface StoreLog {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
const silent: StoreLog = { warn: () => {}, error: () => {} };

/** Opens a database of a MongoDB server as one service's store, as soon as the server answers. Rejects with one line: `StoreRefused` when an
 *  operator must act, `StoreUnavailable` when the wait is over. What fails later fails by itself: the store goes on as its server does. */
export async function openMongoStore(options: MongoStoreOptions): Promise<DocumentStore> {
  const { clock, log = silent, waitMs = Infinity } = options;
  const until = clock.now() + waitMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, pauseMaxMs)) {
    try {
      return await open(options);
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || clock.now() >= until) throw error;
      log.warn({ database: options.database, why: error.message }, 'waiting for the database server');
    }
    await clock.delay(pauseMs);
  }
}

/** Between two tries; each try itself takes up to `connectMs`. */
const pauseMaxMs = 2_000;

async function open(options: MongoStoreOptions): Promise<MongoStore> {
  const client = await connect(options.url, { ...defaultLimits, ...options });
  const db = client.db(options.database);
  try {
    await claimDatabase(db);
    return new MongoStore(client, db, options);
  } catch (error) {
    await client.close();
    throw error;
  }
}

class MongoStore implements DocumentStore {
  readonly failed = new Promise<Error>(() => {});
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #options: MongoStoreOptions;
  readonly #log: StoreLog;
  readonly #open = new Set<string>();
  readonly #differences: string[] = [];

  constructor(client: MongoClient, db: Db, options: MongoStoreOptions) {
    this.#client = client;
    this.#db = db;
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  async collection<T extends Doc>(declaration: CollectionDeclaration): Promise<MongoCollection<T>> {
    const { name, indexes } = declaration;
    if (this.#open.has(name) || name === markCollection) throw new Error(`${name} is open already`);
    this.#open.add(name);
    const collection = this.#db.collection<Stored>(name);
    for (const difference of await createIndexes(collection, indexes)) {
      this.#differences.push(difference);
      this.#log.warn({ collection: name, difference }, 'an index is not as declared; drop it when it can be built anew, and start again');
    }
    const { clock } = this.#options;
    const onListenerError = (error: unknown) => this.#log.error({ err: error, collection: name }, 'a listener of the outbox failed');
    const writer = new Writer({ collection, indexes, clock, onListenerError });
    return new MongoCollection<T>({ name, collection, writer, clock, times: await sortedTimes(collection, declaration) });
  }
  async health(): Promise<string | null> {
    try {
      await this.#db.command({ ping: 1 });
    } catch (error) {
      return `MongoDB does not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
    return this.#differences.length === 0 ? null : this.#differences.join('; ');
  }
  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Those by which the server would sort all that a filter matches to find a page of it. */
async function sortedTimes(collection: Collection<Stored>, { indexes, times = {} }: CollectionDeclaration): Promise<typeof times> {
  const sorted = Object.entries(times).map(async ([field, kind]) => {
    const index = indexes.find(({ fields }) => fields.includes(field));
    return index !== undefined && !(await sortsByIndex(collection, index, field)) ? [[field, kind] as const] : [];
  });
  return Object.fromEntries((await Promise.all(sorted)).flat());
}
