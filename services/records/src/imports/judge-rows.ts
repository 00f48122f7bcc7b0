import { type Documents, type Filter, TimeSlice } from '@commonpurse/shared/documents';
import { contentKeysOf, type RecordContent, type RecordDoc } from '../entries/record.ts';
import type { FileRow } from './file-reader.ts';
import type { ImportDoc, RowCounts } from './import-job.ts';
import { noRows } from './import-job.ts';
import type { RowError } from './import-report.ts';
import { createRowJudge, type RowVerdict } from './import-row.ts';
import { type ImportChunk, readUpload } from './keep-upload.ts';
import type { Plan } from './plan.ts';
import { readCsv } from './read-csv.ts';

export interface JudgedRow {
  readonly number: number;
  readonly verdict: RowVerdict;
}
/** A row that can become a record. */
export interface GoodRow {
  readonly number: number;
  readonly content: RecordContent;
}

interface Stretch {
  /** Rows behind this number. */
  readonly behind: number;
  /** Where the first batch ends, if that was decided before. */
  readonly firstTo: number | null;
  readonly batchRows: number;
}

/** All records of an import's file. */
export const readRows = (
  chunks: Documents<ImportChunk>,
  { file }: ImportDoc,
  { delimiter, width }: Plan,
): AsyncIterable<readonly FileRow[]> =>
  readCsv(readUpload(chunks, file.uploadId, file.chunks), { encoding: file.encoding, delimiter, width });

/** A row can be as long as a hundred ordinary ones, and a batch is written and lands as one: everybody waits meanwhile. */
const batchCharsMax = 128 * 1024;

/** An import's rows below the header, judged, in batches of consecutive rows. The same stretch always gives the same batches. */
export async function* judgeRows(
  chunks: Documents<ImportChunk>,
  job: ImportDoc,
  plan: Plan,
  stretch: Stretch,
): AsyncGenerator<readonly JudgedRow[]> {
  const judge = createRowJudge(plan, job.options, job.today);
  let batch: JudgedRow[] = [];
  let chars = 0;
  let firstTo = stretch.firstTo;
  const slice = new TimeSlice();
  for await (const rows of readRows(chunks, job, plan)) {
    for (const { number, cells } of rows) {
      if (number <= stretch.behind) continue;
      if (slice.isOver()) await slice.rest();
      batch.push({ number, verdict: judge(cells) });
      for (const cell of cells) chars += cell.length;
      const isFull = firstTo === null ? batch.length >= stretch.batchRows || chars >= batchCharsMax : number >= firstTo;
      if (!isFull) continue;
      yield batch;
      batch = [];
      chars = 0;
      firstTo = null;
    }
  }
  if (batch.length > 0) yield batch;
}

export const errorsOf = (batch: readonly JudgedRow[]): RowError[] =>
  batch.flatMap(({ number, verdict }) => (verdict.kind === 'failed' ? verdict.errors.map((error) => ({ row: number, ...error })) : []));

export const goodRows = (batch: readonly JudgedRow[]): GoodRow[] =>
  batch.flatMap(({ number, verdict }) => (verdict.kind === 'record' ? [{ number, content: verdict.content }] : []));

/** What becomes of a batch, given how many of its good rows are duplicates. */
export function countsOf(batch: readonly JudgedRow[], duplicate: number): RowCounts {
  const counts = { ...noRows, total: batch.length, duplicate };
  for (const { verdict } of batch) {
    if (verdict.kind === 'blank') counts.skipped += 1;
    else if (verdict.kind === 'failed') counts.failed += 1;
    else counts.imported += 1;
  }
  counts.imported -= duplicate;
  return counts;
}

/** Whether there is anything that rows could be duplicates of. */
export async function mayHaveDuplicates(records: Documents<RecordDoc>, { ownerId, options }: ImportDoc): Promise<boolean> {
  if (options.onDuplicate === 'import') return false;
  const byDate = [
    ['date', 1],
    ['_id', 1],
  ] as const;
  return (await records.find({ ownerId, deletedAt: null }, { sort: byDate, limit: 1 })).length > 0;
}

/** Numbers of the rows that a living record is the same as. Rows of the import itself are no such records.
 *  @param among what the records have to be besides */
export async function findDuplicates(
  records: Documents<RecordDoc>,
  job: ImportDoc,
  rows: readonly GoodRow[],
  among: Filter,
): Promise<number[]> {
  if (rows.length === 0) return [];
  const keyed = rows.map(({ number, content }) => ({ number, keys: contentKeysOf(job.ownerId, content) }));
  const keys = [...new Set(keyed.flatMap((row) => row.keys))];
  const filter = { contentKey: { $in: keys }, deletedAt: null, importId: { $ne: job._id }, $and: [among] };
  // Grouped by key: however many records are the same, the answer stays as small as the batch.
  const groups = await records.sum(filter, { by: ['contentKey'], of: 'amountMinor' });
  const taken = new Set(groups.map(({ key: [key] }) => key));
  return keyed.filter((row) => row.keys.some((key) => taken.has(key))).map(({ number }) => number);
}
