import type {
  Doc,
  Documents,
  Draft,
  Filter,
  FindOptions,
  InsertManyResult,
  OutboxEntry,
  OutboxPull,
  Reading,
  Replacement,
  Sum,
  SumOptions,
} from '../documents.ts';
import { readCold } from './cold-values.ts';
import { Query, sumUp } from './query.ts';
import type { Row } from './rows.ts';
import { copyOf } from './rows.ts';
import type { Table } from './table.ts';
import type { Writer } from './writer.ts';

const byId: NonNullable<FindOptions['sort']> = [['_id', 1]];

/** One collection over its table (what is durable) and its writer (what will be). */
export class JsonCollection<T extends Doc> implements Documents<T> {
  readonly name: string;
  readonly #table: Table;
  readonly #writer: Writer;

  constructor(table: Table, writer: Writer) {
    this.name = table.name;
    this.#table = table;
    this.#writer = writer;
  }

  async get(id: string): Promise<T | null> {
    const row = this.#table.get(id);
    if (row === undefined) return null;
    return this.#table.cold ? ((await this.#documents([row]))[0] ?? null) : copyOf<T>(row);
  }
  getMany(ids: readonly string[]): Promise<T[]> {
    return this.#documents(ids.flatMap((id) => this.#table.get(id) ?? []));
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
    const query = new Query(this.#table, filter, { ...options, sort: options.sort ?? byId });
    const rows = await query.find(options.limit ?? Infinity);
    return query.findsStubs ? this.#documents(rows) : rows.map((row) => copyOf<T>(row));
  }
  async count(filter: Filter, { signal }: Reading = {}): Promise<number> {
    return new Query(this.#table, filter, { signal }).count();
  }
  async sum(filter: Filter, options: SumOptions): Promise<Sum[]> {
    return sumUp(this.#table, filter, options);
  }
  withOutbox(before: string, limit: number): Promise<T[]> {
    return this.#documents(this.#table.telling(before).slice(0, limit));
  }
  pullOutbox(pulls: readonly OutboxPull[]): Promise<void> {
    return this.#writer.pull(pulls);
  }
  onOutbox(listener: (id: string, written?: T) => void): () => void {
    return this.#writer.onOutbox((id, row) => (this.#table.cold ? listener(id) : listener(id, copyOf<T>(row))));
  }

  async #documents(rows: readonly Row[]): Promise<T[]> {
    if (!this.#table.cold) return rows.map((row) => copyOf<T>(row));
    return (await readCold(this.#table, rows)).filter((row) => row !== null) as unknown as T[];
  }
}
