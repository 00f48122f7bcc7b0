import { type Clock, createRepetition, type Job } from '@commonpurse/shared/service';
import type { Logger } from 'pino';
import type { RecordsStore } from '../store.ts';
import { removeUpload } from './keep-upload.ts';

interface UploadSweepOptions {
  readonly store: Pick<RecordsStore, 'imports' | 'importChunks'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const everyMs = 10 * 60_000;
/** No upload takes longer. */
const uploadMsMax = 60 * 60_000;

/** Removes the pieces of uploads that broke off and of imports that a crash kept from cleaning up. A job of the service. */
export function createUploadSweep({ store, clock, log }: UploadSweepOptions): Job {
  const run = (): Promise<void> => sweepUploads(store, new Date(clock.now() - uploadMsMax).toISOString());
  const failed = (error: unknown): void => log.error({ err: error }, 'the sweep of uploads failed; it will be tried again');
  return { name: 'upload-sweep', ...createRepetition({ clock, everyMs, run, failed }) };
}

const lookedAtOnce = 16;

/** Removes uploads that began before this instant and that no open import needs. */
export async function sweepUploads(
  { imports, importChunks }: Pick<RecordsStore, 'imports' | 'importChunks'>,
  before: string,
): Promise<void> {
  let after: readonly string[] | undefined;
  for (;;) {
    const found = await importChunks.find(
      { startedAt: { $lt: before } },
      {
        sort: [
          ['startedAt', 1],
          ['_id', 1],
        ],
        limit: lookedAtOnce,
        ...(after ? { after } : {}),
      },
    );
    for (const chunk of found) {
      const uploadId = chunk._id.slice(0, chunk._id.lastIndexOf(':'));
      if ((await imports.count({ uploadId })) === 0) await removeUpload(importChunks, uploadId);
    }
    const last = found.at(-1);
    if (found.length < lookedAtOnce || last?.startedAt === undefined) return;
    after = [last.startedAt, last._id];
  }
}
