import type { Resource } from '@commonpurse/shared/access';
import type { ImportSummary } from '@commonpurse/shared/contracts';
import type { Doc, Draft } from '@commonpurse/shared/documents';
import type { FileProblemCode } from './file-problem.ts';
import type { ImportOptions } from './import-options.ts';
import type { Plan } from './plan.ts';

type ImportStatus = ImportSummary['status'];
/** `total = imported + skipped + duplicate + failed`. */
export type RowCounts = ImportSummary['rows'];

/** What was decided about the next rows before the first of them was written. Whoever goes on after a crash does just that: so a row
 *  that has landed already is never taken for a duplicate, and a runner that wakes up late can do nothing else than what was done. */
export interface Intent {
  /** Number of the last row; they begin behind the cursor. */
  readonly to: number;
  readonly rows: RowCounts;
  /** Numbers of the rows that are left out, because a living record is the same. */
  readonly duplicates: readonly number[];
  /** Numbers of the rows that lie outside of what its owner lets the importer change. */
  readonly refused?: readonly number[];
}

/** How far taking back has come. */
interface Revert {
  readonly by: string;
  readonly requestId: string;
  readonly at: string;
  /** Rows up to this number were looked at. */
  readonly cursor: number;
  /** Rows that nobody had changed and that whoever takes it back may not change. Absent: none. */
  readonly left?: number;
}

/** Who works on it. As long as he does, the import's version moves; when it rests for as long as a lease lasts, anybody may take over. */
export interface Lease {
  readonly holder: string;
  /** Only instances of an earlier version go by it, while both run. */
  readonly untilMs: number;
}

/** Where the file's bytes are; see keep-upload.ts. */
export interface StoredFile {
  readonly uploadId: string;
  readonly chunks: number;
  readonly bytes: number;
  readonly name: string | null;
  readonly encoding: string;
}

/** An import: one aggregate, changed by compare-and-set only. */
export interface ImportDoc extends Doc {
  readonly ownerId: string;
  readonly createdBy: string;
  readonly requestId: string;
  readonly createdAt: string;
  readonly status: ImportStatus;
  readonly options: ImportOptions;
  readonly file: StoredFile;
  /** Set while the file's bytes are needed. */
  readonly uploadId?: string;
  /** Set while there is something to do; the order in which it is done. */
  readonly openSince?: string;
  /** What currency amounts are in and what day it is for the owner: fixed when it was sent, alike for every try. */
  readonly baseCurrency: string;
  readonly today: string;
  /** Set once the whole file has been read through and found sound. Nothing lands before. */
  readonly plan: Plan | null;
  /** False: its owner had no records when rows began to land, or wants duplicates. */
  readonly looksForDuplicates: boolean;
  /** Rows up to this number are settled, and counted in `rows`. */
  readonly cursor: number;
  readonly rows: RowCounts;
  readonly intent: Intent | null;
  readonly finishedAt: string | null;
  readonly failure: { readonly code: FileProblemCode | 'internal-error'; readonly message: string } | null;
  readonly revert: Revert | null;
  readonly lease: Lease | null;
  /** When progress was last told, milliseconds since the epoch. */
  readonly toldAtMs: number;
  readonly fingerprint?: string;
}
export type ImportDraft = Draft<ImportDoc>;

export const noRows: RowCounts = { total: 0, imported: 0, skipped: 0, duplicate: 0, failed: 0 };

interface NewImport extends Pick<
  ImportDoc,
  'ownerId' | 'createdBy' | 'requestId' | 'createdAt' | 'options' | 'file' | 'baseCurrency' | 'today'
> {
  readonly id: string;
}

/** Version 1: waits to be run. */
export const newImport = ({ id, ...given }: NewImport): ImportDraft => ({
  _id: id,
  ownerId: given.ownerId,
  createdBy: given.createdBy,
  requestId: given.requestId,
  createdAt: given.createdAt,
  options: given.options,
  file: given.file,
  baseCurrency: given.baseCurrency,
  today: given.today,
  version: 1,
  status: 'queued',
  uploadId: given.file.uploadId,
  openSince: given.createdAt,
  plan: null,
  looksForDuplicates: true,
  cursor: 0,
  rows: noRows,
  intent: null,
  finishedAt: null,
  failure: null,
  revert: null,
  lease: null,
  toldAtMs: 0,
});

/** As it was at version 1. */
export const firstStateOf = (job: ImportDoc): ImportDoc => ({ ...newImport({ ...job, id: job._id }), changedAt: job.changedAt });

const next = (job: ImportDoc, changes: Partial<ImportDraft>): ImportDraft => ({ ...job, ...changes, version: job.version + 1 });

export const claimed = (job: ImportDoc, lease: Lease | null): ImportDraft => next(job, { lease });

export const checked = (job: ImportDoc, plan: Plan, looksForDuplicates: boolean, lease: Lease): ImportDraft =>
  next(job, { status: 'running', plan, looksForDuplicates, cursor: plan.headerRow, lease });

export const running = (job: ImportDoc, lease: Lease): ImportDraft => next(job, { status: 'running', lease });

/** Settles what was intended, and intends the next rows (null: there are none). */
export function advanced(job: ImportDoc, intent: Intent | null, lease: Lease): ImportDraft {
  if (job.intent === null) return next(job, { intent, lease });
  return next(job, { cursor: job.intent.to, rows: added(job.rows, job.intent.rows), intent, lease });
}

/** Settles the last rows and is done. */
export function finished(job: ImportDoc, at: string, rows: RowCounts = noRows): ImportDraft {
  const { intent } = job;
  const settled = intent === null ? {} : { cursor: intent.to, rows: added(job.rows, intent.rows) };
  return closed(next(job, { ...settled, intent: null, status: 'done', finishedAt: at, lease: null, ...(rows === noRows ? {} : { rows }) }));
}

export const failed = (job: ImportDoc, failure: NonNullable<ImportDoc['failure']>, at: string): ImportDraft =>
  closed(next(job, { status: 'failed', failure, finishedAt: at, lease: null }));

export const reverting = (job: ImportDoc, revert: Revert): ImportDraft => next(job, { status: 'reverting', revert, openSince: revert.at });

export const revertAdvanced = (job: ImportDoc, cursor: number, left: number, lease: Lease): ImportDraft =>
  next(job, { revert: { ...job.revert!, cursor, ...(left > 0 ? { left: (job.revert!.left ?? 0) + left } : {}) }, lease });

export const reverted = (job: ImportDoc): ImportDraft =>
  closed(next(job, { status: 'reverted', revert: { ...job.revert!, cursor: job.cursor }, lease: null }));

function closed({ openSince: _since, uploadId: _upload, ...job }: ImportDraft): ImportDraft {
  return job;
}

export function added(one: RowCounts, other: RowCounts): RowCounts {
  return {
    total: one.total + other.total,
    imported: one.imported + other.imported,
    skipped: one.skipped + other.skipped,
    duplicate: one.duplicate + other.duplicate,
    failed: one.failed + other.failed,
  };
}

export const importResource = (job: ImportDoc): Resource => ({
  kind: 'import',
  id: job._id,
  ownerId: job.ownerId,
  createdBy: job.createdBy,
});

/** As events and frames show it. */
export const summaryOf = (job: ImportDraft): ImportSummary => ({
  id: job._id,
  status: job.status,
  dryRun: job.options.dryRun,
  rows: { ...job.rows },
  createdAt: job.createdAt,
  finishedAt: job.finishedAt,
  failure: job.failure === null ? null : { ...job.failure },
  version: job.version,
});
