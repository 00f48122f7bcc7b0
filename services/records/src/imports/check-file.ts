import type { Documents, Draft } from '@commonpurse/shared/documents';
import { bodyOf } from '../entries/record-content.ts';
import { decideRows } from './decide-rows.ts';
import type { HeldImport, ImportWork } from './hold-import.ts';
import { added, type ImportDoc, noRows, type RowCounts } from './import-job.ts';
import { type ImportReport, keptErrors, type RowError } from './import-report.ts';
import { createRowJudge } from './import-row.ts';
import { withRefused } from './judge-access.ts';
import { errorsOf, goodRows, type JudgedRow, judgeRows, mayHaveDuplicates, readRows } from './judge-rows.ts';
import { type ImportChunk, readUpload } from './keep-upload.ts';
import { planImport, type Plan } from './plan.ts';
import { type Sample, sampleOf } from './sample.ts';

const previewedRows = 20;

interface CheckedFile {
  readonly plan: Plan;
  readonly looksForDuplicates: boolean;
  readonly report: Draft<ImportReport>;
  /** Of a dry run: what would happen. */
  readonly rows: RowCounts;
}

/** Reads the whole file once before any row of it lands: how it is written, and that it is sound to its end. A dry run judges all of its
 *  rows on the way; otherwise they are judged when they land, and here only those that the preview shows.
 *  @throws FileProblem */
export async function checkFile(work: ImportWork, held: HeldImport): Promise<CheckedFile> {
  const { job } = held;
  const { importChunks, records } = work.store;
  const plan = planImport(await readSample(importChunks, job), job.options, job.baseCurrency);
  const looksForDuplicates = await mayHaveDuplicates(records, job);
  const found = job.options.dryRun ? await tryOut(work, held, plan, looksForDuplicates) : await readThrough(work, held, plan);
  return { plan, looksForDuplicates, rows: found.rows, report: { _id: job._id, version: 1, ...found.report } };
}

interface Findings {
  readonly rows: RowCounts;
  readonly report: Pick<ImportReport, 'errors' | 'preview' | 'upTo'>;
}

async function tryOut(work: ImportWork, held: HeldImport, plan: Plan, looksForDuplicates: boolean): Promise<Findings> {
  const { job } = held;
  const { importChunks } = work.store;
  let errors: readonly RowError[] = [];
  let preview: readonly PreviewRow[] = [];
  let rows = noRows;
  let upTo = plan.headerRow;
  const stretch = { behind: plan.headerRow, firstTo: null, batchRows: work.batchRows };
  for await (const batch of judgeRows(importChunks, job, plan, stretch)) {
    const intent = await decideRows(work, job, batch, looksForDuplicates);
    const judged = withRefused(batch, intent.refused ?? []);
    if (errors.length < keptErrors) errors = [...errors, ...errorsOf(judged)].slice(0, keptErrors);
    if (preview.length < previewedRows) preview = [...preview, ...previewOf(judged)].slice(0, previewedRows);
    rows = added(rows, intent.rows);
    upTo += batch.length;
    held.goOn();
  }
  return { rows, report: { errors, preview, upTo } };
}

async function readThrough(work: ImportWork, held: HeldImport, plan: Plan): Promise<Findings> {
  const { job } = held;
  const judge = createRowJudge(plan, job.options, job.today);
  let preview: readonly PreviewRow[] = [];
  const previewedTo = plan.headerRow + work.batchRows;
  for await (const rows of readRows(work.store.importChunks, job, plan)) {
    const first = preview.length < previewedRows ? rows.filter(({ number }) => number > plan.headerRow && number <= previewedTo) : [];
    const judged = first.map(({ number, cells }) => ({ number, verdict: judge(cells) }));
    preview = [...preview, ...previewOf(judged)].slice(0, previewedRows);
    held.goOn();
  }
  return { rows: noRows, report: { errors: [], preview, upTo: plan.headerRow } };
}

type PreviewRow = ImportReport['preview'][number];

const previewOf = (batch: readonly JudgedRow[]): PreviewRow[] =>
  goodRows(batch).map(({ number, content }) => ({ row: number, type: content.type, ...bodyOf(content) }));

async function readSample(chunks: Documents<ImportChunk>, { file }: ImportDoc): Promise<Sample> {
  for await (const first of readUpload(chunks, file.uploadId, Math.min(file.chunks, 1)))
    return sampleOf(first, file.encoding, file.chunks === 1);
  return { text: '', whole: true };
}
