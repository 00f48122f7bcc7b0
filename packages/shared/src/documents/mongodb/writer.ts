import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb';
import { MongoBulkWriteError, MongoServerError } from 'mongodb';
import type { Clock } from '../../service/clock.ts';
import { instantOf } from '../../service/clock.ts';
import type { Doc, Index, InsertManyResult, OutboxEntry, OutboxPull, Replacement } from '../documents.ts';
import { DuplicateKey, StaleVersion, StoreUnavailable } from '../documents.ts';
import { attempt } from './attempt.ts';
import type { DuplicateFacts } from './failure.ts';
import { codeOf, failureOf, kindOf, type RowFailure, rowFailures, takenIndex } from './failure.ts';
import { findTakenIndex } from './find-taken-index.ts';
import { createInsertLine } from './insert-line.ts';
import { pullStages, replaceStages } from './outbox-stages.ts';
import type { Stored } from './stored-form.ts';
import { storedForm, withEntries } from './stored-form.ts';

interface WriterOptions {
  readonly collection: Collection<Stored>;
  readonly indexes: readonly Index[];
  readonly clock: Clock;
  /** Told of what a listener of the outbox throws: its trouble is not the writer's. */
  onListenerError(error: unknown): void;
}
type OutboxListener = (id: string, written: Stored) => void;
type RelayPart = Pick<Stored, 'outbox' | 'historyHash'>;
const relayPart = { outbox: 1, historyHash: 1, _id: 0 };
type Duplicate = InsertManyResult['duplicates'][number];

