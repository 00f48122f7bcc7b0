import { accessTo, allows } from '@commonpurse/shared/access';
import { allInSlices, type Documents, StaleVersion } from '@commonpurse/shared/documents';
import { type RecordDoc, recordResource, revertedRecord } from '../entries/record.ts';
import type { HeldImport, ImportWork } from './hold-import.ts';
import { chunkEntry, progressEntry, rowsOf } from './import-entries.ts';
import { type ImportDoc, revertAdvanced, reverted } from './import-job.ts';

/** Takes back the rows that nobody has changed since they landed. They become tombstones, so that a runner that was paused meanwhile
 *  can't bring them in again. */
export async function takeBackRows(work: ImportWork, held: HeldImport): Promise<void> {
  const { records } = work.store;
  for (let from = start(held); from <= held.job.cursor; from = start(held)) {
    const to = Math.min(from + work.batchRows - 1, held.job.cursor);
    const rows = await rowsOf(held.job, records, work.installationKey, from, to);
    const untouched = rows.filter(({ version }) => version === 1);
    const theirs = await mayTakeBack(work, held.job, untouched);
    await allInSlices(theirs, (row) => takeBack(records, row, held.job.revert!));
    const any = theirs.length > 0 || rows.some(({ untold }) => untold === 2);
    held.goOn();
    await held.save(
      (job, lease) => revertAdvanced(job, to, untouched.length - theirs.length, lease),
      (draft) => (any ? [chunkEntry(draft, told(held), 'reverted', from, to)] : []),
    );
  }
  await held.save(reverted, (draft) => [progressEntry(draft, told(held), 'reverted')]);
}

/** Of these, what whoever takes the import back may change now. */
async function mayTakeBack(
  { viewerNow }: ImportWork,
  { ownerId, revert }: ImportDoc,
  rows: readonly RecordDoc[],
): Promise<readonly RecordDoc[]> {
  if (revert!.by === ownerId) return rows;
  const viewer = await viewerNow(revert!.by);
  return rows.filter((row) => allows(accessTo(viewer, recordResource(row)), 'edit'));
}

const start = ({ job }: HeldImport): number => Math.max(job.revert!.cursor, job.plan!.headerRow) + 1;
const told = (held: HeldImport) => ({ ...held.told(), by: held.job.revert!.by, requestId: held.job.revert!.requestId });

async function takeBack(
  records: Documents<RecordDoc>,
  row: RecordDoc,
  { at, by }: Pick<NonNullable<ImportDoc['revert']>, 'at' | 'by'>,
): Promise<void> {
  try {
    await records.replace(revertedRecord(row, at, by), row.version);
  } catch (error) {
    // Its user was faster: it stays.
    if (!(error instanceof StaleVersion)) throw error;
  }
}
