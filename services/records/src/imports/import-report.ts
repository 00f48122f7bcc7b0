import type { FieldError } from '@commonpurse/shared/http';
import type { Doc, Draft } from '@commonpurse/shared/documents';
import type { ContentBody } from '../entries/record-content.ts';

export interface RowError extends FieldError {
  /** Counts the file's records, header and blank ones included, from 1. */
  readonly row: number;
}

/** What an import has found in its file, under the import's id. Apart from the job, which is written again with every batch. */
export interface ImportReport extends Doc {
  /** Errors of rows up to this number are in here. */
  readonly upTo: number;
  /** The first 1,000. */
  readonly errors: readonly RowError[];
  /** The first rows as POST /records would take them. */
  readonly preview: readonly (ContentBody & { readonly row: number; readonly type: 'expense' | 'income' })[];
}

export const keptErrors = 1_000;

/** The report with the errors of rows up to this number; null where nothing is new in that. */
export function withErrors(report: ImportReport, errors: readonly RowError[], upTo: number): Draft<ImportReport> | null {
  if (report.upTo >= upTo || errors.length === 0 || report.errors.length >= keptErrors) return null;
  const { _id, version, preview } = report;
  return { _id, version: version + 1, preview, upTo, errors: [...report.errors, ...errors].slice(0, keptErrors) };
}
