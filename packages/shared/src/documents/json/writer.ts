import { type Clock, instantOf } from '../../service/clock.ts';
import type { Doc, InsertManyResult, OutboxEntry, OutboxPull, Replacement } from '../documents.ts';
import { DuplicateKey, StaleVersion } from '../documents.ts';
import type { DiskFile } from './disk.ts';
import type { Interner } from './interner.ts';
import type { Journal, Written } from './journal.ts';
import type { Brought, Op, Put } from './landing.ts';
import { Landing } from './landing.ts';
import type { LineKind } from './line.ts';
import type { PullLine, RemoveLine } from './loading.ts';
import type { Conflict } from './pending.ts';
import { Pending } from './pending.ts';
import type { Row } from './rows.ts';
import { copyOf, freezeNested } from './rows.ts';
import type { Segment } from './segment.ts';
import type { Table } from './table.ts';
import { allInSlices, TimeSlice } from '../time-slice.ts';
import { isWide } from '../values.ts';

type OutboxListener = (id: string, row: Row) => void;

export interface WriterOptions {
  readonly table: Table;
  readonly clock: Clock;
  readonly interner: Interner;
  /** Told of what a listener of the outbox throws: its trouble is not the writer's. */
  onListenerError(error: unknown): void;
  readonly segmentOf: (file: DiskFile) => Segment;
}

