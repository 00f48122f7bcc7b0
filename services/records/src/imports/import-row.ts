import { toNfc } from '@commonpurse/shared/contracts';
import { type FieldError, parseOrRefuse, Refusal } from '@commonpurse/shared/http';
import { exponentOf } from '@commonpurse/shared/money';
import { NewRecordBody, readContent } from '../entries/record-content.ts';
import type { RecordContent } from '../entries/record.ts';
import { readAmountText, type SignedDecimal, withoutSpareZeros } from './amount-text.ts';
import type { ColumnField } from './column-names.ts';
import { isBlank, widthOf } from './csv-syntax.ts';
import { markedCurrency } from './currency-marks.ts';
import { type DateFormat, lastDayOfAll, lastLikelyDay, readDateText } from './date-text.ts';
import { typeOf } from './direction-words.ts';
import type { Defaults, ImportOptions } from './import-options.ts';
import { isBalance, isFailure, isOuterBalance, isStatus } from './no-transaction.ts';
import { dateFormatIn, type Plan } from './plan.ts';

/** What becomes of one row of a file. */
export type RowVerdict =
  | { readonly kind: 'blank' }
  | { readonly kind: 'failed'; readonly errors: readonly FieldError[] }
  | { readonly kind: 'record'; readonly content: RecordContent };

/** An expense needs a category and an income a source; few statements have them. */
const defaultCategory = 'Uncategorized';
const defaultSource = 'Unknown';

type Type = 'expense' | 'income';
type Cell = (field: ColumnField) => string;

/** How the rows of one file are judged. */
interface Rules {
  readonly plan: Plan;
  readonly options: ImportOptions;
  readonly dateFormat: DateFormat;
  /** Later days were hardly meant. */
  readonly lastDay: string;
  /** Columns that are read for nothing. */
  readonly unread: readonly number[];
  /** Those of them that tell what became of each transaction. */
  readonly statuses: readonly number[];
}

/** Judges rows one by one, by the rules of POST /records. `today` is the owner's, fixed for the whole import. */
export function createRowJudge(plan: Plan, options: ImportOptions, today: string): (cells: readonly string[]) => RowVerdict {
  const unread = unreadColumns(plan);
  const statuses = unread.filter((at) => isStatus(plan.names[at] ?? ''));
  const lastDay = options.dateFormat === undefined ? lastLikelyDay(plan.dateFormat, today) : lastDayOfAll;
  const rules: Rules = { plan, options, dateFormat: dateFormatIn(plan), lastDay, unread, statuses };
  const labels: Labels = new Map();
  return (cells) => {
    if (isBlank(cells)) return { kind: 'blank' };
    if (widthOf(cells) > plan.width) {
      return failed([{ path: '', code: 'too-many-cells', message: `The row has more than ${plan.width} cells` }]);
    }
    const errors: FieldError[] = [];
    const body = bodyOf(rules, cells, errors);
    return body === null || errors.length > 0 ? failed(errors) : judged(body, today, labels);
  };
}

/** The row as a client would send it to POST /records; null, or with errors, where it can't be read. */
function bodyOf(rules: Rules, cells: readonly string[], errors: FieldError[]): Record<string, unknown> | null {
  const { plan, options } = rules;
  const { columns, currency, tagSeparator } = plan;
  const { defaults } = options;
  const cell: Cell = (field) => (columns[field] === null ? '' : (cells[columns[field]] ?? '').trim());
  const description = cell('description');
  const fault = whyNoTransaction(rules, cells, description);
  if (fault !== null) {
    errors.push({ path: '', code: 'not-a-transaction', message: fault });
    return null;
  }
  const money = readMoney(plan, options, cell, errors);
  const date = cell('date') === '' ? defaults.date : readDate(cell('date'), rules, errors);
  if (money === null) return null;
  const said = cell('currency').toUpperCase();
  const paidIn = money.mark === undefined ? said || currency : readMark(money.mark, said, currency, errors);
  return {
    type: money.type,
    amount: withoutSpareZeros(money.amount, exponentOf(paidIn) ?? 0, plan.thousandths === true),
    currency: paidIn,
    date,
    ...labelOf(money.type, cell, defaults),
    description: description || (defaults.description ?? ''),
    tags: tagsOf(cell('tags'), tagSeparator, defaults.tags ?? []),
    ...customFieldsOf(columns.customFields, cells),
  };
}

