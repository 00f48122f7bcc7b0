import { isCurrency } from '@commonpurse/shared/money';
import { type ColumnField, normalName } from './column-names.ts';
import { looksLikeDate, parseDateFormat } from './date-text.ts';
import { FileProblem } from './file-problem.ts';
import { columnNamed, type Header, known, soughtName } from './header.ts';
import type { ColumnChoice, ImportOptions } from './import-options.ts';
import { asSpent, moneyColumns, refuseInverted, typeColumn } from './money-columns.ts';
import { isStatus } from './no-transaction.ts';
import { alike, anything, cellsOf, isAmounts, isDate, isDates, isNameless, named, notRecognised, type Table } from './table.ts';

/** Which cell of a row is read for what, from 0; null: none. Either `amount`, or `debit` and `credit`. */
export type Columns = Readonly<Record<ColumnField, number | null>> & { readonly customFields: Readonly<Record<string, number>> };

/** Those that hold what was paid. */
export const moneyOf = ({ amount, debit, credit }: Columns): number[] => [amount, debit, credit].filter((at) => at !== null);

/** Resolves the mapping and guesses what it leaves out. */
export function chooseColumns(header: Header, rows: readonly (readonly string[])[], options: ImportOptions): Columns {
  const width = Math.max(header.names.length, ...rows.map((cells) => cells.length));
  const dateFormat = options.dateFormat === undefined ? null : parseDateFormat(options.dateFormat);
  const table: Table = { header, rows, width, dateFormat, taken: new Set() };
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
  const at = typeof choice === 'number' ? choice - 1 : columnNamed(header.names, soughtName(choice));
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
  const described = pick('description', () => descriptionColumn(table));
  const type = pick('type', () => (options.defaults.type === undefined ? typeColumn(table, money.amount, options.invertSign) : null));
  const labels = {
    currency: pick('currency', () => currencyColumn(table, money.amount)),
    category: pick('category', () => named(table, 'category', anything)),
    source: pick('source', () => named(table, 'source', anything)),
    tags: pick('tags', () => named(table, 'tags', anything)),
  };
  const description = described ?? (chosen.description === undefined ? longestText(table) : null);
  const isMapped = (['amount', 'debit', 'credit'] as const).some((field) => chosen[field] !== undefined);
  const isTold = type !== null || options.defaults.type !== undefined || isMapped || options.invertSign;
  if (!isTold) refuseInverted(table, money.amount, labels.category);
  return { date, ...(isTold ? money : asSpent(table, money, description)), type, ...labels, description };
}

const dateColumn = (table: Table): number | null =>
  named(table, 'date', (texts) => texts.length === 0 || isDates(table, texts)) ??
  named(table, 'date', (texts) => texts.some((text) => isDate(table, text))) ??
  likeliestDates(table);

/** Without a name that says so. What only the format that was said makes a date of may be a number as well: of several such columns none is taken. */
function likeliestDates(table: Table): number | null {
  const dates = alike(table, (texts) => isDates(table, texts));
  const sure = dates.find((at) => cellsOf(table, at).some(looksLikeDate));
  return sure ?? (dates.length === 1 ? dates[0]! : null);
}

/** A name that says so counts also where some cells are no code: their rows say what is wrong with them, and the others keep theirs. */
function currencyColumn(table: Table, amount: number | null): number | null {
  const namedOwn = (fits: (texts: readonly string[]) => boolean): number | null =>
    named(table, 'currency', (texts, at) => texts.length > 0 && fits(texts) && !isOfOther(table, at, amount));
  return (
    namedOwn((texts) => texts.every(isCode)) ??
    namedOwn((texts) => !isDates(table, texts) && !isAmounts(texts)) ??
    alike(table, (texts) => texts.every((text) => isCurrency(text.trim()))).find((at) => isNameless(table, at)) ??
    null
  );
}

/** "Transaction currency" is that of the "Transaction amount", where this is not the one that is read. */
export function isOfOther({ header }: Pick<Table, 'header'>, currency: number, amount: number | null): boolean {
  const names = header.names.map(normalName);
  const pair = names[currency]!.replace(/ currency$/, ' amount');
  return pair !== names[currency] && names.some((name, at) => name === pair && at !== amount);
}

const isCode = (text: string): boolean => /^[A-Za-z]{3}$/.test(text.trim());

/** One that holds something comes before one that nobody has filled. */
const descriptionColumn = (table: Table): number | null =>
  named(table, 'description', (texts) => texts.length > 0) ?? named(table, 'description', anything);

/** What became of a transaction does not describe it. */
function longestText(table: Table): number | null {
  const isOther = (at: number): boolean => isStatus(table.header.names[at] ?? '');
  const texts = alike(table, (cells) => !isAmounts(cells) && !isDates(table, cells)).filter((at) => !isOther(at));
  const lengthOf = (at: number): number => cellsOf(table, at).reduce((sum, text) => sum + text.length, 0);
  return texts.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0] ?? null;
}
