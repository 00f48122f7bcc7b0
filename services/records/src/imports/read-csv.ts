import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { csvFaultOf, csvOptions, isBlank, maxColumns } from './csv-syntax.ts';
import { TextSource } from './encoding.ts';
import type { FileReader, FileRow } from './file-reader.ts';
import { csvProblem } from './file-problem.ts';
import { isTorn } from './plan.ts';

export interface CsvDialect {
  readonly encoding: string;
  readonly delimiter: string;
  /** Cells that a row has; a last line with fewer and no line end was cut off. */
  readonly width: number;
}

/** Parsed in one go; a few milliseconds. */
const sliceBytes = 64 * 1024;

/** Reads CSV as a stream: memory doesn't grow with the file. */
export const readCsv: FileReader<CsvDialect> = async function* (bytes, { encoding, delimiter, width }) {
  const parser = createRecordParser(delimiter);
  let last: FileRow | undefined;
  let ending = '';
  for await (const text of textOf(bytes, encoding)) {
    ending = text.at(-1) ?? ending;
    const rows = await parser.take(text);
    last = rows.at(-1) ?? last;
    if (rows.length > 0) yield rows;
    await setImmediate();
  }
  const rest = await parser.end();
  last = rest.at(-1) ?? last;
  if (last && !isBlank(last.cells) && isTorn(last.cells, width, ending)) throw csvProblem('last-line-torn', last.number);
  if (rest.length > 0) yield rest;
};

async function* textOf(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const source = new TextSource(encoding);
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += sliceBytes) yield source.text(piece.subarray(at, at + sliceBytes));
  }
  const rest = source.text();
  if (rest !== '') yield rest;
}

/** The parser hands out records when it likes; here they come with the text that was put in, or with a later one. */
function createRecordParser(delimiter: string): { take: (text: string) => Promise<FileRow[]>; end: () => Promise<FileRow[]> } {
  const parser = parse(csvOptions(delimiter));
  let rows: FileRow[] = [];
  let count = 0;
  let wide: number | null = null;
  parser.on('data', (cells: string[]) => {
    count += 1;
    if (cells.length > maxColumns) wide ??= count;
    rows.push({ number: count, cells });
  });
  const ended = new Promise<void>((resolve, reject) => parser.on('end', resolve).on('error', reject));
  // Told where it is awaited; a file that is dropped in the middle never gets there.
  ended.catch(() => undefined);
  const taken = (): FileRow[] => {
    if (wide !== null) throw csvProblem('too-many-columns', wide);
    const done = rows;
    rows = [];
    return done;
  };
  const told = (error: unknown): unknown => {
    const fault = csvFaultOf(error);
    return fault === null ? error : csvProblem(fault, count + 1);
  };
  return {
    take: async (text) => {
      const written = new Promise<void>((resolve) => parser.write(text, () => resolve()));
      await Promise.race([written, ended]).catch((error: unknown) => Promise.reject(told(error)));
      return taken();
    },
    end: async () => {
      parser.end();
      await ended.catch((error: unknown) => Promise.reject(told(error)));
      return taken();
    },
  };
}