function whyNoTransaction({ plan, options, unread, statuses }: Rules, cells: readonly string[], description: string): string | null {
  const { columns } = plan;
  const isUntyped = columns.type === null && options.defaults.type === undefined;
  const isBeside = description === '' && columns.description !== null && unread.some((at) => isBalance(cells[at] ?? ''));
  if (isBeside || (isUntyped && isOuterBalance(description))) return 'The row holds a balance';
  return statuses.some((at) => isFailure(cells[at] ?? '')) ? 'The row says that no money has moved' : null;
}

function readMark(mark: string, said: string, otherwise: string, errors: FieldError[]): string {
  const currency = markedCurrency(mark, said, otherwise);
  if (currency === null) {
    const message = said === '' ? `"${mark}" can mean several currencies; give defaults.currency` : `The amount is in "${mark}"`;
    errors.push({ path: '/currency', code: said === '' ? 'currency-ambiguous' : 'currency-contradicted', message });
  }
  return currency ?? otherwise;
}

function unreadColumns({ columns: { customFields, ...fields }, width }: Plan): number[] {
  const read = new Set<number | null>([...Object.values(fields), ...Object.values(customFields)]);
  return Array.from({ length: width }, (_, at) => at).filter((at) => !read.has(at));
}

function readDate(text: string, { dateFormat, lastDay }: Rules, errors: FieldError[]): string | undefined {
  const date = readDateText(text, dateFormat);
  if (date !== null && date <= lastDay) return date;
  errors.push(
    date === null
      ? { path: '/date', code: 'date-malformed', message: `"${short(text)}" is no date written ${dateFormat.format}` }
      : { path: '/date', code: 'date-ambiguous', message: `"${short(text)}" would be ${date}; give the dateFormat` },
  );
  return undefined;
}

/** An expense has a category, an income a source; statements that sort their rows call both a category. */
function labelOf(type: Type, cell: Cell, defaults: Defaults): { category: string } | { source: string } {
  const category = cell('category') || defaults.category;
  if (type === 'expense') return { category: category || defaultCategory };
  return { source: cell('source') || defaults.source || category || defaultSource };
}

function customFieldsOf(columns: Readonly<Record<string, number>>, cells: readonly string[]): { customFields?: Record<string, string> } {
  const values = Object.entries(columns).map(([name, at]) => [name, (cells[at] ?? '').trim()] as const);
  const given = values.filter(([, text]) => text !== '');
  return given.length === 0 ? {} : { customFields: Object.fromEntries(given) };
}

const failed = (errors: readonly FieldError[]): RowVerdict => ({ kind: 'failed', errors });
const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

function judged(body: Record<string, unknown>, today: string, labels: Labels): RowVerdict {
  try {
    const parsed = parseOrRefuse(NewRecordBody, body);
    const reading = readContent(parsed.type, parsed, today);
    return 'errors' in reading ? failed(reading.errors) : { kind: 'record', content: detached(reading.content, labels) };
  } catch (error) {
    if (error instanceof Refusal && error.errors) return failed(error.errors);
    throw error;
  }
}

/** A cell is a slice of the text that was read with it: kept as such, a record would keep that whole piece of the file in memory. */
const copyOf = (text: string): string => Buffer.from(text).toString();

type Labels = Map<string, string>;
const labelsMax = 1_000;

/** Categories and tags repeat: one copy serves all rows. */
function sharedCopyOf(text: string, labels: Labels): string {
  const known = labels.get(text);
  if (known !== undefined) return known;
  if (labels.size >= labelsMax) labels.clear();
  const copy = copyOf(text);
  labels.set(copy, copy);
  return copy;
}

