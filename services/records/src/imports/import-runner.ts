import { randomUUID } from 'node:crypto';
import { type Sort, StaleVersion, StoreUnavailable } from '@commonpurse/shared/documents';
import { PeerUnavailable } from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import { type Bell, createBell } from './bell.ts';
import { HeldImport, ImportInterrupted, type ImportWork, leaseOf } from './hold-import.ts';
import { claimed, type ImportDoc } from './import-job.ts';
import { removeUpload } from './keep-upload.ts';
import { createRowIds } from './row-id.ts';
import { failImport, runImport } from './run-import.ts';
import { type LeaseWatch, watchLeases } from './watch-leases.ts';

interface ImportRunnerOptions extends Pick<ImportWork, 'store' | 'clock' | 'installationKey' | 'viewerNow'> {
  readonly log: Logger;
  /** See `ImportWork`. Default: another one at every start. */
  readonly holder?: string;
  /** Default 500. */
  readonly batchRows?: number;
  /** Imports that run at once, of different owners. Default 2. */
  readonly lanes?: number;
}

/** Runs imports one after the other, oldest first, one of each owner at a time. A job of the service. */
export interface ImportRunner {
  readonly name: string;
  start(): Promise<void>;
  /** Resolves when nothing runs any more; what was under way goes on at the next start, of whatever instance. */
  stop(): Promise<void>;
  /** There is something to do. */
  wake(): void;
}

const leaseMs = 3_000;
/** How often it looks for what others have left. */
const pollMs = 1_000;
const triesMax = 3;
/** One that is free and can't be had (the store is away) is no reason to look without a pause. */
const lookEveryMsMin = 250;

export function createImportRunner(options: ImportRunnerOptions): ImportRunner {
  const { log, lanes = 2, holder = randomUUID(), batchRows = 500, ...given } = options;
  return new Lanes({ ...given, holder, leaseMs, batchRows }, log, lanes);
}

class Lanes implements ImportRunner {
  readonly name = 'imports';
  readonly #work: ImportWork;
  readonly #log: Logger;
  readonly #count: number;
  readonly #stopping = new AbortController();
  readonly #bell: Bell;
  readonly #leases: LeaseWatch;
  /** What this instance works on right now. */
  readonly #active = new Set<string>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(work: ImportWork, log: Logger, count: number) {
    this.#work = work;
    this.#log = log;
    this.#count = count;
    this.#leases = watchLeases(work);
    this.#bell = createBell(work, this.#stopping.signal);
  }

  start(): Promise<void> {
    this.#running = Promise.all(Array.from({ length: this.#count }, () => this.#lane()));
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#bell.ring();
    await this.#running;
  }

  wake(): void {
    this.#bell.ring();
  }

  async #lane(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { rung } = this.#bell;
      const job = await this.#claimNext();
      if (job === null) {
        await this.#bell.wait(rung, Math.min(pollMs, Math.max(lookEveryMsMin, this.#leases.nextInMs)));
        continue;
      }
      await perform(this.#work, job, this.#stopping.signal, this.#log);
      this.#active.delete(job._id);
      this.#bell.ring();
    }
  }

  /** The oldest import that nobody works on, of those that are their owner's oldest: they never overtake each other. */
  async #claimNext(): Promise<ImportDoc | null> {
    const firsts = new Map<string, ImportDoc>();
    try {
      for await (const some of openImports(this.#work.store)) {
        const found = some.filter((job) => !firsts.has(job.ownerId) && firsts.set(job.ownerId, job).size > 0);
        this.#leases.see(found);
        for (const job of found) {
          if (this.#active.has(job._id) || !this.#leases.isFree(job)) continue;
          const held = await this.#claim(job);
          if (held) return held;
        }
      }
      this.#leases.forgetOthers([...firsts.values()]);
    } catch (error) {
      this.#log.error({ err: error }, 'could not look for imports; trying again');
    }
    return null;
  }

  /** Marked as active before anything is awaited: no other lane takes it up meanwhile, for its lease is ours as well. */
  async #claim(job: ImportDoc): Promise<ImportDoc | null> {
    this.#active.add(job._id);
    try {
      return await this.#work.store.imports.replace(claimed(job, leaseOf(this.#work, this.#work.clock.now())), job.version);
    } catch (error) {
      this.#active.delete(job._id);
      if (error instanceof StaleVersion) return null;
      throw error;
    }
  }
}

