import { looksLikeAmount } from './amount-text.ts';
import { holdsOtherNumbers } from './column-names.ts';
import type { Columns } from './columns.ts';
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
  const { amount, debit, credit } = columns;
  const money = [amount, debit, credit];
  const used = new Set<unknown>([...Object.values(columns), ...Object.values(columns.customFields)]);
  const isNameless = (at: number): boolean => (names[at] ?? '').trim() === '' && !used.has(at);
  const fitting = rows.filter((cells) => widthOf(cells) <= width);
  for (const at of money) {
    if (at === null || at + 1 >= width || money.includes(at + 1) || holdsOtherNumbers(names[at + 1] ?? '')) continue;
    const pairs = fitting.map((cells) => [textOf(cells, at), textOf(cells, at + 1)] as const).filter(([text]) => text !== '');
    const torn = (isNameless(at + 1) ? tornDecimals(pairs) : null) ?? tornThousands(pairs);
    if (torn !== null) return torn.join(',');
  }
  return null;
}

type Pair = readonly [text: string, next: string];
const textOf = (cells: Cells, at: number): string => (cells[at] ?? '').trim();

/** All of them have two digits beside them, and none has decimals of its own. A column with a name, or one that is read, has two digits of its own. */
const tornDecimals = (pairs: readonly Pair[]): Pair | null =>
  pairs.every(([text, next]) => /^[^.,]*\d$/.test(text) && /^\d\d$/.test(next)) ? (pairs[0] ?? null) : null;

/** One is followed by three digits and decimals, in a column that mostly holds something else. */
function tornThousands(pairs: readonly Pair[]): Pair | null {
  const others = pairs.filter(([, next]) => !looksLikeAmount(next));
  if (others.length * 2 < pairs.length) return null;
  return pairs.find(([text, next]) => /^\D?\d{1,3}$/.test(text) && /^\d{3}\.\d\d$/.test(next)) ?? null;
}
