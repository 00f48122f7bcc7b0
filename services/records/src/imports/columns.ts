import { looksLikeAmount, readAmountText } from './amount-text.ts';
import { type ColumnField, fitsOf, typeOf } from './column-names.ts';
import { looksLikeDate } from './date-text.ts';
import { FileProblem } from './file-problem.ts';
import { columnNamed, type Header, known } from './header.ts';
import type { ColumnChoice, ImportOptions } from './import-options.ts';

/** Which cell of a row is read for what, from 0; null: none. Either `amount`, or `debit` and `credit`. */
export type Columns = Readonly<Record<ColumnField, number | null>> & { readonly customFields: Readonly<Record<string, number>> };

interface Table {
  readonly header: Header;
  /** Records below the header, none blank. */
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
  readonly taken: Set<number>;
}

/** Resolves the mapping and guesses what it leaves out. */
export function chooseColumns(header: Header, rows: readonly (readonly string[])[], options: ImportOptions): Columns {
  const width = Math.max(header.names.length, ...rows.map((cells) => cells.length));
  const table: Table = { header, rows, width, taken: new Set() };
  const { customFields = {}, ...mapping } = options.mapping;
  const chosen: Partial<Record<ColumnField, number | null>> = {};
  for (const [field, choice] of Object.entries(mapping))
    if (choice !== undefined) chosen[field as ColumnField] = resolve(table, field, choice);
  const custom = Object.entries(customFields).map(([name, choice]) => [name, resolve(table, `customFields/${name}`, choice)!] as const);
  for (const column of [...Object.values(chosen), ...custom.map(([, at]) => at)]) if (column !== null) table.taken.add(column);
  return { ...guessed(table, chosen, options), customFields: Object.fromEntries(custom) };
}

function resolve({ header, width }: Table, field: string, choice: ColumnChoice | null): number | null {
  if (choice === null) return null;
  const at = typeof choice === 'number' ? choice - 1 : columnNamed(header.names, choice);
  if (at >= 0 && at < width) return at;
  const said =
    typeof choice === 'number'
      ? `no column ${choice}: the widest row has ${width}`
      : `no column "${choice.slice(0, 100)}"${known(header.names)}`;
  throw new FileProblem('column-not-found', `There is ${said}.`, `/options/mapping/${field}`);
}

function guessed(
  table: Table,
  chosen: Partial<Record<ColumnField, number | null>>,
  options: ImportOptions,
): Record<ColumnField, number | null> {
  const pick = (field: ColumnField, guess: () => number | null): number | null => {
    const given = chosen[field];
    if (given !== undefined) return given;
    const at = guess();
    if (at !== null) table.taken.add(at);
    return at;
  };
  const date = pick('date', () => dateColumn(table));
  if (date === null && options.defaults.date === undefined) throw notRecognised('date', table);
  const money = moneyColumns(table, chosen);
  const type = pick('type', () => (options.defaults.type === undefined ? typeColumn(table, money.amount) : null));
  return {
    date,
    ...money,
    type,
    currency: pick('currency', () => named(table, 'currency', (texts) => texts.every((text) => /^[A-Za-z]{3}$/.test(text.trim())))),
    category: pick('category', () => named(table, 'category', anything)),
    source: pick('source', () => named(table, 'source', anything)),
    tags: pick('tags', () => named(table, 'tags', anything)),
    description: pick('description', () => named(table, 'description', anything) ?? longestText(table)),
  };
}

const anything = (): boolean => true;
const mostly = (texts: readonly string[], is: (text: string) => boolean): boolean => texts.filter(is).length * 2 > texts.length;
const isDates = (texts: readonly string[]): boolean => mostly(texts, looksLikeDate);
const isAmounts = (texts: readonly string[]): boolean => mostly(texts, looksLikeAmount);

const lookedAtRows = 100;
const cellsOf = ({ rows }: Table, column: number): string[] =>
  rows.slice(0, lookedAtRows).flatMap((cells) => ((cells[column] ?? '').trim() === '' ? [] : [cells[column]!]));

