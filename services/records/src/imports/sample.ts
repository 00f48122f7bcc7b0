import { parse } from 'csv-parse/sync';
import { csvFaultOf, csvOptions, type CsvFault, type Delimiter, maxColumns } from './csv-syntax.ts';

/** The beginning of a file, decoded. */
export interface Sample {
  readonly text: string;
  /** There is nothing behind it. */
  readonly whole: boolean;
}

export interface SampleRecords {
  readonly records: readonly (readonly string[])[];
  /** All of the file's records. */
  readonly whole: boolean;
  readonly fault: { readonly code: CsvFault; readonly row: number } | null;
}

/** The sample's records, at most `limit`; without the last one where it may have been cut. */
export function recordsOf(sample: Sample, delimiter: Delimiter, limit: number): SampleRecords {
  const records: string[][] = [];
  const fault = collect(sample.text, delimiter, limit, records);
  const cut = !sample.whole && records.length < limit;
  if (cut && fault === null) records.pop();
  const wide = records.findIndex((cells) => cells.length > maxColumns);
  if (wide >= 0) return { records, whole: false, fault: { code: 'too-many-columns', row: wide + 1 } };
  const real = fault === 'quote-not-closed' && !sample.whole ? null : fault;
  const whole = sample.whole && fault === null && records.length < limit;
  return { records, whole, fault: real === null ? null : { code: real, row: records.length + 1 } };
}

function collect(text: string, delimiter: Delimiter, limit: number, records: string[][]): 'quote-not-closed' | 'record-too-large' | null {
  const keep = (record: string[]): null => {
    records.push(record);
    return null;
  };
  try {
    parse(text, { ...csvOptions(delimiter), to: limit, on_record: keep });
    return null;
  } catch (error) {
    const fault = csvFaultOf(error);
    if (fault === null) throw error;
    return fault;
  }
}
