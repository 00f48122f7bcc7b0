import { looksLikeAmount } from './amount-text.ts';
import { type ColumnField, fitsOf } from './column-names.ts';
import { type DateFormat, looksLikeDate, readDateText } from './date-text.ts';
import { FileProblem } from './file-problem.ts';
import { type Header, known } from './header.ts';

/** A file's first rows, while its columns are chosen. */
export interface Table {
  readonly header: Header;
  /** Records below the header, none blank. */
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
  /** In which its dates are written, as was said; null: nobody has. */
  readonly dateFormat: DateFormat | null;
  readonly taken: Set<number>;
}

export const anything = (): boolean => true;
export const mostly = (texts: readonly string[], is: (text: string) => boolean): boolean => texts.filter(is).length * 2 > texts.length;
/** In the format that was said, or in any known way. */
export const isDate = ({ dateFormat }: Table, text: string): boolean =>
  looksLikeDate(text) || (dateFormat !== null && readDateText(text, dateFormat) !== null);
export const isDates = (table: Table, texts: readonly string[]): boolean => mostly(texts, (text) => isDate(table, text));
export const isAmounts = (texts: readonly string[]): boolean => mostly(texts, looksLikeAmount);

const lookedAtRows = 100;
/** Of so many rows `cellsOf` gives the cells. */
export const shownRows = ({ rows }: Table): number => Math.min(rows.length, lookedAtRows);
export const cellsOf = ({ rows }: Table, column: number): string[] =>
  rows.slice(0, lookedAtRows).flatMap((cells) => ((cells[column] ?? '').trim() === '' ? [] : [cells[column]!]));

/** The free column whose name fits the field best and whose cells could be that. */
export function named(table: Table, field: ColumnField, fits: (texts: readonly string[], at: number) => boolean): number | null {
  const candidates = table.header.names
    .map((name, at) => ({ at, fit: fitsOf(name)[field] ?? -1 }))
    .filter(({ at, fit }) => fit >= 0 && !table.taken.has(at))
    .toSorted((a, b) => a.fit - b.fit || a.at - b.at);
  return candidates.find(({ at }) => fits(cellsOf(table, at), at))?.at ?? null;
}

/** Free columns with something in them that all look like that. */
export function alike(table: Table, fits: (texts: readonly string[]) => boolean): number[] {
  const columns = Array.from({ length: table.width }, (_, at) => at).filter((at) => !table.taken.has(at));
  return columns.filter((at) => cellsOf(table, at).length > 0 && fits(cellsOf(table, at)));
}

/** What such a column is for, only its cells can tell. */
export const isNameless = ({ header }: Table, column: number): boolean => (header.names[column] ?? '').trim() === '';

export const notRecognised = (field: 'date' | 'amount', { header }: Table): FileProblem =>
  new FileProblem(
    'columns-not-recognised',
    `Which column holds the ${field}s can't be told${known(header.names)}. Name it in the mapping.`,
    `/options/mapping/${field}`,
  );
