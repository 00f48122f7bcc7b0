import { StoreDamaged } from '../documents.ts';
import type { DiskFile } from './disk.ts';
import { pathsOfCollection } from './file-header.ts';
import type { Journal } from './journal.ts';
import type { OpenOptions } from './open-collection.ts';
import { startJournal } from './open-collection.ts';
import { Segment } from './segment.ts';
import type { WrittenSnapshot } from './snapshot.ts';
import { Stopped, writeSnapshot } from './snapshot.ts';
import type { Table } from './table.ts';
import type { Brought, Op } from './landing.ts';

interface CompactionOptions extends OpenOptions {
  readonly table: Table;
  readonly journal: Journal<Op>;
  readonly segments: Map<DiskFile, Segment>;
  /** The journal being written. */
  readonly file: DiskFile;
  readonly generation: number;
  readonly snapshotBytes: number;
}

/** How much longer than others a journal may become that holds new documents only: reading it takes hardly longer than a snapshot of them, so
 *  compacting gains nothing, and a large import would be written to the disk twice. */
const NEW_FACTOR = 8;

/** Replaces a long journal by a snapshot of what it comes to, while writers go on in a new journal.
 *
 *  Every step leaves a state that `settleFiles` understands: the new journal is durable before anything is written to it; the new snapshot is
 *  complete before it takes its name; the old snapshot and journal stay as `.bak`, together with the journal a whole way back. */
export class Compaction {
  /** The journal being written. */
  file: DiskFile;
  readonly #options: CompactionOptions;
  #generation: number;
  #snapshotBytes: number;
  /** The last batch before the newest journal, when that has been begun and its snapshot is not there yet. */
  #unfinished: number | null = null;
  /** Not again before the journal has grown to this. */
  #retryAbove = 0;
  /** Of the journal's documents those that replace none, and their bytes; about, for what has been removed since is of average size. */
  #fresh = { documents: 0, bytes: 0 };
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: CompactionOptions) {
    this.#options = options;
    this.file = options.file;
    this.#generation = options.generation;
    this.#snapshotBytes = options.snapshotBytes;
  }

  /** After every batch: begins when the journal has become too long. */
  consider(brought: Brought): void {
    const { journal, compactAboveBytes } = this.#options;
    this.#note(brought);
    if (journal.size <= Math.max(compactAboveBytes, this.#snapshotBytes, this.#retryAbove)) return;
    const isOld = journal.size - this.#fresh.bytes > Math.max(compactAboveBytes, this.#snapshotBytes);
    if (isOld || journal.size > compactAboveBytes * NEW_FACTOR) this.#start();
  }
  /** Ends what a crash has interrupted: the newest journal has been begun behind that batch. */
  finish(before: number): void {
    this.#unfinished = before;
    this.#start();
  }
  /** Gives up what is running; the next start goes on with it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  #note({ documents, bytes, removed }: Brought): void {
    const { documents: before, bytes: bytesBefore } = this.#fresh;
    const gone = Math.min(removed, before);
    const bytesGone = before === 0 ? 0 : (bytesBefore / before) * gone;
    this.#fresh = { documents: before - gone + documents, bytes: bytesBefore - bytesGone + bytes };
  }
  #start(): void {
    if (this.#running || this.#isStopped) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }
  async #run(): Promise<void> {
    const { table, log, journal, compactAboveBytes } = this.#options;
    let written: WrittenSnapshot;
    try {
      this.#unfinished ??= await this.#switchJournal();
      written = await this.#write(this.#unfinished);
    } catch (error) {
      if (error instanceof Stopped) return;
      if (error instanceof NamesLost || error instanceof StoreDamaged) return this.#failFor(error);
      this.#retryAbove = journal.size + compactAboveBytes;
      log.warn({ err: error, collection: table.name }, 'the journal could not be compacted; nothing is lost, and it is tried again');
      return;
    }
    try {
      await this.#swap();
      await this.#settle(written);
    } catch (error) {
      this.#failFor(error as Error);
    }
  }
  #failFor(error: Error): void {
    const why = error instanceof StoreDamaged ? error.message : `files could not be exchanged: ${error.message}`;
    const { directory, table, fail } = this.#options;
    this.#isStopped = true;
    fail(new Error(`${directory}/${table.name}: ${why}`, { cause: error }));
  }

  async #switchJournal(): Promise<number> {
    const { disk, declaration, journal, segments, manifest } = this.#options;
    const file = await disk.create(this.#paths.journalNext);
    const size = await startJournal(file, declaration.name, this.#generation + 1).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    await this.#syncNames();
    await manifest.beginJournal(declaration.name, this.#generation + 1).catch(throwNamesLost);
    const before = await journal.switchTo({ file, size });
    segments.set(file, segments.get(file) ?? new Segment(file));
    this.#fresh = { documents: 0, bytes: 0 };
    this.file = file;
    this.#generation += 1;
    return before;
  }
  async #write(after: number): Promise<WrittenSnapshot> {
    const { disk, declaration, table } = this.#options;
    const header = { collection: declaration.name, generation: this.#generation, after };
    const written = await writeSnapshot(disk, this.#paths.snapshotNext, table, header, () => this.#isStopped);
    await this.#syncNames();
    return written;
  }
  async #swap(): Promise<void> {
    const { snapshot, snapshotBackup, snapshotNext, journal, journalBackup, journalNext } = this.#paths;
    if (this.#snapshotBytes > 0) await this.#rename(snapshot, snapshotBackup);
    await this.#rename(snapshotNext, snapshot);
    await this.#rename(journal, journalBackup);
    await this.#rename(journalNext, journal);
  }
  async #rename(from: string, to: string): Promise<void> {
    await this.#options.disk.rename(from, to);
    await this.#syncNames();
  }
  async #syncNames(): Promise<void> {
    await this.#options.disk.syncFolder(this.#options.directory).catch(throwNamesLost);
  }
  /** Cold documents are read from their new places from now on; files that nothing is read from any more are closed. */
  async #settle({ file, bytes, moves }: WrittenSnapshot): Promise<void> {
    const { table, segments } = this.#options;
    const fresh = new Segment(file);
    for (const { place, position, bytes: length } of moves) Object.assign(place, { segment: fresh, position, bytes: length });
    for (const segment of [...segments.values()].filter((one) => one.file !== this.file)) {
      segments.delete(segment.file);
      await segment.retire();
    }
    if (table.cold) segments.set(file, fresh);
    else await file.close();
    this.#snapshotBytes = bytes;
    this.#unfinished = null;
    this.#retryAbove = 0;
  }
  get #paths() {
    return pathsOfCollection(this.#options.directory, this.#options.declaration.name);
  }
}

/** A folder's sync has failed, or the list of begun journals could not be written. A later sync may promise what this one has lost, so nothing may
 *  be built on it. */
class NamesLost extends Error {}

function throwNamesLost(error: Error): never {
  throw new NamesLost(error.message, { cause: error });
}