/** The free column whose name fits the field best and whose cells could be that. */
function named(table: Table, field: ColumnField, fits: (texts: readonly string[]) => boolean): number | null {
  const candidates = table.header.names
    .map((name, at) => ({ at, fit: fitsOf(name)[field] ?? -1 }))
    .filter(({ at, fit }) => fit >= 0 && !table.taken.has(at))
    .toSorted((a, b) => a.fit - b.fit || a.at - b.at);
  return candidates.find(({ at }) => fits(cellsOf(table, at)))?.at ?? null;
}

/** Free columns with something in them that all look like that. */
function alike(table: Table, fits: (texts: readonly string[]) => boolean): number[] {
  const columns = Array.from({ length: table.width }, (_, at) => at).filter((at) => !table.taken.has(at));
  return columns.filter((at) => cellsOf(table, at).length > 0 && fits(cellsOf(table, at)));
}

const dateColumn = (table: Table): number | null =>
  named(table, 'date', (texts) => texts.length === 0 || isDates(texts)) ??
  named(table, 'date', (texts) => texts.some(looksLikeDate)) ??
  alike(table, isDates)[0] ??
  null;

type Money = Pick<Record<ColumnField, number | null>, 'amount' | 'debit' | 'credit'>;

function moneyColumns(table: Table, chosen: Partial<Record<ColumnField, number | null>>): Money {
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
  const namedAmount = (fits: (texts: readonly string[]) => boolean): number | null =>
    chosen.amount === null ? null : named(table, 'amount', fits);
  const amount = namedAmount((texts) => texts.length > 0 && isAmounts(texts));
  if (amount !== null) return { ...none, amount };
  if (sides.debit !== null && sides.credit !== null) return { ...none, ...sides };
  const doubtful = namedAmount(holdsAmount);
  if (doubtful !== null) return { ...none, amount: doubtful };
  if (Object.values(sides).some((at) => at !== null && cellsOf(table, at).length > 0)) return { ...none, ...sides };
  const only = holdsNamedMoney(table) ? null : onlyAmount(table);
  if (only === null) throw notRecognised('amount', table);
  return { ...none, amount: only };
}

const holdsAmount = (texts: readonly string[]): boolean => texts.some(looksLikeAmount);

const sideColumn = (table: Table, field: 'debit' | 'credit'): number | null =>
  named(table, field, (texts) => texts.length === 0 || isAmounts(texts)) ?? named(table, field, holdsAmount);

/** No other column stands in for one that is named as money and can't be read: the numbers of its rows would be taken for amounts. */
const holdsNamedMoney = (table: Table): boolean =>
  (['amount', 'debit', 'credit'] as const).some((field) => named(table, field, (texts) => texts.length > 0 && !isDates(texts)) !== null);

/** Without a name that says so: the one column of numbers, or of several the one with decimals or signs. */
function onlyAmount(table: Table): number | null {
  const numbers = alike(table, (texts) => isAmounts(texts) && !isDates(texts));
  const telling = numbers.filter((at) => cellsOf(table, at).some((text) => /[-\u2212.,(]/.test(text)));
  if (numbers.length === 1) return numbers[0]!;
  return telling.length === 1 ? telling[0]! : null;
}

/** Only where every cell is a word for one or the other, and the amounts don't tell it by their signs already. */
function typeColumn(table: Table, amount: number | null): number | null {
  const isNegative = (text: string): boolean =>
    [readAmountText(text, '.'), readAmountText(text, ',')].some((each) => typeof each === 'object' && each.negative);
  if (amount === null || cellsOf(table, amount).some(isNegative)) return null;
  return named(table, 'type', (texts) => texts.length > 0 && texts.every((text) => typeOf(text) !== null));
}

function longestText(table: Table): number | null {
  const texts = alike(table, (cells) => !isAmounts(cells) && !isDates(cells));
  const lengthOf = (at: number): number => cellsOf(table, at).reduce((sum, text) => sum + text.length, 0);
  return texts.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0] ?? null;
}

const notRecognised = (field: 'date' | 'amount', { header }: Table): FileProblem =>
  new FileProblem(
    'columns-not-recognised',
    `Which column holds the ${field}s can't be told${known(header.names)}. Name it in the mapping.`,
    `/options/mapping/${field}`,
  );
