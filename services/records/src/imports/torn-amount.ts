import { looksLikeAmount } from './amount-text.ts';
import { holdsOtherNumbers } from './column-names.ts';
import { type Columns, moneyOf } from './columns.ts';
import { widthOf } from './csv-syntax.ts';

type Cells = readonly string[];
export interface TornTable {
  readonly names: Cells;
  /** Below the header. */
  readonly rows: readonly Cells[];
  /** Cells that a row may have: one with more is refused anyway. */
  readonly width: number;
}

/** An amount that a file with commas between its cells may have torn in two: `-4,85` into -4 and 85, or `2,345.67` into 2 and 345.67. As it would be
 *  written; null: there is none. What is left of it would be read as another amount. */
export function tornAmount({ names, rows, width }: TornTable, columns: Columns): string | null {
  const money = moneyOf(columns);
  const used = new Set<unknown>([...Object.values(columns), ...Object.values(columns.customFields)]);
  const isNameless = (at: number): boolean => (names[at] ?? '').trim() === '' && !used.has(at);
  const fitting = rows.filter((cells) => widthOf(cells) <= width);
  const due = names.length > 0 ? names.length : Math.min(...rows.map((cells) => cells.length));
  for (const at of money) {
    if (at + 1 >= width || money.includes(at + 1) || holdsOtherNumbers(names[at + 1] ?? '')) continue;
    const filled = fitting.filter((cells) => textOf(cells, at) !== '');
    const pairs = filled.map((cells): Pair => ({ text: textOf(cells, at), next: textOf(cells, at + 1), isLong: cells.length > due }));
    const torn = (isNameless(at + 1) ? tornDecimals(pairs) : null) ?? tornThousands(pairs);
    if (torn !== null) return `${torn.text},${torn.next}`;
  }
  return null;
}

interface Pair {
  readonly text: string;
  /** What stands behind it. */
  readonly next: string;
  /** Its row has more cells than it should, empty ones included. */
  readonly isLong: boolean;
}
const textOf = (cells: Cells, at: number): string => (cells[at] ?? '').trim();

/** All of them have two digits beside them, and none has decimals of its own. A column with a name, or one that is read, has two digits of its own. */
const tornDecimals = (pairs: readonly Pair[]): Pair | null =>
  pairs.every(({ text, next }) => /^[^.,]*\d$/.test(text) && /^\d\d$/.test(next)) ? (pairs[0] ?? null) : null;

/** One is followed by three digits and decimals, in a column that mostly holds something else, or in a row that is too long. */
function tornThousands(pairs: readonly Pair[]): Pair | null {
  const numbers = pairs.filter(({ next }) => looksLikeAmount(next));
  const isOfTexts = pairs.filter(({ next }) => next !== '').length >= numbers.length * 2;
  const isTorn = ({ text, next }: Pair): boolean => /^\D?\d{1,3}$/.test(text) && /^\d{3}\.\d\d$/.test(next);
  return numbers.find((pair) => isTorn(pair) && (isOfTexts || pair.isLong)) ?? null;
}
