import { isCurrency } from '@commonpurse/shared/money';
import { looksLikeAmount, readAmountText } from './amount-text.ts';
import { fitsOf, holdsForeignAmounts, holdsOtherNumbers, isOfForeign } from './column-names.ts';
import { type Columns, isOfOther, moneyOf } from './columns.ts';
import { FileProblem } from './file-problem.ts';
import { type Header, known } from './header.ts';

type Cells = readonly string[];
const codeIn = (cells: Cells, at: number): string => (cells[at] ?? '').trim().toUpperCase();

/** Refuses a table whose amounts may be in another currency than the one that they would be read in: the owner's, or what a column says.
 *  @throws FileProblem */
export function refuseDoubtfulCurrency(header: Header, rows: readonly Cells[], columns: Columns, baseCurrency: string): void {
  if (columns.currency === null) refusePassedOver(header, rows, columns, baseCurrency);
  else refuseOfOtherAmount(header, rows, columns, columns.currency, baseCurrency);
}

/** A column whose name is not known says another currency than the owner's, in capitals (`Cup` is a word). What another amount was in does not
 *  count, nor what stands beside amounts that say theirs. */
function refusePassedOver(header: Header, rows: readonly Cells[], columns: Columns, baseCurrency: string): void {
  // What holds nothing but codes describes nothing, though there may be no better text.
  const { customFields, description: _text, ...fields } = columns;
  const used = new Set<number | null>([...Object.values(fields), ...Object.values(customFields)]);
  const money = moneyOf(columns);
  const unsaid = rows.filter((cells) => !money.some((at) => saysItsOwn(cells[at] ?? '')));
  for (const [at, name] of header.names.entries()) {
    if (used.has(at) || Object.keys(fitsOf(name)).length > 0 || isOfForeign(name) || holdsOtherNumbers(name)) continue;
    if (isOfOther({ header }, at, columns.amount)) continue;
    const codeOf = (cells: Cells): string => (cells[at] ?? '').trim();
    if (!rows.every((cells) => codeOf(cells) === '' || isCurrency(codeOf(cells)))) continue;
    const other = unsaid.map(codeOf).find((code) => code !== '' && code !== baseCurrency);
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

/** Banks write what was paid abroad, and in which currency, beside what it came to at home: each row with another currency than the owner's has
 *  another amount then, and no other row does. */
function refuseOfOtherAmount({ names }: Header, rows: readonly Cells[], columns: Columns, currency: number, baseCurrency: string): void {
  const money = moneyOf(columns);
  const digitsOf = (cells: Cells, at: number): string => (cells[at] ?? '').replaceAll(/\D/g, '');
  const isAbroad = (cells: Cells): boolean => isCurrency(codeIn(cells, currency)) && codeIn(cells, currency) !== baseCurrency;
  const hasOther = (cells: Cells, at: number): boolean =>
    looksLikeAmount(cells[at] ?? '') && /[1-9]/.test(cells[at]!) && !money.some((own) => digitsOf(cells, own) === digitsOf(cells, at));
  const isCodes = (at: number): boolean => at !== currency && rows.some((cells) => isCurrency(codeIn(cells, at)));
  if (!rows.some(isAbroad) || names.some((_, at) => isCodes(at))) return;
  const at = names.findIndex((name, each) => holdsForeignAmounts(name) && rows.every((cells) => isAbroad(cells) === hasOther(cells, each)));
  if (at < 0) return;
  const message = `"${names[currency]!.trim().slice(0, 40)}" may say what "${names[at]!.trim().slice(0, 40)}" is in${known(names)}. Name the column of the amounts' currency, or null.`;
  throw new FileProblem('columns-not-recognised', message, '/options/mapping/currency');
}
