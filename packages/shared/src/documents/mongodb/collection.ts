import type { Collection, Filter as MongoFilter } from 'mongodb';
import type {
  CollectionDeclaration,
  Doc,
  Documents,
  Draft,
  Filter,
  FindOptions,
  InsertManyResult,
  OutboxEntry,
  OutboxPull,
  Sum,
  SumOptions,
} from '../documents.ts';
import { attempt } from './attempt.ts';
import { behind, totalOrder } from './page-order.ts';
import { bothOf, toMongoFilter } from './query-filter.ts';
import type { Stored } from './stored-form.ts';
import { sumUp } from './sum-up.ts';
import type { Writer } from './writer.ts';
import { createIndexes } from './create-indexes.ts';

export interface CollectionParts {
  readonly declaration: CollectionDeclaration;
  readonly collection: Collection<Stored>;
  readonly writer: Writer;
}

/** How many documents come with one answer of a scan. */
const batchSize = 1_000;
/** Holds those that wait for the relay, for nothing else has an outbox. */
const waitingIndex = { name: 'outbox-at', fields: ['outbox.at'], sparse: true };

/** One collection of one service's database. */
export class MongoCollection<T extends Doc> implements Documents<T> {
  readonly name: string;
  readonly #collection: Collection<Stored>;
  readonly #writer: Writer;
  /** The index that a sweep reads by is there. One that could not be made is tried again by the next. */
  #hasWaitingIndex = false;

  constructor({ declaration, collection, writer }: CollectionParts) {
    this.name = declaration.name;
    this.#collection = collection;
    this.#writer = writer;
  }

  async get(id: string): Promise<T | null> {
    return (await this.#run(() => this.#collection.findOne({ _id: id }))) as unknown as T | null;
  }
  async getMany(ids: readonly string[]): Promise<T[]> {
    if (ids.length === 0) return [];
    const found = await this.#run(() => this.#collection.find({ _id: { $in: [...new Set(ids)] } }, { batchSize }).toArray());
    const byId = new Map(found.map((doc) => [doc._id, doc as unknown as T]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }
  async insert(draft: Draft<T>, entries: readonly OutboxEntry[] = []): Promise<T> {
    return (await this.#writer.insert(draft as unknown as Doc, entries)) as unknown as T;
  }
  insertMany(drafts: readonly Draft<T>[]): Promise<InsertManyResult> {
    return this.#writer.insertMany(drafts as unknown as readonly Doc[]);
  }
  async replace(draft: Draft<T>, expectedVersion: number, entries: readonly OutboxEntry[] = []): Promise<T> {
    return (await this.#writer.replace(draft as unknown as Doc, expectedVersion, entries)) as unknown as T;
  }
  remove(ids: readonly string[]): Promise<void> {
    return this.#writer.remove(ids);
  }
  async find(filter: Filter, { sort, limit = Infinity, after }: FindOptions = {}): Promise<T[]> {
    const order = totalOrder(sort);
    const query = toMongoFilter(filter);
    if (limit <= 0) return [];
    const found = await this.#find(after ? bothOf(query, behind(order, after)) : query, { order, limit });
    return found as unknown as T[];
  }
  async count(filter: Filter): Promise<number> {
    const query = toMongoFilter(filter) as MongoFilter<Stored>;
    return this.#run(() => this.#collection.countDocuments(query));
  }
  async sum(filter: Filter, options: SumOptions): Promise<Sum[]> {
    const query = toMongoFilter(filter);
    return this.#run(() => sumUp(this.#collection, query, options));
  }
  async withOutbox(before: string, limit: number): Promise<T[]> {
    if (!this.#hasWaitingIndex) await createIndexes(this.#collection, [waitingIndex]);
    this.#hasWaitingIndex = true;
    const waiting = { 'outbox.at': { $lt: before } };
    return (await this.#find(waiting, { order: [['outbox.at', 1]], limit })) as unknown as T[];
  }
  pullOutbox(pulls: readonly OutboxPull[]): Promise<void> {
    return this.#writer.pull(pulls);
  }
  onOutbox(listener: (id: string) => void): () => void {
    return this.#writer.onOutbox(listener);
  }

  #find(query: object, { order, limit }: { order: NonNullable<FindOptions['sort']>; limit: number }): Promise<Stored[]> {
    const sort = new Map(order.map(([field, direction]) => [field, direction] as const));
    const options = Number.isFinite(limit) ? { limit, batchSize: limit } : { batchSize };
    return this.#run(() => this.#collection.find(query as MongoFilter<Stored>, { sort, ...options }).toArray());
  }
  #run<R>(operation: () => Promise<R>): Promise<R> {
    return attempt(this.name, operation);
  }
}
