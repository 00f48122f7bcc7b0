import type { Draft, OutboxEntry } from '@commonpurse/shared/documents';
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
  /** How long nobody else touches an import after its holder was last heard of. */
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

/** An import that this instance works on. Every write is a compare-and-set that prolongs the lease; when somebody else has taken over,
 *  it is refused with `StaleVersion` and nothing was done. */
export class HeldImport {
  readonly #work: ImportWork;
  readonly #stopping: AbortSignal;
  #job: ImportDoc;
  #savedAtMs: number;

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
  async save(
    change: (job: ImportDoc, lease: Lease) => ImportDraft,
    entriesOf: (draft: ImportDraft) => readonly OutboxEntry[] = () => [],
  ): Promise<void> {
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

  /** To be called now and then during long work: prolongs the lease, and stops where the service stops. */
  async goOn(): Promise<void> {
    if (this.#stopping.aborted) throw new ImportInterrupted('the service stops');
    if (this.#work.clock.now() - this.#savedAtMs >= this.#work.leaseMs / 3) await this.save(claimed);
  }

  /** Who caused what the import tells, and when. */
  told(): { at: string; by: string; requestId: string } {
    const { createdBy: by, requestId } = this.#job;
    return { at: instantOf(this.#work.clock), by, requestId };
  }
}

export const leaseOf = ({ holder, leaseMs }: Pick<ImportWork, 'holder' | 'leaseMs'>, nowMs: number): Lease => ({
  holder,
  untilMs: nowMs + leaseMs,
});