const detached = (content: RecordContent, labels: Labels): RecordContent => ({
  ...content,
  description: copyOf(content.description),
  category: content.category && sharedCopyOf(content.category, labels),
  source: content.source && sharedCopyOf(content.source, labels),
  tags: content.tags.map((tag) => sharedCopyOf(tag, labels)),
});

function tagsOf(text: string, separator: string, otherwise: readonly string[]): readonly string[] {
  if (text === '') return otherwise;
  const tags = text.split(separator).map((tag) => toNfc(tag.trim()));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

interface Money {
  readonly type: Type;
  /** With a minus where it contradicts the type: for the rule to refuse. */
  readonly amount: string;
  readonly mark?: string | undefined;
}

function readMoney(plan: Plan, options: ImportOptions, cell: Cell, errors: FieldError[]): Money | null {
  const said = cell('type');
  const named = said === '' ? (options.defaults.type ?? null) : typeOf(said);
  if (said !== '' && named === null)
    errors.push({ path: '/type', code: 'invalid-value', message: `"${short(said)}" is neither an expense nor an income` });
  const signed = plan.columns.amount === null ? readSides(plan, cell, errors) : readAmount(plan, 'amount', cell, errors);
  if (signed === null || errors.length > 0) return null;
  const negative = signed.negative !== options.invertSign;
  const { mark } = signed;
  if (named === null) return { type: negative ? 'expense' : 'income', amount: signed.decimal, mark };
  if (plan.columns.amount !== null) return { type: named, amount: negative ? `-${signed.decimal}` : signed.decimal, mark };
  if (negative === (named === 'expense')) return { type: named, amount: signed.decimal, mark };
  errors.push({
    path: '/type',
    code: 'type-contradicted',
    message: `The amount stands in the column of an ${negative ? 'expense' : 'income'}`,
  });
  return null;
}

function readAmount(plan: Plan, field: 'amount' | 'debit' | 'credit', cell: Cell, errors: FieldError[]): SignedDecimal | null {
  const text = cell(field);
  const reading = text === '' ? 'required' : readAmountText(text, plan.decimalSeparator);
  if (typeof reading === 'object') return reading;
  const message = {
    required: 'This is required',
    'amount-malformed': `"${short(text)}" is no amount`,
    'amount-ambiguous': `"${short(text)}" can be read in two ways; give the decimalSeparator`,
  }[reading];
  errors.push({ path: '/amount', code: reading, message });
  return null;
}

/** Of one side, where the other one is filled. */
const isNothing = (text: string): boolean => /^[-\u2013\u2014]*$/.test(text);

/** Two columns: what stands under debit went out, whether or not all of it has a minus too; what stands under credit came in. Many banks fill
 *  the other one with a zero. */
function readSides(plan: Plan, cell: Cell, errors: FieldError[]): SignedDecimal | null {
  const read = (field: 'debit' | 'credit'): SignedDecimal | null => (isNothing(cell(field)) ? null : readAmount(plan, field, cell, errors));
  const [debit, credit] = [read('debit'), read('credit')];
  if (errors.length > 0) return null;
  const filled = [debit, credit].filter((side) => side !== null && /[1-9]/.test(side.decimal));
  const fault = faultOfSides(filled.length, plan.plainDebits ? debit : null, credit);
  if (fault !== null) errors.push({ path: '/amount', ...fault });
  if (fault !== null) return null;
  return { ...filled[0]!, negative: filled[0] === debit };
}

function faultOfSides(
  filled: number,
  plainDebit: SignedDecimal | null,
  credit: SignedDecimal | null,
): { code: string; message: string } | null {
  if (filled === 0) return { code: 'required', message: 'Neither the debit nor the credit column holds an amount' };
  if (filled > 1) return { code: 'amount-ambiguous', message: 'Both the debit and the credit column hold an amount' };
  const isBelow = (side: SignedDecimal | null): boolean => side !== null && side.negative && /[1-9]/.test(side.decimal);
  if (isBelow(credit)) return { code: 'amount-not-positive', message: 'The credit column holds a minus' };
  if (isBelow(plainDebit)) return { code: 'amount-not-positive', message: 'The debit column holds a minus, though others there have none' };
  return null;
}
