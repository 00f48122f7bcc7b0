import type { Clock } from '../../service/clock.ts';
import { instantOf } from '../../service/clock.ts';
import type {
  CollectionDeclaration,
  Doc,
  Documents,
  Draft,
  Filter,
  FindOptions,
  OutboxEntry,
  OutboxPull,
  Sum,
  SumOptions,
} from '../documents.ts';
import { DuplicateKey, StaleVersion, StoreUnavailable } from '../documents.ts';
import type { Disk, DiskFile } from './disk.ts';
import { compileFilter } from './predicate.ts';
import type { Row } from './values.ts';
import { compareValues, readerOf } from './values.ts';

interface Options {
  readonly declaration: CollectionDeclaration;
  readonly path: string;
  readonly disk: Disk;
  readonly clock: Clock;
  fail(error: Error): void;
}
type Change = { readonly id: string; readonly doc: Doc | null };

/** First, plain version: everything in memory, one journal, group commit. */
export async function openCollection<T extends Doc>(options: Options): Promise<{ documents: Documents<T>; close(): Promise<void> }> {
  const file = await options.disk.open(options.path).catch(() => options.disk.create(options.path));
  const collection = new PlainCollection<T>(options, file);
  await collection.load();
  return { documents: collection, close: () => collection.close() };
}

class PlainCollection<T extends Doc> implements Documents<T> {
  readonly name: string;
  readonly #options: Options;
  readonly #file: DiskFile;
  readonly #visible = new Map<string, Doc>();
  readonly #latest = new Map<string, Doc>();
  readonly #listeners = new Set<(id: string) => void>();
  #size = 0;
  #next: { changes: Change[]; done: PromiseWithResolvers<void> } | null = null;
  #flushing: Promise<void> | null = null;
  #failed: Error | null = null;

  constructor(options: Options, file: DiskFile) {
    this.name = options.declaration.name;
    this.#options = options;
    this.#file = file;
  }