/** Writes documents of one collection, each by one command that the server carries out whole or not at all. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #collection: Collection<Stored>;
  readonly #name: string;
  readonly #listeners = new Set<OutboxListener>();
  readonly #insertInLine = createInsertLine((docs: readonly Stored[]) => this.#insertEach(docs));

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#collection = options.collection;
    this.#name = options.collection.collectionName;
  }
  onOutbox(listener: OutboxListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async insert(draft: Doc, entries: readonly OutboxEntry[]): Promise<Stored> {
    const doc = withEntries(this.#stored(draft), entries);
    await this.#insertInLine(doc);
    if (entries.length > 0) this.#tell(doc);
    return doc;
  }
  async insertMany(drafts: readonly Doc[]): Promise<InsertManyResult> {
    const duplicates: Duplicate[] = [];
    const commands = [drafts.map((draft, index) => ({ index, doc: this.#stored(draft) }))].filter((rows) => rows.length > 0);
    for (const rows of commands) {
      const failures = await this.#run(() => this.#insertRows(rows.map(({ doc }) => doc)));
      const refused = failures.filter(({ kind }) => kind === 'duplicate');
      for (const { index: at, facts } of refused) duplicates.push(await this.#duplicateOf(rows[at]!, facts));
      // each by itself: one that holds nothing while it waits is in no other deadlock
      commands.push(...failures.flatMap(({ kind, index: at }) => (kind === 'deadlock' ? [[rows[at]!]] : [])));
    }
    return { inserted: drafts.length - duplicates.length, duplicates: duplicates.toSorted((a, b) => a.index - b.index) };
  }
  async replace(draft: Doc, expectedVersion: number, entries: readonly OutboxEntry[]): Promise<Stored> {
    const doc = this.#above(draft, expectedVersion);
    const replaced = await this.#run(() =>
      this.#orRefuse(doc, () => this.#compareAndSet(doc, expectedVersion, replaceStages(doc, entries))),
    );
    if (replaced === null) throw new StaleVersion(this.#name, doc._id, expectedVersion);
    const written = { ...doc, ...replaced };
    if (entries.length > 0) this.#tell(written);
    return written;
  }
  async replaceMany(replacements: readonly Replacement<Doc>[]): Promise<boolean> {
    if (replacements.length === 0) return true;
    const updates = replacements.map(({ doc: draft, expectedVersion }): AnyBulkWriteOperation<Stored> => {
      const doc = this.#above(draft, expectedVersion);
      return { updateOne: { filter: { _id: doc._id, version: expectedVersion }, update: replaceStages(doc, []) } };
    });
    return this.#run(async () => {
      try {
        return (await this.#collection.bulkWrite(updates, { ordered: false })).matchedCount === updates.length;
      } catch (error) {
        if (isRefusal(rowFailures(error))) return false;
        throw error;
      }
    });
  }
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#run(() => this.#collection.deleteMany({ _id: { $in: [...ids] } }));
  }
  async pull(pulls: readonly OutboxPull[]): Promise<void> {
    if (pulls.length === 0) return;
    const updates = pulls.map((pull): AnyBulkWriteOperation<Stored> => ({
      updateOne: { filter: { _id: pull.id, outbox: { $exists: true } }, update: pullStages(pull) },
    }));
    // in order: a document may be among them twice
    await this.#run(() => this.#collection.bulkWrite(updates, { ordered: true }));
  }

  /** Answers what the document has of the relay's; null when it is not at that version. */
  async #compareAndSet(doc: Stored, version: number, stages: Document[]): Promise<RelayPart | null> {
    const wanted = { _id: doc._id, version };
    if (!this.#options.indexes.some(({ unique }) => unique))
      return this.#collection.findOneAndUpdate(wanted, stages, { returnDocument: 'after', projection: relayPart });
    // not every server says of `findAndModify` that it failed because a key is taken
    const { matchedCount } = await this.#collection.updateOne(wanted, stages);
    if (matchedCount === 0) return null;
    const { outbox = [], historyHash } = (await this.#collection.findOne<RelayPart>({ _id: doc._id }, { projection: relayPart })) ?? {};
    const own = outbox.filter((entry) => entry.version <= doc.version);
    return { ...(own.length > 0 && { outbox: own }), ...(historyHash !== undefined && { historyHash }) };
  }
  /** Each for itself, in one command where there are several. Rejects when nobody can say what has landed. */
  async #insertEach(docs: readonly Stored[]): Promise<PromiseSettledResult<unknown>[]> {
    const alone = (doc: Stored) => this.#run(() => this.#orRefuse(doc, () => this.#collection.insertOne(doc)));
    if (docs.length === 1) return Promise.allSettled(docs.map(alone));
    let failures: readonly RowFailure[] = [];
    try {
      await this.#collection.insertMany([...docs], { ordered: false });
    } catch (error) {
      if (hasLeftNothing(error)) return Promise.allSettled(docs.map(alone));
      failures = rowFailures(error) ?? [];
      if (failures.length === 0) throw failureOf(error, this.#name);
    }
    const failureAt = new Map(failures.map((failure) => [failure.index, failure]));
    return Promise.allSettled(
      docs.map(async (doc, at) => {
        const failure = failureAt.get(at);
        if (failure?.kind === 'deadlock') await alone(doc);
        else if (failure !== undefined) throw await this.#refusalOf(doc, failure);
      }),
    );
  }
  async #refusalOf(doc: Stored, { kind, facts }: RowFailure): Promise<Error> {
    if (kind === 'duplicate') return new DuplicateKey(this.#name, doc._id, await this.#takenIndex(doc, facts));
    const said = `${this.#name}: ${facts.message}`;
    return kind === 'defect' ? new Error(said) : new StoreUnavailable(said);
  }
  async #insertRows(docs: Stored[]) {
    try {
      await this.#collection.insertMany(docs, { ordered: false });
      return [];
    } catch (error) {
      const failures = rowFailures(error);
      if (isRefusal(failures)) return failures;
      throw error;
    }
  }
  async #duplicateOf({ index, doc }: { index: number; doc: Stored }, facts: DuplicateFacts): Promise<Duplicate> {
    return { index, id: doc._id, indexName: await this.#takenIndex(doc, facts) };
  }
  /** A key that is taken rejects with `DuplicateKey`. */
  async #orRefuse<R>(doc: Stored, write: () => Promise<R>): Promise<R> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof MongoServerError) || kindOf(codeOf(error)) !== 'duplicate') throw error;
      const facts = { message: error.message, keyPattern: (error as DuplicateFacts).keyPattern };
      throw new DuplicateKey(this.#name, doc._id, await this.#takenIndex(doc, facts));
    }
  }
  async #takenIndex(doc: Stored, facts: DuplicateFacts): Promise<string> {
    const { indexes } = this.#options;
    return takenIndex(facts, indexes) ?? findTakenIndex(this.#collection, doc, indexes);
  }
  #above(draft: Doc, version: number): Stored {
    if (draft.version <= version) throw new Error(`${this.#name}: version ${draft.version} is not above ${version}`);
    return this.#stored(draft);
  }
  #stored(draft: Doc): Stored {
    return storedForm(draft, instantOf(this.#options.clock));
  }
  #tell(written: Stored): void {
    for (const listener of this.#listeners) {
      try {
        listener(written._id, written);
      } catch (error) {
        this.#options.onListenerError(error);
      }
    }
  }
  #run<R>(operation: () => Promise<R>): Promise<R> {
    return attempt(this.#name, operation);
  }
}

/** Whether those rows that did not land have met others, and nothing else was wrong. */
const isRefusal = (failures: readonly RowFailure[] | null): failures is RowFailure[] =>
  failures?.every(({ kind }) => kind === 'duplicate' || kind === 'deadlock') === true;

/** Whether a batch was refused as a whole: before it was sent, as one of its documents can't be, or by a server that has judged none of them. */
function hasLeftNothing(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return true;
  return [error.writeErrors].flat().length === 0 && ['deadlock', 'defect'].includes(kindOf(error.code));
}
