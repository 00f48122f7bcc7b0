import type { ImportWork } from './hold-import.ts';
import type { ImportDoc, Intent } from './import-job.ts';
import { comparable, isOnBehalf, rowsOutside, withRefused } from './judge-access.ts';
import { countsOf, findDuplicates, goodRows, type JudgedRow } from './judge-rows.ts';

/** What becomes of a batch: who imports for somebody else is judged by what they may do now, whatever they might when they sent the file. */
export async function decideRows(
  { store, viewerNow }: Pick<ImportWork, 'store' | 'viewerNow'>,
  job: ImportDoc,
  batch: readonly JudgedRow[],
  looksForDuplicates: boolean,
): Promise<Intent> {
  const viewer = isOnBehalf(job) ? await viewerNow(job.createdBy) : null;
  const refused = viewer === null ? [] : rowsOutside(viewer, job, batch);
  const judged = withRefused(batch, refused);
  const among = viewer === null ? {} : comparable(viewer, job);
  const duplicates = looksForDuplicates ? await findDuplicates(store.records, job, goodRows(judged), among) : [];
  const intent = { to: batch.at(-1)!.number, rows: countsOf(judged, duplicates.length), duplicates };
  return refused.length === 0 ? intent : { ...intent, refused };
}
