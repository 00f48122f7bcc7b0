import { CsvFault, RecordSplitter } from './csv-records.ts';
import { type Delimiter, maxColumns } from './csv-syntax.ts';
import { TextSource } from './encoding.ts';

/** The beginning of a file, decoded. */
export interface Sample {
  readonly text: string;
  /** There is nothing behind it. */
  readonly whole: boolean;
}

/** The beginning of a file as text; a character that was cut in two at its end is left out. */
export function sampleOf(first: Buffer, encoding: string, whole: boolean): Sample {
  const source = new TextSource(encoding);
  const text = source.text(first);
  return { text: whole ? text + source.text() : text, whole };
}

export interface SampleRecords {
  readonly records: readonly (readonly string[])[];
  /** All of the file's records. */
  readonly whole: boolean;
  readonly fault: { readonly code: 'quote-not-closed' | 'record-too-large' | 'too-many-columns'; readonly row: number } | null;
}

/** The sample's records, at most `limit`; without the last one where it may have been cut. */
export function recordsOf(sample: Sample, delimiter: Delimiter, limit: number): SampleRecords {
  const { records, fault } = split(sample, delimiter, limit);
  const wide = records.findIndex((cells) => cells.length > maxColumns);
  if (wide >= 0) return { records, whole: false, fault: { code: 'too-many-columns', row: wide + 1 } };
  const whole = sample.whole && fault === null && records.length < limit;
  return { records, whole, fault: fault === null ? null : { code: fault.code, row: fault.behind + 1 } };
}

function split(sample: Sample, delimiter: Delimiter, limit: number): { records: string[][]; fault: CsvFault | null } {
  const splitter = new RecordSplitter(delimiter);
  const records: string[][] = [];
  try {
    records.push(...splitter.take(sample.text, limit));
    if (sample.whole) records.push(...splitter.end(limit - records.length));
    return { records, fault: null };
  } catch (error) {
    if (error instanceof CsvFault) return { records, fault: error };
    throw error;
  }
}
