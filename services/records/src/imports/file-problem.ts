import { maxColumns, maxRecordChars } from './csv-syntax.ts';

/** What of a file, or of what was said about it, keeps it from being read at all. Closed: clients act on these. */
export type FileProblemCode =
  | 'empty-file'
  | 'binary-file'
  | 'nul-bytes'
  | 'wrong-encoding'
  | 'quote-not-closed'
  | 'record-too-large'
  | 'too-many-columns'
  | 'last-line-torn'
  | 'no-rows'
  | 'header-row-missing'
  | 'column-not-found'
  | 'columns-not-recognised'
  | 'date-format-ambiguous'
  | 'date-format-unknown'
  | 'decimal-separator-ambiguous'
  | 'currency-ambiguous'
  | 'file-lost';

/** Thrown by everything that reads a file: seen at upload it is a refusal, later the job's failure. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  readonly code: FileProblemCode;
  /** `/file`, or the option that would help or is wrong, as `/options/mapping/amount`. */
  readonly path: string;
  constructor(code: FileProblemCode, message: string, path = '/file') {
    super(message);
    this.code = code;
    this.path = path;
  }
}

const csvFaults = {
  'quote-not-closed': 'is never closed: the file may be torn',
  'record-too-large': `is longer than ${maxRecordChars.toLocaleString('en')} characters`,
  'too-many-columns': `has more than ${maxColumns} columns`,
  'last-line-torn': 'is cut off: it has fewer cells than the others and no line end',
} as const;

/** What is wrong with the file as CSV, at a record counted from 1. */
export const csvProblem = (code: keyof typeof csvFaults, row: number): FileProblem =>
  new FileProblem(
    code,
    code === 'quote-not-closed' ? `A quote opened in record ${row} ${csvFaults[code]}.` : `Record ${row} ${csvFaults[code]}.`,
  );
