import type { Documents, Draft } from '@commonpurse/shared/documents';
import type { ContentBody } from '../entries/record-content.ts';
import { bodyOf } from '../entries/record-content.ts';
import type { RecordContent } from '../entries/record.ts';
import { TextSource } from './encoding.ts';
import type { HeldImport, ImportWork } from './hold-import.ts';
import { added, type ImportDoc, noRows, type RowCounts } from './import-job.ts';
import type { ImportReport, RowError } from './import-report.ts';
import { countsOf, findDuplicates, goodRows, type JudgedRow, judgeRows, mayHaveDuplicates } from './judge-rows.ts';
import { type ImportChunk, readUpload } from './keep-upload.ts';
import { planImport, type Plan } from './plan.ts';
import type { Sample } from './sample.ts';

const keptErrors = 1_000;
const previewedRows = 20;

export interface CheckedFile {
  readonly plan: Plan;
  readonly report: Draft<ImportReport>;
  readonly looksForDuplicates: boolean;
  /** What a run would come to; duplicates are counted in a dry run only. */
  readonly rows: RowCounts;
}

/** Reads the whole file once before any row of it lands: how it is written, that it is sound to its end, what is wrong with which rows.
 *  @throws FileProblem */
export async function checkFile(work: ImportWork, held: HeldImport): Promise<CheckedFile> {
  const { job } = held;
  const { importChunks, records } = work.store;
  const plan = planImport(await readSample(importChunks, job), job.options, job.baseCurrency);
  const looksForDuplicates = await mayHaveDuplicates(records, job);
  const errors: RowError[] = [];
  const preview: ImportReport['preview'][number][] = [];
  let rows = noRows;
  const stretch = { behind: plan.headerRow, firstTo: null, batchRows: work.batchRows };
  for await (const batch of judgeRows(importChunks, job, plan, stretch)) {
    const good = goodRows(batch);
    errors.push(...errorsOf(batch).slice(0, keptErrors - errors.length));
    preview.push(...good.slice(0, previewedRows - preview.length).map(({ number, content }) => ({ row: number, ...previewOf(content) })));
    const duplicates = job.options.dryRun && looksForDuplicates ? await findDuplicates(records, job, good) : [];
    rows = added(rows, countsOf(batch, duplicates.length));
    await held.goOn();
  }
  return { plan, looksForDuplicates, report: { _id: job._id, version: 1, errors, preview }, rows };
}

const errorsOf = (batch: readonly JudgedRow[]): RowError[] =>
  batch.flatMap(({ number, verdict }) => (verdict.kind === 'failed' ? verdict.errors.map((error) => ({ row: number, ...error })) : []));

const previewOf = (content: RecordContent): ContentBody & { readonly type: RecordContent['type'] } => ({
  type: content.type,
  ...bodyOf(content),
});

async function readSample(chunks: Documents<ImportChunk>, { file }: ImportDoc): Promise<Sample> {
  for await (const first of readUpload(chunks, file.uploadId, Math.min(file.chunks, 1)))
    return sampleOf(first, file.encoding, file.chunks === 1);
  return { text: '', whole: true };
}

/** The beginning of a file as text; a character that was cut in two at its end is left out. */
export function sampleOf(first: Buffer, encoding: string, whole: boolean): Sample {
  const source = new TextSource(encoding);
  const text = source.text(first);
  return { text: whole ? text + source.text() : text, whole };
}
