import type { Options } from 'csv-parse';

/** One character between two cells. */
export type Delimiter = string;

/** More cells than any bank sends; a file with more is something else. */
export const maxColumns = 100;
/** Characters of one record. A quote that never closes swallows no more than this. */
export const maxRecordChars = 128 * 1024;

/** RFC 4180 as banks bend it: any line end, any number of cells, quotes in the middle of a cell are just quotes, blank lines count. */
export const csvOptions = (delimiter: Delimiter): Options => ({
  delimiter,
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: false,
  max_record_size: maxRecordChars,
});

/** Why a file can't be read as CSV, in codes that a client sees. */
export type CsvFault = 'quote-not-closed' | 'record-too-large' | 'too-many-columns' | 'last-line-torn';

/** The parser's word for what is wrong; null for anything else than the file's fault. */
export function csvFaultOf(error: unknown): 'quote-not-closed' | 'record-too-large' | null {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'quote-not-closed';
  return code === 'CSV_MAX_RECORD_SIZE' ? 'record-too-large' : null;
}

/** A record is blank when there is nothing in it but white space. */
export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** How many cells a record has, not counting empty ones at its end. */
export function widthOf(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 0 && cells[width - 1]!.trim() === '') width -= 1;
  return width;
}