const lookedAtOnce = 1_000;
const oldestFirst: Sort = [
  ['openSince', 1],
  ['_id', 1],
];

/** All that are not over, some at a time: behind however many of one owner stand those of others. */
async function* openImports({ imports }: ImportWork['store']): AsyncGenerator<readonly ImportDoc[]> {
  let after: readonly string[] | undefined;
  for (;;) {
    const options = { sort: oldestFirst, limit: lookedAtOnce, ...(after ? { after } : {}) };
    const found = await imports.find({ openSince: { $gt: '' } }, options);
    yield found;
    const last = found.at(-1);
    if (found.length < lookedAtOnce || last?.openSince === undefined) return;
    after = [last.openSince, last._id];
  }
}

/** Runs one import as far as it gets. What goes wrong on our side is tried again from where the job says it was. */
async function perform(work: ImportWork, claimedJob: ImportDoc, stopping: AbortSignal, log: Logger): Promise<void> {
  let job: ImportDoc | null = claimedJob;
  for (let tries = 1; job !== null; tries += 1) {
    const held = new HeldImport(work, job, stopping);
    try {
      await held.during(() => runImport(work, held));
      await removeUpload(work.store.importChunks, job.file.uploadId);
      return;
    } catch (error) {
      if (error instanceof StaleVersion) return;
      if (error instanceof ImportInterrupted) return release(work, held, log);
      log.error({ err: error, importId: job._id }, 'an import was interrupted; it goes on from where it was');
      if (await givenUp(held, error, tries, log)) return;
      await work.clock.delay(Math.min(1_000 * 2 ** (tries - 1), 60_000), stopping);
      if (stopping.aborted) return;
      job = await reclaim(work, job, log);
    } finally {
      await leaveNothingOfErased(work, held, log);
    }
  }
}

/** Whose owner was erased is gone. What was under way then, or waited in a process that was held, may have come in behind that: nobody else would
 *  find it any more. Rows that were settled before went with all others. */
async function leaveNothingOfErased(
  { store, installationKey }: ImportWork,
  { job: { _id: id, createdAt, cursor, intent } }: HeldImport,
  log: Logger,
): Promise<void> {
  try {
    if ((await store.imports.get(id)) !== null) return;
    const idOf = createRowIds(installationKey, id, createdAt);
    const rows = intent === null ? [] : Array.from({ length: intent.to - cursor }, (_, at) => idOf(cursor + 1 + at));
    if (rows.length > 0) await store.records.remove(rows);
    await store.importReports.remove([id]);
  } catch (error) {
    log.error({ err: error, importId: id }, 'what an import may have left could not be looked for');
  }
}

/** A fault of ours that shows while the file is read would show again for ever; nothing has landed yet, so it may end as failed. */
async function givenUp(held: HeldImport, error: unknown, tries: number, log: Logger): Promise<boolean> {
  if (tries < triesMax || held.job.plan !== null || error instanceof StoreUnavailable || error instanceof PeerUnavailable) return false;
  try {
    await failImport(held, { code: 'internal-error', message: 'Something went wrong on our side.' });
    return true;
  } catch (failure) {
    log.error({ err: failure, importId: held.job._id }, 'an import could not be given up');
    return false;
  }
}

/** The job as it is now, if it is still ours; null: others care for it. */
async function reclaim(work: ImportWork, { _id: id }: ImportDoc, log: Logger): Promise<ImportDoc | null> {
  try {
    const job = await work.store.imports.get(id);
    if (job?.openSince === undefined || (job.lease !== null && job.lease.holder !== work.holder)) return null;
    return await work.store.imports.replace(claimed(job, leaseOf(work, work.clock.now())), job.version);
  } catch (error) {
    log.error({ err: error, importId: id }, 'an import could not be taken up again; the next look will find it');
    return null;
  }
}

/** So that another instance need not wait for the lease to run out. */
async function release(work: ImportWork, { job }: HeldImport, log: Logger): Promise<void> {
  try {
    await work.store.imports.replace(claimed(job, null), job.version);
  } catch (error) {
    log.warn({ err: error, importId: job._id }, 'an import could not be released; its lease will run out');
  }
}
