import { instantOf } from '@commonpurse/shared/service';
import type { Rig } from '../../testing/rig.ts';
import { newImport } from '../import-job.ts';
import type { ImportOptions } from '../import-options.ts';
import { UploadKeeper } from '../keep-upload.ts';

/** Keeps a file and queues its import, as an upload would. */
export async function queueImport(
  { store, clock }: Pick<Rig, 'store' | 'clock'>,
  id: string,
  file: string,
  ownerId = 'ada',
  options: Partial<ImportOptions> = {},
  createdBy = ownerId,
): Promise<void> {
  const uploadId = `upload-of-${id}`;
  const bytes = Buffer.from(file);
  const keeper = new UploadKeeper(store.importChunks, uploadId, instantOf(clock));
  await keeper.take(bytes);
  const stored = { uploadId, chunks: await keeper.end(), bytes: bytes.length, name: null, encoding: 'utf-8' };
  await store.imports.insert(
    newImport({
      id,
      ownerId,
      createdBy,
      requestId: 'request',
      createdAt: instantOf(clock),
      options: { mapping: {}, defaults: {}, invertSign: false, dryRun: false, onDuplicate: 'skip', ...options },
      file: stored,
      baseCurrency: 'EUR',
      today: '2026-03-14',
    }),
  );
}

/** A statement with so many rows, from 1. */
export const statementOf = (rows: number): string =>
  `Date,Amount,Text\n${Array.from({ length: rows }, (_, at) => `2026-03-01,-${at + 1}.50,Row ${at + 1}\n`).join('')}`;
