import { looksLikeAmount, readAmountText } from './amount-text.ts';
import { type ColumnField, fitsOf, holdsCosts, isAddedTax, isNamedOtherwise, isNet, normalName } from './column-names.ts';
import { isKind, isPlainExpense, isPlainType, typeOf } from './direction-words.ts';
import { FileProblem } from './file-problem.ts';
import { alike, cellsOf, isAmounts, isDates, isNameless, mostly, named, notRecognised, shownRows, type Table } from './table.ts';

type Money = Pick<Record<ColumnField, number | null>, 'amount' | 'debit' | 'credit'>;

export function moneyColumns(table: Table, chosen: Partial<Record<ColumnField, number | null>>): Money {
  const money = guessedMoney(table, chosen);
  for (const at of Object.values(money)) if (at !== null) table.taken.add(at);
  return money;
}

/** By their names, the surest first: a column that is named so is taken though few of its cells are amounts, for their rows say what is
 *  wrong with them. */
function guessedMoney(table: Table, chosen: Partial<Record<ColumnField, number | null>>): Money {
  const none = { amount: null, debit: null, credit: null };
  if (typeof chosen.amount === 'number') return { ...none, amount: chosen.amount };
  const side = (field: 'debit' | 'credit'): number | null => (chosen[field] === undefined ? sideColumn(table, field) : chosen[field]);
  const sides = { debit: side('debit'), credit: side('credit') };
  if (typeof chosen.debit === 'number' || typeof chosen.credit === 'number') return { ...none, ...sides };
  const namedAmount = (fits: (texts: readonly string[], at: number) => boolean): number | null =>
    chosen.amount === null ? null : named(table, 'amount', fits);
  const amount = namedAmount((texts, at) => areAmounts(texts) && !isUntaxed(table, at)) ?? namedAmount(areAmounts);
  if (amount !== null && hasRival(table, amount)) throw notRecognised('amount', table);
  if (amount !== null && isOtherThan(sides, table, amount)) return { ...none, ...sides };
  if (amount !== null) return { ...none, amount };
  if (sides.debit !== null && sides.credit !== null) return { ...none, ...sides };
  const doubtful = namedAmount(holdsAmount);
  if (doubtful !== null) return { ...none, amount: doubtful };
  if (Object.values(sides).some((at) => at !== null && cellsOf(table, at).length > 0)) return { ...none, ...sides };
  const only = holdsNamedMoney(table) ? null : onlyAmount(table);
  if (only === null) throw notRecognised('amount', table);
  return { ...none, amount: only };
}

/** Another column of the very same name with another amount in some row: which of the two was paid, their order does not tell. */
function hasRival(table: Table, amount: number): boolean {
  const nameOf = (at: number): string => normalName(table.header.names[at] ?? '');
  const textOf = (cells: readonly string[], at: number): string => (cells[at] ?? '').trim();
  const differs = (at: number): boolean => table.rows.some((cells) => !['', textOf(cells, amount)].includes(textOf(cells, at)));
  return alike(table, isAmounts).some((at) => at !== amount && nameOf(at) === nameOf(amount) && differs(at));
}

/** What goes by such names is often what is left or has come together, row by row. */
const sums = new Set(['value', 'sum', 'total', 'wert', 'summe', 'valor', 'som']);

/** A sum beside what went out and what came in, and no such amount in most rows. */
function isOtherThan({ debit, credit }: Pick<Money, 'debit' | 'credit'>, table: Table, amount: number): boolean {
  const name = table.header.names[amount] ?? '';
  if (debit === null || credit === null || !(sums.has(normalName(name)) || holdsCosts(name))) return false;
  const digitsOf = (cells: readonly string[], at: number): string => (cells[at] ?? '').replaceAll(/\D/g, '');
  const isOther = (cells: readonly string[]): boolean => ![debit, credit].some((at) => digitsOf(cells, at) === digitsOf(cells, amount));
  return table.rows.filter(isOther).length * 2 > table.rows.length;
}

/** What value added tax came on top of is not what was paid. */
const isUntaxed = ({ header: { names } }: Table, at: number): boolean => isNet(names[at] ?? '') && names.some(isAddedTax);

const areAmounts = (texts: readonly string[]): boolean => texts.length > 0 && isAmounts(texts);
const holdsAmount = (texts: readonly string[]): boolean => texts.some(looksLikeAmount);

const sideColumn = (table: Table, field: 'debit' | 'credit'): number | null =>
  named(table, field, (texts) => texts.length === 0 || isAmounts(texts)) ?? named(table, field, holdsAmount);

/** No other column stands in for one that is named as money and can't be read: the numbers of its rows would be taken for amounts. */
const holdsNamedMoney = (table: Table): boolean =>
  (['amount', 'debit', 'credit'] as const).some(
    (field) => named(table, field, (texts) => texts.length > 0 && !isDates(table, texts)) !== null,
  );

/** Without a name that says so: the one column of numbers, or of several the one with decimals or signs. Balances, fees, rates and
 *  numbers of accounts are called so, and are never what was paid. */