/** Decides about writes against what is pending, and lets others see them once they are durable. */
export class Writer {
  readonly #table: Table;
  readonly #options: WriterOptions;
  readonly #pending: Pending;
  readonly #landing: Landing;
  readonly #listeners = new Set<OutboxListener>();
  #journal: Journal<Op> | null = null;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#pending = new Pending(options.table);
    this.#landing = new Landing(options.table, this.#pending, options.segmentOf);
  }
  use(journal: Journal<Op>): void {
    this.#journal = journal;
  }
  onOutbox(listener: OutboxListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async insert(draft: Doc, entries: readonly OutboxEntry[]): Promise<Row> {
    const version = this.#complete(draft, entries, undefined);
    const taken = this.#takenBy(version.row);
    if (taken) return this.#refuseDuplicate(draft._id, taken);
    await this.#durable(this.#put(version, true));
    return copyOf(version.doc);
  }
  async insertMany(drafts: readonly Doc[]): Promise<InsertManyResult> {
    const duplicates: { index: number; id: string; indexName: string }[] = [];
    const batches = new Set<number>();
    const slice = new TimeSlice();
    for (const [index, draft] of drafts.entries()) {
      const version = this.#complete(draft, [], undefined);
      const taken = this.#takenBy(version.row);
      if (taken) duplicates.push({ index, id: draft._id, indexName: taken.indexName });
      batches.add(taken ? taken.batch : this.#put(version, true));
      if (slice.isOver()) await slice.rest();
    }
    for (const batch of batches) await this.#durable(batch);
    return { inserted: drafts.length - duplicates.length, duplicates };
  }
  async replace(draft: Doc, expectedVersion: number, entries: readonly OutboxEntry[]): Promise<Row> {
    if (draft.version <= expectedVersion) throw new Error(`${this.#table.name}: version ${draft.version} is not above ${expectedVersion}`);
    const { row: current, batch } = this.#pending.latest(draft._id);
    if (current?.version !== expectedVersion) {
      await this.#durable(batch);
      throw new StaleVersion(this.#table.name, draft._id, expectedVersion);
    }
    const version = this.#complete(draft, [...(current.outbox ?? []), ...entries], current.historyHash);
    const taken = this.#pending.conflictOf(version.row);
    if (taken) return this.#refuseDuplicate(draft._id, taken);
    await this.#durable(this.#put(version, false));
    return copyOf(version.doc);
  }
  async replaceMany(replacements: readonly Replacement<Doc>[]): Promise<boolean> {
    const failures: unknown[] = [];
    const fail = (error: unknown): void => void failures.push(error);
    await allInSlices(replacements, ({ doc, expectedVersion }) => this.replace(doc, expectedVersion, []).then(() => undefined, fail));
    const broken = failures.find((failure) => !(failure instanceof StaleVersion) && !(failure instanceof DuplicateKey));
    if (broken !== undefined) throw broken;
    return failures.length === 0;
  }
  async remove(ids: readonly string[]): Promise<void> {
    const latest = ids.map((id) => ({ id, ...this.#pending.latest(id) }));
    const present = latest.filter((one) => one.row !== null).map((one) => one.id);
    const waiting = latest.map((one) => one.batch);
    if (present.length > 0) {
      const { batch } = this.#write('r', JSON.stringify(present satisfies RemoveLine), { kind: 'remove', ids: present });
      for (const id of present) this.#pending.set(id, null, batch);
      waiting.push(batch);
    }
    for (const batch of new Set(waiting)) await this.#durable(batch);
  }
  async pull(pulls: readonly OutboxPull[]): Promise<void> {
    const batches = new Set<number>();
    for (const { id, entryIds, historyHash } of pulls) {
      const { row } = this.#pending.latest(id);
      if (!row) continue;
      const before = row.outbox ?? [];
      const outbox = before.filter((entry) => !entryIds.includes(entry.id));
      // Another relay has pulled further meanwhile: the hash must not go back.
      const hash = before.some((entry) => entry.id === entryIds.at(-1)) ? historyHash : undefined;
      const state: Row = { ...row, outbox, ...(hash === undefined ? {} : { historyHash: hash }) };
      const line: PullLine = [id, entryIds, hash ?? null];
      const { batch } = this.#write('u', JSON.stringify(line), { kind: 'pull', state });
      this.#pending.set(id, state, batch);
      batches.add(batch);
    }
    for (const batch of batches) await this.#durable(batch);
  }

  /** Called by the journal: from here on everybody sees these. */
  apply(ops: readonly Op[], at: { file: DiskFile; position: number }): Brought {
    const brought = this.#landing.land(ops, at);
    const told = ops.flatMap((op) => (op.kind === 'put' && op.tells ? op.row : []));
    for (const row of told) for (const listener of this.#listeners) this.#tell(listener, row);
    return brought;
  }
  #tell(listener: OutboxListener, row: Row): void {
    try {
      listener(row._id, row);
    } catch (error) {
      this.#options.onListenerError(error);
    }
  }

  async #refuseDuplicate(id: string, { indexName, batch }: Conflict): Promise<never> {
    await this.#durable(batch);
    throw new DuplicateKey(this.#table.name, id, indexName);
  }
  #takenBy(row: Row): Conflict | null {
    const { row: other, batch } = this.#pending.latest(row._id);
    return other ? { indexName: '_id', batch } : this.#pending.conflictOf(row);
  }
  #put({ doc, row, tells }: Version, isNew: boolean): number {
    const json = JSON.stringify(doc);
    const op: Put = { kind: 'put', row, isNew, wide: false, tells, at: null };
    op.at = this.#write('p', json, op);
    const { batch, bytes } = op.at;
    if (bytes !== json.length) op.wide = isWide(json);
    if (isNew) this.#pending.add(row, batch);
    else this.#pending.set(row._id, row, batch);
    return batch;
  }
  /** The document as it will be stored. What the caller left in `outbox` or `historyHash` from an earlier reading doesn't count. */
  #complete(draft: Doc, outbox: readonly OutboxEntry[], historyHash: string | undefined): Version {
    if (typeof draft._id !== 'string' || !Number.isSafeInteger(draft.version))
      throw new Error(`${this.#table.name}: a document needs _id and version`);
    const doc = { ...draft, changedAt: instantOf(this.#options.clock) } as unknown as Row;
    if (outbox.length > 0 || doc.outbox !== undefined) doc.outbox = outbox;
    if (historyHash === undefined) delete doc.historyHash;
    else doc.historyHash = historyHash;
    freezeNested(doc);
    if (this.#table.cold) return { doc, row: this.#table.stubOf(doc), tells: outbox.length > 0 };
    this.#options.interner.share(doc);
    return { doc, row: doc, tells: outbox.length > 0 };
  }
  #write(kind: LineKind, json: string, op: Op): Written {
    if (!this.#journal) throw new Error('the journal is not open');
    return this.#journal.write(kind, json, op);
  }
  #durable(batch: number): Promise<void> {
    return this.#journal ? this.#journal.durable(batch) : Promise.resolve();
  }
}

/** A new version of a document: all of it, and what is kept in memory (the same object, unless cold). */
interface Version {
  readonly doc: Row;
  readonly row: Row;
  readonly tells: boolean;
}
