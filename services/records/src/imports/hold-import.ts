import { type Draft, type OutboxEntry, StaleVersion } from '@commonpurse/shared/documents';
import type { Viewer } from '@commonpurse/shared/access';
import { type Clock, instantOf } from '@commonpurse/shared/service';
import type { RecordsStore } from '../store.ts';
import { progressEntry } from './import-entries.ts';
import { claimed, type ImportDoc, type ImportDraft, type Lease } from './import-job.ts';

/** What running imports needs. */
export interface ImportWork {
  readonly store: RecordsStore;
  readonly clock: Clock;
  readonly installationKey: Buffer;
  /** A person as of now, with what others grant them. */
  readonly viewerNow: (userId: string) => Promise<Viewer>;
  /** Names this instance. One that starts again under its old name goes on at once; others wait until a lease has run out. */
  readonly holder: string;
  /** How long nobody else touches an import after its holder was last seen to get on. */
  readonly leaseMs: number;
  /** Rows that are decided and written in one go. */
  readonly batchRows: number;
}

/** Progress of one import is told at most so often. */
const progressEveryMs = 1_000;

/** The service stops: what is not done stays for the next start. */
export class ImportInterrupted extends Error {
  override readonly name = 'ImportInterrupted';
}

type Change = (job: ImportDoc, lease: Lease) => ImportDraft;
type EntriesOf = (draft: ImportDraft) => readonly OutboxEntry[];

/** An import that this instance works on. Every write is a compare-and-set that prolongs the lease; when somebody else has taken over,
 *  it is refused with `StaleVersion` and nothing was done. */
export class HeldImport {
  readonly #work: ImportWork;
  readonly #stopping: AbortSignal;
  #job: ImportDoc;
  #savedAtMs: number;
  /** One write after the other: the lease is prolonged beside the work. */
  #saving: Promise<unknown> = Promise.resolve();

  constructor(work: ImportWork, job: ImportDoc, stopping: AbortSignal) {
    this.#work = work;
    this.#job = job;
    this.#stopping = stopping;
    this.#savedAtMs = work.clock.now();
  }

  get job(): ImportDoc {
    return this.#job;
  }

  /** @param entriesOf what the write tells others, besides progress */
  save(change: Change, entriesOf?: EntriesOf): Promise<void> {
    return this.#inTurn(() => this.#save(change, entriesOf));
  }

  /** To be called now and then during long work. Throws `ImportInterrupted` when the service stops. */
  goOn(): void {
    if (this.#stopping.aborted) throw new ImportInterrupted('the service stops');
  }

  /** Prolongs the lease as long as the work takes, however long a single step of it does. */
  async during(work: () => Promise<void>): Promise<void> {
    const over = new AbortController();
    const prolonged = this.#prolong(over.signal);
    try {
      await work();
    } finally {
      over.abort();
      await prolonged;
    }
  }

  /** Who caused what the import tells, and when. */
  told(): { at: string; by: string; requestId: string } {
    const { createdBy: by, requestId } = this.#job;
    return { at: instantOf(this.#work.clock), by, requestId };
  }
  async #prolong(over: AbortSignal): Promise<void> {
    const { clock, leaseMs } = this.#work;
    for (let isOurs = true; isOurs;) {
      await clock.delay(leaseMs / 3, over);
      if (over.aborted) return;
      isOurs = await this.#inTurn(() => this.#saveLease()).catch((error) => !(error instanceof StaleVersion));
    }
  }
  /** Prolongs the lease once the writes before it are through. False where the import is over by then and has none. */
  async #saveLease(): Promise<boolean> {
    if (this.#job.openSince === undefined) return false;
    const isFresh = this.#work.clock.now() - this.#savedAtMs < this.#work.leaseMs / 3;
    if (!isFresh) await this.#save(claimed);
    return true;
  }
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const written = this.#saving.then(write);
    this.#saving = written.catch(() => undefined);
    return written;
  }
  async #save(change: Change, entriesOf: EntriesOf = () => []): Promise<void> {
    const { clock, store } = this.#work;
    const nowMs = clock.now();
    const changed = change(this.#job, leaseOf(this.#work, nowMs));
    const entries = entriesOf(changed);
    const due = changed.status === 'running' && nowMs - changed.toldAtMs >= progressEveryMs;
    const draft: Draft<ImportDoc> = due ? { ...changed, toldAtMs: nowMs } : changed;
    const told = due ? [...entries, progressEntry(draft, this.told(), 'progressed')] : entries;
    this.#job = await store.imports.replace(draft, this.#job.version, told);
    this.#savedAtMs = nowMs;
  }
}

export const leaseOf = ({ holder, leaseMs }: Pick<ImportWork, 'holder' | 'leaseMs'>, nowMs: number): Lease => ({
  holder,
  untilMs: nowMs + leaseMs,
});
