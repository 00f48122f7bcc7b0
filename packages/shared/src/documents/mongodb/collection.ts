import type { Collection, Document, Filter as MongoFilter } from 'mongodb';
import type { Clock } from '../../service/clock.ts';
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
  Replacement,
  Sort,
  Sum,
  SumOptions,
} from '../documents.ts';
import { attempt } from './attempt.ts';
import { createIndexes } from './create-indexes.ts';
import { partsBehind, totalOrder, withoutFixed } from './page-order.ts';
import { bothOf, toMongoFilter } from './query-filter.ts';
import type { Stored } from './stored-form.ts';
import { sumUp } from './sum-up.ts';
import type { TimeWalk } from './time-windows.ts';
import { timeWalkOf } from './time-windows.ts';
import { walkWindows } from './walk-windows.ts';
import type { Writer } from './writer.ts';

interface CollectionParts {
  readonly name: string;
  readonly collection: Collection<Stored>;
  readonly writer: Writer;
  readonly clock: Clock;
  /** Those of the declaration whose order the server does not take from an index. */
  readonly times: NonNullable<CollectionDeclaration['times']>;
}

/** The server gives up what nobody waits for any more. */
const maxTimeMS = 10_000;
/** How many documents come with one answer of a scan. */
const batchSize = 1_000;
/** Holds those that wait for the relay, for nothing else has an outbox. */
const waitingIndex = { name: 'outbox-at', fields: ['outbox.at'], sparse: true };

/** One collection of one service's database. */
export class MongoCollection<T extends Doc> implements Documents<T> {
  readonly name: string;
  readonly #collection: Collection<Stored>;
  readonly #writer: Writer;
  readonly #parts: CollectionParts;
  /** The index that a sweep reads by is there. One that could not be made is tried again by the next; whoever never sweeps doesn't pay for it. */
  #hasWaitingIndex = false;

  constructor(parts: CollectionParts) {
    this.name = parts.name;
    this.#collection = parts.collection;
    this.#writer = parts.writer;
    this.#parts = parts;
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
  replaceMany(replacements: readonly Replacement<Draft<T>>[]): Promise<boolean> {
    return this.#writer.replaceMany(replacements as unknown as readonly Replacement<Doc>[]);
  }
  remove(ids: readonly string[]): Promise<void> {
    return this.#writer.remove(ids);
  }
  async find(filter: Filter, options: FindOptions = {}): Promise<T[]> {
    const { limit = Infinity } = options;
    const { sort, after } = withoutFixed({ sort: totalOrder(options.sort), after: options.after }, filter);
    const query = toMongoFilter(filter);
    if (limit <= 0) return [];
    const walk = Number.isFinite(limit) ? timeWalkOf(this.#parts.times, filter, { sort, after }) : null;
    const found = new Map<string, Stored>();
    for (const [at, part] of (after ? partsBehind(sort, after) : [{}]).entries()) {
      const page = await this.#page(bothOf(query, part), { sort, limit, walk: at === 0 ? walk : null });
      for (const doc of page) if (found.size < limit) found.set(doc._id, doc);
      if (found.size >= limit) break;
    }
    return [...found.values()] as unknown as T[];
  }
  async count(filter: Filter): Promise<number> {
    const query = toMongoFilter(filter) as MongoFilter<Stored>;
    return this.#run(() => this.#collection.countDocuments(query, { maxTimeMS }));
  }
  async sum(filter: Filter, options: SumOptions): Promise<Sum[]> {
    const query = toMongoFilter(filter);
    return this.#run(() => sumUp(this.#collection, query, { ...options, maxTimeMS, batchSize }));
  }
  async withOutbox(before: string, limit: number): Promise<T[]> {
    if (!this.#hasWaitingIndex) await createIndexes(this.#collection, [waitingIndex]);
    this.#hasWaitingIndex = true;
    return (await this.#find({ 'outbox.at': { $lt: before } }, { sort: [['outbox.at', 1]], limit })) as unknown as T[];
  }
  pullOutbox(pulls: readonly OutboxPull[]): Promise<void> {
    return this.#writer.pull(pulls);
  }
  onOutbox(listener: (id: string, written?: T) => void): () => void {
    return this.#writer.onOutbox((id, written) => listener(id, written as unknown as T));
  }

  #page(query: Document, { sort, limit, walk }: { sort: Sort; limit: number; walk: TimeWalk | null }): Promise<Stored[]> {
    if (!walk) return this.#find(query, { sort, limit });
    const ask = (condition: Document) => this.#find(bothOf(query, condition), { sort, limit });
    const exists = (condition: Document) => this.#exists(bothOf(query, condition));
    return walkWindows(walk, { limit, now: this.#parts.clock.now(), ask, exists });
  }
  #find(query: object, { sort, limit }: { sort: Sort; limit: number }): Promise<Stored[]> {
    const order = new Map(sort.map(([field, direction]) => [field, direction] as const));
    const options = Number.isFinite(limit) ? { limit, batchSize: limit, maxTimeMS } : { batchSize };
    return this.#run(() => this.#collection.find(query as MongoFilter<Stored>, { sort: order, ...options }).toArray());
  }
  async #exists(query: object): Promise<boolean> {
    const options = { projection: { _id: 1 }, maxTimeMS };
    return (await this.#run(() => this.#collection.findOne(query as MongoFilter<Stored>, options))) !== null;
  }
  #run<R>(operation: () => Promise<R>): Promise<R> {
    return attempt(this.name, operation);
  }
}
