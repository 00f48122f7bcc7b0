import { StoreUnavailable } from '../documents.ts';
import type { DiskFile } from './disk.ts';
import { writeAll } from './file-header.ts';
import type { LineKind } from './line.ts';
import { LineBuffer } from './line.ts';
import { nextTurn } from '../time-slice.ts';

/** Writes that share one write and one sync. */
interface Batch<Op> {
  readonly number: number;
  readonly lines: LineBuffer;
  readonly ops: Op[];
  readonly done: PromiseWithResolvers<void>;
}

/** Where a line went: its batch, and where its JSON begins in that batch. */
export interface Written {
  readonly batch: number;
  readonly position: number;
  readonly bytes: number;
}
interface JournalFile {
  readonly file: DiskFile;
  /** Bytes in it, all of them synced. */
  readonly size: number;
}
interface JournalOptions<Op> extends JournalFile {
  /** The last batch that was written. */
  readonly batch: number;
  /** A batch is on the disk, beginning at that byte of that file: now others may see it. */
  onDurable(ops: readonly Op[], place: { file: DiskFile; position: number }): void;
  /** What is on the disk is no longer known. */
  onFailure(error: Error): void;
}

/** Appends to the journal of one collection. Whoever writes while a sync is running shares the next one; no batch is written before
 *  the one before it is on the disk. After a failure nothing is written any more: a sync is never tried twice, for the second would lie. */
export class Journal<Op> {
  readonly #options: JournalOptions<Op>;
  #file: DiskFile;
  #size: number;
  /** The last batch on the disk. */
  #batch: number;
  #collecting: Batch<Op> | null = null;
  #writing: Batch<Op> | null = null;
  #isRunning = false;
  #run: Promise<void> = Promise.resolve();
  #next: { to: JournalFile; done: PromiseWithResolvers<number> } | null = null;
  #spare: LineBuffer[] = [];
  #failure: StoreUnavailable | null = null;

  constructor(options: JournalOptions<Op>) {
    this.#options = options;
    this.#file = options.file;
    this.#size = options.size;
    this.#batch = options.batch;
  }
  get size(): number {
    return this.#size;
  }

  /** Adds a line to the batch being collected, and what it does to the table once it is durable. */
  write(kind: LineKind, json: string, op: Op): Written {
    const { number, lines, ops } = this.#open();
    const bytes = lines.add(kind, number, json);
    ops.push(op);
    return { batch: number, position: lines.size - bytes - 1, bytes };
  }
  /** Resolves once this batch is durable and visible; rejects when that can't be said. */
  durable(batch: number): Promise<void> {
    if (batch <= this.#batch) return Promise.resolve();
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#writing?.number === batch) return this.#writing.done.promise;
    return this.#collecting?.number === batch ? this.#collecting.done.promise : Promise.resolve();
  }
  /** From the next batch on, writes to another file. Resolves to the last batch in the old one. */
  switchTo(to: JournalFile): Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#next = { to, done: Promise.withResolvers<number>() };
    const { promise } = this.#next.done;
    this.#start();
    return promise;
  }
  /** Waits for what is under way. A last, empty batch proves to the next start that everything before it was synced. Resolves to the last batch
   *  that something was written in since it was opened; null: there is none, or nobody knows. */
  async close(): Promise<number | null> {
    await this.#run;
    const last = this.#batch > this.#options.batch ? this.#batch : null;
    if (!this.#failure && last !== null) {
      this.#open();
      await this.#run;
    }
    const isWhole = this.#failure === null;
    this.#failure ??= new StoreUnavailable('the store is closed');
    await this.#file.close();
    return isWhole ? last : null;
  }

  #open(): Batch<Op> {
    if (this.#failure) throw this.#failure;
    if (!this.#collecting) {
      const number = (this.#writing?.number ?? this.#batch) + 1;
      const done = Promise.withResolvers<void>();
      done.promise.catch(() => {});
      this.#collecting = { number, lines: this.#spare.pop() ?? new LineBuffer(), ops: [], done };
      this.#start();
    }
    return this.#collecting;
  }
  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run = this.#flushAll();
  }
  async #flushAll(): Promise<void> {
    for (;;) {
      await nextTurn();
      this.#switch();
      const batch = this.#collecting;
      if (!batch || this.#failure) break;
      this.#writing = batch;
      this.#collecting = null;
      await this.#flush(batch).catch((error: unknown) => this.#fail(batch, error as Error));
      this.#writing = null;
    }
    this.#isRunning = false;
  }
  async #flush(batch: Batch<Op>): Promise<void> {
    batch.lines.add('c', batch.number, String(batch.ops.length));
    const bytes = batch.lines.filled();
    await writeAll(this.#file, bytes, this.#size);
    await this.#file.sync();
    const place = { file: this.#file, position: this.#size };
    this.#size += bytes.length;
    this.#batch = batch.number;
    batch.lines.clear();
    this.#spare.push(batch.lines);
    this.#options.onDurable(batch.ops, place);
    batch.done.resolve();
  }
  #switch(): void {
    if (!this.#next) return;
    const { to, done } = this.#next;
    this.#next = null;
    this.#file = to.file;
    this.#size = to.size;
    done.resolve(this.#batch);
  }
  #fail(batch: Batch<Op>, error: Error): void {
    this.#failure = new StoreUnavailable(`a write failed: ${error.message}`);
    batch.done.reject(this.#failure);
    this.#collecting?.done.reject(this.#failure);
    this.#next?.done.reject(this.#failure);
    this.#options.onFailure(error);
  }
}