  async load(): Promise<void> {
    const bytes = Buffer.alloc(await this.#file.size());
    await this.#file.read(bytes, 0);
    const end = bytes.lastIndexOf(10) + 1;
    for (const line of bytes.subarray(0, end).toString().split('\n')) if (line) this.#show(JSON.parse(line) as Change[]);
    for (const [id, doc] of this.#visible) this.#latest.set(id, doc);
    this.#size = end;
    await this.#file.truncate(end);
    await this.#file.sync();
  }
  async close(): Promise<void> {
    await this.#durable();
    await this.#file.close();
  }
  #show(changes: readonly Change[]): void {
    for (const { id, doc } of changes)
      if (doc) this.#visible.set(id, doc);
      else this.#visible.delete(id);
  }
  #write(changes: Change[]): Promise<void> {
    if (this.#failed) return Promise.reject(new StoreUnavailable(this.#failed.message));
    for (const { id, doc } of changes)
      if (doc) this.#latest.set(id, doc);
      else this.#latest.delete(id);
    this.#next ??= { changes: [], done: Promise.withResolvers<void>() };
    this.#next.changes.push(...changes);
    const { done } = this.#next;
    this.#flushing ??= this.#flush();
    return done.promise;
  }
  async #flush(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const batch = this.#next;
      this.#next = null;
      if (!batch) break;
      try {
        const bytes = Buffer.from(`${JSON.stringify(batch.changes)}\n`);
        for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at), this.#size + at);
        await this.#file.sync();
        this.#size += bytes.length;
        this.#show(batch.changes);
        batch.done.resolve();
        for (const { id, doc } of batch.changes) if (doc?.outbox?.length) for (const listener of this.#listeners) listener(id);
      } catch (error) {
        this.#failed = error as Error;
        this.#options.fail(this.#failed);
        batch.done.reject(new StoreUnavailable(this.#failed.message));
      }
    }
    this.#flushing = null;
  }
  async #durable(): Promise<void> {
    await this.#flushing;
  }
  async get(id: string): Promise<T | null> {
    return (this.#visible.get(id) as T | undefined) ?? null;
  }
  async getMany(ids: readonly string[]): Promise<T[]> {
    return ids.flatMap((id) => (this.#visible.get(id) as T | undefined) ?? []);
  }
  #conflict(doc: Doc): string | null {
    for (const index of this.#options.declaration.indexes.filter((one) => one.unique)) {
      const readers = index.fields.map(readerOf);
      if (index.sparse && readers[0]?.(doc) === undefined) continue;
      const key = JSON.stringify(readers.map((read) => read(doc) ?? null));
      for (const other of this.#latest.values())
        if (other._id !== doc._id && JSON.stringify(readers.map((read) => read(other) ?? null)) === key) return index.name;
    }
    return null;
  }
  #stored(draft: Draft<T>, outbox: readonly OutboxEntry[], historyHash?: string): Doc {
    const doc = { ...(draft as unknown as Doc), changedAt: instantOf(this.#options.clock), outbox };
    return historyHash === undefined ? doc : { ...doc, historyHash };
  }
  async insert(draft: Draft<T>, entries: readonly OutboxEntry[] = []): Promise<T> {
    const doc = this.#stored(draft, entries);
    const taken = this.#latest.has(doc._id) ? '_id' : this.#conflict(doc);
    if (taken !== null) {
      await this.#durable();
      throw new DuplicateKey(this.name, doc._id, taken);
    }
    await this.#write([{ id: doc._id, doc }]);
    return doc as T;
  }
  async insertMany(
    drafts: readonly Draft<T>[],
  ): Promise<{ inserted: number; duplicates: { index: number; id: string; indexName: string }[] }> {
    const duplicates: { index: number; id: string; indexName: string }[] = [];
    const changes: Change[] = [];
    for (const [index, draft] of drafts.entries()) {
      const doc = this.#stored(draft, []);
      const indexName = this.#latest.has(doc._id) ? '_id' : this.#conflict(doc);
      if (indexName !== null) duplicates.push({ index, id: doc._id, indexName });
      else changes.push({ id: doc._id, doc });
      if (indexName === null) this.#latest.set(doc._id, doc);
    }
    await this.#write(changes);
    return { inserted: changes.length, duplicates };
  }
  async replace(draft: Draft<T>, expectedVersion: number, entries: readonly OutboxEntry[] = []): Promise<T> {
    const { _id: id } = draft as unknown as Doc;
    const current = this.#latest.get(id);
    if (current?.version !== expectedVersion) {
      await this.#durable();
      throw new StaleVersion(this.name, id, expectedVersion);
    }
    const doc = this.#stored(draft, [...(current.outbox ?? []), ...entries], current.historyHash);
    const taken = this.#conflict(doc);
    if (taken !== null) {
      await this.#durable();
      throw new DuplicateKey(this.name, id, taken);
    }
    await this.#write([{ id, doc }]);
    return doc as T;
  }
  async remove(ids: readonly string[]): Promise<void> {
    await this.#write(ids.map((id) => ({ id, doc: null })));
  }
  async find(filter: Filter, options: FindOptions = {}): Promise<T[]> {
    const sort = (options.sort ?? [['_id', 1]]).map(([field, direction]) => ({ read: readerOf(field), direction }));
    const matches = compileFilter(filter);
    const rows = [...this.#visible.values()].filter((doc) => matches(doc as unknown as Row));
    const order = (key: (position: number) => unknown, doc: Doc): number => {
      for (const [position, { read, direction }] of sort.entries()) {
        const sign = compareValues(key(position) as never, read(doc) as never) * direction;
        if (sign !== 0) return sign;
      }
      return 0;
    };
    rows.sort((a, b) => order((position) => sort[position]?.read(a), b));
    const { after } = options;
    const page = after ? rows.filter((doc) => order((position) => after[position], doc) < 0) : rows;
    return page.slice(0, options.limit ?? page.length) as T[];
  }
  async count(filter: Filter): Promise<number> {
    return (await this.find(filter)).length;
  }
  async sum(filter: Filter, { by, of }: SumOptions): Promise<Sum[]> {
    const groups = new Map<string, { key: never[]; sum: number; count: number }>();
    const readers = by.map(readerOf);
    for (const doc of await this.find(filter)) {
      const key = readers.map((read) => (read(doc) ?? null) as never);
      const name = JSON.stringify(key);
      const group = groups.get(name) ?? { key, sum: 0, count: 0 };
      group.sum += Number(readerOf(of)(doc) ?? 0);
      group.count += 1;
      groups.set(name, group);
    }
    return [...groups.values()];
  }
  async withOutbox(before: string, limit: number): Promise<T[]> {
    const oldest = (doc: Doc): string => doc.outbox?.[0]?.at ?? '';
    const docs = [...this.#visible.values()].filter((doc) => doc.outbox?.length && oldest(doc) < before);
    return docs.toSorted((a, b) => (oldest(a) < oldest(b) ? -1 : 1)).slice(0, limit) as T[];
  }
  async pullOutbox(pulls: readonly OutboxPull[]): Promise<void> {
    const changes: Change[] = [];
    for (const { id, entryIds, historyHash } of pulls) {
      const current = this.#latest.get(id);
      if (!current) continue;
      const outbox = (current.outbox ?? []).filter((entry) => !entryIds.includes(entry.id));
      const doc = { ...current, outbox, ...(historyHash === undefined ? {} : { historyHash }) };
      this.#latest.set(id, doc);
      changes.push({ id, doc });
    }
    await this.#write(changes);
  }
  onOutbox(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
