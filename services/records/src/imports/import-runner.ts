import { randomUUID } from 'node:crypto';
import { StaleVersion, StoreUnavailable } from '@commonpurse/shared/documents';
import type { Logger } from 'pino';
import { HeldImport, ImportInterrupted, type ImportWork, leaseOf } from './hold-import.ts';
import { claimed, type ImportDoc, isFree } from './import-job.ts';
import { removeUpload } from './keep-upload.ts';
import { failImport, runImport } from './run-import.ts';

export interface ImportRunnerOptions extends Pick<ImportWork, 'store' | 'clock' | 'installationKey'> {
  readonly log: Logger;
  /** See `ImportWork`. Default: another one at every start. */
  readonly holder?: string;
  /** Default 10,000. */
  readonly leaseMs?: number;
  /** Default 500. */
  readonly batchRows?: number;
  /** Imports that run at once, of different owners. Default 2. */
  readonly lanes?: number;
  /** How often it looks for what others have left. Default 2,000. */
  readonly pollMs?: number;
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

const openAtOnce = 1_000;
const triesMax = 3;

export function createImportRunner(options: ImportRunnerOptions): ImportRunner {
  const { log, lanes = 2, pollMs = 2_000, holder = randomUUID(), leaseMs = 10_000, batchRows = 500, ...given } = options;
  const work: ImportWork = { ...given, holder, leaseMs, batchRows };
  const stopping = new AbortController();
  const active = new Set<string>();
  const bell = createBell(options, pollMs, stopping.signal);
  let running: Promise<unknown> = Promise.resolve();

  /** Marked as active before anything is awaited: no other lane takes it up meanwhile, for it is ours as well. */
  const claim = async (job: ImportDoc): Promise<ImportDoc | null> => {
    active.add(job._id);
    try {
      return await work.store.imports.replace(claimed(job, leaseOf(work, work.clock.now())), job.version);
    } catch (error) {
      active.delete(job._id);
      if (error instanceof StaleVersion) return null;
      throw error;
    }
  };
  const claimNext = async (): Promise<ImportDoc | null> => {
    const open = await work.store.imports.find(
      { openSince: { $gt: '' } },
      {
        sort: [
          ['openSince', 1],
          ['_id', 1],
        ],
        limit: openAtOnce,
      },
    );
    const owners = new Set<string>();
    for (const job of open) {
      const isFirst = !owners.has(job.ownerId);
      owners.add(job.ownerId);
      if (!isFirst || active.has(job._id) || !isFree(job, holder, work.clock.now(), leaseMs)) continue;
      const held = await claim(job);
      if (held) return held;
    }
    return null;
  };
  const lane = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rung = bell.rung;
      const job = await claimNext().catch((error: unknown) => {
        log.error({ err: error }, 'could not look for imports; trying again');
        return null;
      });
      if (job === null) {
        await bell.wait(rung);
        continue;
      }
      await perform(work, job, stopping.signal, log).finally(() => active.delete(job._id));
      bell.ring();
    }
  };
  return {
    name: 'imports',
    start: async () => {
      running = Promise.all(Array.from({ length: lanes }, lane));
    },
    stop: async () => {
      stopping.abort();
      bell.ring();
      await running;
    },
    wake: bell.ring,
  };
}

/** Lanes wait for work, or for the time to look for some. A ring while a lane was looking is not lost: it says which one it knew. */
function createBell({ clock }: Pick<ImportWork, 'clock'>, pollMs: number, stopping: AbortSignal) {
  let rung = 0;
  let waiting: (() => void)[] = [];
  const ring = (): void => {
    rung += 1;
    for (const wake of waiting) wake();
    waiting = [];
  };
  return {
    get rung() {
      return rung;
    },
    ring,
    wait: async (known: number): Promise<void> => {
      if (rung !== known || stopping.aborted) return;
      const over = new AbortController();
      await Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), clock.delay(pollMs, over.signal)]);
      over.abort();
    },
  };
}

/** Runs one import as far as it gets. What goes wrong on our side is tried again from where the job says it was. */
async function perform(work: ImportWork, claimedJob: ImportDoc, stopping: AbortSignal, log: Logger): Promise<void> {
  let job: ImportDoc | null = claimedJob;
  for (let tries = 1; job !== null; tries += 1) {
    const held = new HeldImport(work, job, stopping);
    try {
      await runImport(work, held);
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
    }
  }
}

/** A fault of ours that shows while the file is read would show again for ever; nothing has landed yet, so it may end as failed. */
async function givenUp(held: HeldImport, error: unknown, tries: number, log: Logger): Promise<boolean> {
  if (tries < triesMax || held.job.plan !== null || error instanceof StoreUnavailable) return false;
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
    if (job?.openSince === undefined || !isFree(job, work.holder, work.clock.now(), work.leaseMs)) return null;
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
