import type { FieldError } from '@commonpurse/shared/http';
import type { Doc } from '@commonpurse/shared/documents';
import type { ContentBody } from '../entries/record-content.ts';

export interface RowError extends FieldError {
  /** Counts the file's records, header and blank ones included, from 1. */
  readonly row: number;
}

/** What an import's first reading of its file has found, under the import's id. Apart from the job, which is written again with every batch. */
export interface ImportReport extends Doc {
  /** The first 1,000. */
  readonly errors: readonly RowError[];
  /** The first rows as POST /records would take them. */
  readonly preview: readonly (ContentBody & { readonly row: number; readonly type: 'expense' | 'income' })[];
}
