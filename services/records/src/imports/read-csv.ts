import { setImmediate } from 'node:timers/promises';
import { CsvFault, RecordSplitter } from './csv-records.ts';
import { maxColumns } from './csv-syntax.ts';
import { TextSource } from './encoding.ts';
import type { FileReader, FileRow } from './file-reader.ts';
import { csvProblem } from './file-problem.ts';
import { isTorn } from './plan.ts';

interface CsvDialect {
  readonly encoding: string;
  readonly delimiter: string;
  /** Cells that a row has; a last line with fewer and no line end was cut off. */
  readonly width: number;
}

/** Read in one go; a few milliseconds with all that is done to its rows. */
const sliceBytes = 64 * 1024;

/** Reads CSV as a stream: memory doesn't grow with the file, and others get their turn. */
export const readCsv: FileReader<CsvDialect> = async function* (bytes, { encoding, delimiter, width }) {
  const splitter = new RecordSplitter(delimiter);
  let count = 0;
  let ending = '';
  const rowsOf = (records: () => string[][]): FileRow[] => {
    const rows = split(records).map((cells) => ({ number: (count += 1), cells }));
    const wide = rows.find(({ cells }) => cells.length > maxColumns);
    if (wide) throw csvProblem('too-many-columns', wide.number);
    return rows;
  };
  for await (const text of textOf(bytes, encoding)) {
    ending = text.at(-1) ?? ending;
    yield rowsOf(() => splitter.take(text));
    await setImmediate();
  }
  const rest = rowsOf(() => splitter.end());
  const last = rest.at(-1);
  if (last && isTorn(last.cells, width, ending)) throw csvProblem('last-line-torn', last.number);
  yield rest;
};

function split(records: () => string[][]): string[][] {
  try {
    return records();
  } catch (error) {
    throw error instanceof CsvFault ? csvProblem(error.code, error.behind + 1) : error;
  }
}

async function* textOf(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const source = new TextSource(encoding);
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += sliceBytes) yield source.text(piece.subarray(at, at + sliceBytes));
  }
  const rest = source.text();
  if (rest !== '') yield rest;
}