function onlyAmount(table: Table): number | null {
  const isOther = (at: number): boolean => isNamedOtherwise(table.header.names[at] ?? '');
  const numbers = alike(table, (texts) => isAmounts(texts) && !isDates(table, texts)).filter((at) => !isOther(at));
  const telling = numbers.filter((at) => cellsOf(table, at).some((text) => /[-\u2212.,(]/.test(text)));
  if (numbers.length === 1) return numbers[0]!;
  const [only, ...rivals] = telling;
  if (only === undefined || rivals.length > 0) return null;
  const mayBeAmounts = (at: number): boolean => at !== only && isNameless(table, at) && cellsOf(table, at).every(isShort);
  return cellsOf(table, only).some(isNegative) || !numbers.some(mayBeAmounts) ? only : null;
}

/** Of a number without a name: no account's or transaction's. */
const isShort = (text: string): boolean => text.trim().length <= 6;

/** Columns of what went out and of what came in, one of which each row fills. Numbers of accounts that were debited and credited fill both. */
function sidesBeside(table: Table): Money | null {
  const [debit, credit] = [sideColumn(table, 'debit'), sideColumn(table, 'credit')];
  if (debit === null || credit === null) return null;
  const holds = (cells: readonly string[], at: number): boolean => /[1-9]/.test(cells[at] ?? '');
  const isOneSided = table.rows.every((cells) => !holds(cells, debit) || !holds(cells, credit));
  return isOneSided && table.rows.some((cells) => holds(cells, debit)) ? { amount: null, debit, credit } : null;
}

/** Of amounts none of which has a minus, columns beside them may tell which went out. Else what something cost did, and what stands beside
 *  descriptions that are called expenses. */
export function asSpent(table: Table, money: Money, description: number | null): Money {
  const { amount } = money;
  const nameOf = (at: number | null): string => (at === null ? '' : (table.header.names[at] ?? ''));
  if (amount === null || cellsOf(table, amount).some(isNegative)) return money;
  const sides = sidesBeside(table);
  if (sides !== null) return sides;
  if (holdsCosts(nameOf(amount))) return { amount: null, debit: amount, credit: sideColumn(table, 'credit') };
  return isPlainExpense(nameOf(description)) ? { amount: null, debit: amount, credit: null } : money;
}

const isTypes = (texts: readonly string[]): boolean => texts.length > 0 && texts.every((text) => typeOf(text) !== null);

/** Then rows with other words are refused: without the column they would all be income. */
const areMostlyTypes = (texts: readonly string[]): boolean => mostly(texts, (text) => typeOf(text) !== null);

/** Rows with other words are refused then, too. */
const holdsPlainType = (texts: readonly string[]): boolean => texts.some(isPlainType);

/** Programs that write what was spent without a minus, and what came in with one, often say so in nothing but a category. */
export function refuseInverted({ rows }: Table, amount: number | null, category: number | null): void {
  if (amount === null || category === null) return;
  const paid = rows.filter((cells) => looksLikeAmount(cells[amount] ?? ''));
  const isSaid = (cells: readonly string[]): boolean => isPlainType(cells[category] ?? '');
  const isOut = (cells: readonly string[]): boolean => isNegative(cells[amount]!);
  const said = paid.filter(isSaid);
  const isContrary = said.length > 0 && said.every((cells) => isOut(cells) && typeOf(cells[category]!) === 'income');
  const others = paid.filter((cells) => !isSaid(cells));
  if (!isContrary || others.length < 2 || others.filter(isOut).length * 2 >= others.length) return;
  const message = `An amount of the category "${said[0]![category]!.trim()}" has a minus. Set invertSign if a minus means income, else name the amounts' column.`;
  throw new FileProblem('columns-not-recognised', message, '/options/invertSign');
}

/** Whether it went out, where the signs of the amounts don't tell by themselves: none has a minus, or some contradict words that leave no doubt. Without
 *  a name that says so, a column that no other field is known by, and in which each row has a word for one or the other. */
export function typeColumn(table: Table, amount: number | null, invertSign: boolean): number | null {
  if (amount === null) return null;
  const isSigned = cellsOf(table, amount).some(isNegative);
  const first =
    named(table, 'type', isTypes) ?? (isSigned ? null : named(table, 'type', areMostlyTypes)) ?? named(table, 'type', holdsPlainType);
  const at = first === null ? null : besideAmount(table, amount, first);
  if (at !== null) return isSigned && signsTell(table, amount, at, invertSign) ? null : at;
  return isSigned ? null : wordColumn(table, amount);
}

/** Of several columns of one name the one right behind the amount: another one says whether a balance was owed. */
function besideAmount({ header: { names } }: Table, amount: number, first: number): number {
  const nameOf = (at: number): string => normalName(names[at] ?? '');
  return nameOf(amount + 1) === nameOf(first) ? amount + 1 : first;
}

const isNegative = (text: string): boolean =>
  [readAmountText(text, '.'), readAmountText(text, ',')].some((each) => typeof each === 'object' && each.negative);

/** Words that leave no doubt agree with the signs, all of them; where kinds of transactions stand among them, most do. */
function signsTell({ rows }: Table, amount: number, type: number, invertSign: boolean): boolean {
  const said = rows.filter((cells) => looksLikeAmount(cells[amount] ?? '') && (cells[type] ?? '').trim() !== '');
  const sure = said.filter((cells) => typeOf(cells[type]!) !== null && !isKind(cells[type]!));
  const agreeing = sure.filter((cells) => (isNegative(cells[amount]!) !== invertSign) === (typeOf(cells[type]!) === 'expense'));
  return sure.length === said.length ? agreeing.length === sure.length : agreeing.length * 2 >= sure.length;
}

function wordColumn(table: Table, amount: number): number | null {
  const columns = alike(table, (texts) => texts.length === shownRows(table) && isTypes(texts));
  const saysBoth = (at: number): boolean => new Set(cellsOf(table, at).map(typeOf)).size === 2;
  const isUnknown = (at: number): boolean => saysBoth(at) && Object.keys(fitsOf(table.header.names[at]!)).length === 0;
  const fitting = columns.filter((at) => isNameless(table, at) || isUnknown(at));
  return fitting.find((at) => at === amount + 1) ?? fitting[0] ?? null;
}
