import { isCurrency } from '@commonpurse/shared/money';
import { readAmountText } from './amount-text.ts';
import { holdsOtherNumbers, isOfForeign } from './column-names.ts';
import { type Columns, isOfOther } from './columns.ts';
import { FileProblem } from './file-problem.ts';
import { type Header, known } from './header.ts';

type Cells = readonly string[];
const codeIn = (cells: Cells, at: number): string => (cells[at] ?? '').trim().toUpperCase();

/** Refuses a table that has no column of currencies, but one that is read for nothing and says another one than the owner's: amounts would be
 *  taken for what they are not. What another amount was in does not count, nor what stands beside amounts that say theirs.
 *  @throws FileProblem */
export function refusePassedOver(header: Header, rows: readonly Cells[], columns: Columns, baseCurrency: string): void {
  if (columns.currency !== null) return;
  // What holds nothing but codes describes nothing, though there may be no better text.
  const { customFields, description: _text, ...fields } = columns;
  const used = new Set<number | null>([...Object.values(fields), ...Object.values(customFields)]);
  const money = [columns.amount, columns.debit, columns.credit].filter((at) => at !== null);
  const unsaid = rows.filter((cells) => !money.some((at) => saysItsOwn(cells[at] ?? '')));
  for (const [at, name] of header.names.entries()) {
    if (used.has(at) || isOfForeign(name) || holdsOtherNumbers(name) || isOfOther({ header }, at, columns.amount)) continue;
    if (!rows.every((cells) => codeIn(cells, at) === '' || isCurrency(codeIn(cells, at)))) continue;
    const other = unsaid.map((cells) => codeIn(cells, at)).find((code) => code !== '' && code !== baseCurrency);
    if (other === undefined) continue;
    const message = `"${name.trim().slice(0, 40)}" says ${other}, and nothing that the amounts are in ${baseCurrency}${known(header.names)}. Name the column of their currency, or null.`;
    throw new FileProblem('columns-not-recognised', message, '/options/mapping/currency');
  }
}

/** An amount with a currency beside it. */
function saysItsOwn(text: string): boolean {
  const readings = [readAmountText(text, '.'), readAmountText(text, ',')];
  return readings.some((reading) => typeof reading === 'object' && reading.mark !== undefined);
}
