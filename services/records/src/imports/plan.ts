import { exponentOf, isCurrency } from '@commonpurse/shared/money';
import { type DecimalSeparator, guessDecimal, haveThousandths, looksLikeAmount, readAmountText } from './amount-text.ts';
import { chooseColumns, type Columns, moneyOf } from './columns.ts';
import { isBlank, widthOf } from './csv-syntax.ts';
import { markedCurrency, markIn } from './currency-marks.ts';
import { type DateFormat, guessDateFormat, parseDateFormat } from './date-text.ts';
import { guessDelimiter } from './delimiter.ts';
import { refuseDoubtfulCurrency } from './doubtful-currency.ts';
import { csvProblem, FileProblem } from './file-problem.ts';
import { findHeader, type Header, known } from './header.ts';
import type { ImportOptions, Mapping } from './import-options.ts';
import { recordsOf, type Sample, type SampleRecords } from './sample.ts';
import { tornAmount, type TornTable } from './torn-amount.ts';

/** How a file is read: what was said about it, completed by what its first rows show. Kept in the job, so that every instance and every
 *  try reads it alike. */
export interface Plan {
  readonly delimiter: string;
  /** Counted from 1; 0: none. */
  readonly headerRow: number;
  /** Cells that a row may have; one with more holds a separator that belongs to a cell. */
  readonly width: number;
  /** The columns' names, where there are any. */
  readonly names: readonly string[];
  readonly columns: Columns;
  readonly dateFormat: string;
  /** Null: the sampled amounts have none, so each must tell by itself. */
  readonly decimalSeparator: DecimalSeparator | null;
  /** Some of the sampled debits have no minus, so that one is not how they are written. Absent: nobody has looked. */
  readonly plainDebits?: boolean;
  /** All sampled amounts have three decimals, so that they are no thousands. Absent: nobody has looked. */
  readonly thousandths?: boolean;
  readonly tagSeparator: string;
  /** Of rows that don't name theirs. */
  readonly currency: string;
}

const sampledRecords = 1_000;

/** @param baseCurrency the owner's: what amounts are in where nothing says otherwise
 *  @throws FileProblem */
export function planImport(sample: Sample, options: ImportOptions, baseCurrency: string): Plan {
  const delimiter = options.delimiter ?? guessDelimiter(sample, options.mapping);
  const read = recordsOf(sample, delimiter, sampledRecords);
  if (read.fault) throw csvProblem(read.fault.code, read.fault.row);
  const header = findHeader(read.records, options.headerRow, options.mapping);
  const rows = read.records.slice(header.row).filter((cells) => !isBlank(cells));
  if (rows.length === 0)
    throw new FileProblem('no-rows', header.row === 0 ? 'The file holds blank lines only.' : 'The file holds no rows below its header.');
  const columns = chooseColumns(header, rows, options);
  const currency = currencyOf(header, rows, columns, options, baseCurrency);
  const currencies = currenciesIn(rows, columns, currency);
  const width = tableWidth(header, rows, options.mapping);
  refuseTorn(sample, read, width);
  if (delimiter === ',' && options.decimalSeparator === undefined && !areWhole(currencies))
    refuseTornAmounts({ names: header.names, rows, width }, columns);
  const amounts = amountsOf(rows, columns);
  const decimalSeparator = options.decimalSeparator ?? decimalOf(amounts, currencies);
  return {
    delimiter,
    headerRow: header.row,
    width,
    names: header.names,
    columns,
    dateFormat: options.dateFormat ?? dateFormatOf(texts(rows, columns.date), read.whole),
    decimalSeparator,
    plainDebits: texts(rows, columns.debit).some((text) => isPlain(text, decimalSeparator)),
    thousandths: haveThousandths(amounts, decimalSeparator),
    tagSeparator: options.tagSeparator ?? tagSeparatorOf(texts(rows, columns.tags)),
    currency,
  };
}

/** As wide as the header; as the widest row where there is no header, or where a column beyond its names was asked for. */
function tableWidth({ names }: Header, rows: readonly (readonly string[])[], { customFields = {}, ...fields }: Mapping): number {
  const numbers = [...Object.values(fields), ...Object.values(customFields)].filter((choice) => typeof choice === 'number');
  const named = namedWidth(names, rows);
  return named >= Math.max(1, ...numbers) ? named : Math.max(...numbers, ...rows.map(widthOf));
}

/** Cells without a name at the header's end count where most rows fill them, with other things than numbers: those could be the decimals
 *  of an amount that was torn at its comma. */
function namedWidth(names: readonly string[], rows: readonly (readonly string[])[]): number {
  const width = widthOf(names);
  const beyond = rows.map((cells) => cells.slice(width).filter((cell) => cell.trim() !== '')).filter((cells) => cells.length > 0);
  return beyond.length * 2 > rows.length && !beyond.flat().some(looksLikeAmount) ? Math.max(width, names.length) : width;
}

const texts = (rows: readonly (readonly string[])[], column: number | null): string[] =>
  column === null ? [] : rows.flatMap((cells) => ((cells[column] ?? '').trim() === '' ? [] : [cells[column]!]));

function refuseTorn(sample: Sample, read: SampleRecords, width: number): void {
  const last = read.records.at(-1);
  if (read.whole && last && isTorn(last, width, sample.text)) throw csvProblem('last-line-torn', read.records.length);
}

/** A last record without a line end that lacks cells was cut off; what is left of it might still look right. */
export const isTorn = (last: readonly string[], width: number, text: string): boolean =>
  last.length < width && !isBlank(last) && !/[\r\n]$/.test(text);

function dateFormatOf(dates: readonly string[], whole: boolean): string {
  // Nothing but defaults: any format will do.
  if (dates.length === 0) return 'yyyy-MM-dd';
  const guess = guessDateFormat(dates, whole);
  if ('format' in guess) return guess.format;
  const example = guess.example.slice(0, 40);
  if (guess.problem === 'date-format-unknown') {
    throw new FileProblem('date-format-unknown', `"${example}" is no date in a known format. Give the dateFormat.`, '/options/dateFormat');
  }
  const message = `Dates like "${example}" can be read as ${guess.candidates.join(' or ')}. Give the dateFormat.`;
  throw new FileProblem('date-format-ambiguous', message, '/options/dateFormat');
}

function isPlain(text: string, separator: DecimalSeparator | null): boolean {
  const reading = readAmountText(text, separator);
  return typeof reading === 'object' && !reading.negative && /[1-9]/.test(reading.decimal);
}

const amountsOf = (rows: readonly (readonly string[])[], columns: Columns): string[] => moneyOf(columns).flatMap((at) => texts(rows, at));

function currenciesIn(rows: readonly (readonly string[])[], columns: Columns, otherwise: string): string[] {
  const said = texts(rows, columns.currency);
  return said.length === rows.length ? said : [...said, otherwise];
}

const areWhole = (currencies: readonly string[]): boolean => currencies.every((code) => exponentOf(code.trim().toUpperCase()) === 0);

function refuseTornAmounts(table: TornTable, columns: Columns): void {
  const torn = tornAmount(table, columns);
  if (torn === null) return;
  const message = `"${torn}" can be one amount or two cells. Quote such amounts, or give the decimalSeparator.`;
  throw new FileProblem('decimal-separator-ambiguous', message, '/options/decimalSeparator');
}

/** In currencies without decimals, whatever could be thousands or decimals is thousands. */
function decimalOf(amounts: readonly string[], currencies: readonly string[]): DecimalSeparator | null {
  const guess = guessDecimal(amounts);
  if ('separator' in guess) return guess.separator;
  const [one, other] = guess.conflict;
  if (one === other && areWhole(currencies)) return one.includes(',') ? '.' : ',';
  const message = one === other ? `"${one}" can be read in two ways.` : `"${one}" and "${other}" have different decimal separators.`;
  throw new FileProblem('decimal-separator-ambiguous', `${message} Give the decimalSeparator.`, '/options/decimalSeparator');
}

const tagSeparatorOf = (cells: readonly string[]): string =>
  [';', '|', ','].find((mark) => cells.some((cell) => cell.includes(mark))) ?? ',';

/** Of rows that don't name theirs: as told, else as the name of the amounts says ("Betrag (EUR)", "Paid out (£)"), else the owner's. */
function currencyOf(
  header: Header,
  rows: readonly (readonly string[])[],
  columns: Columns,
  { mapping, defaults }: ImportOptions,
  baseCurrency: string,
): string {
  const { names } = header;
  const otherwise = defaults.currency ?? baseCurrency;
  const marks = moneyOf(columns).map((at) => markIn(names[at] ?? ''));
  const [mark, other] = new Set(marks.filter((each) => each !== null));
  if (mark === undefined) {
    if (mapping.currency === undefined && defaults.currency === undefined) refuseDoubtfulCurrency(header, rows, columns, baseCurrency);
    return otherwise;
  }
  const named = markedCurrency(mark, '', otherwise);
  if (other !== undefined && defaults.currency === undefined && named !== markedCurrency(other, '', otherwise)) {
    const message = `What went out and what came in are named ${mark} and ${other}. Name one column of amounts, or give defaults.currency.`;
    throw new FileProblem('columns-not-recognised', message, '/options/mapping/amount');
  }
  const said = texts(rows, columns.currency);
  if (named !== null && mapping.currency === undefined) refuseOtherCurrency(named, names, said);
  if (named === null && defaults.currency === undefined && said.length < rows.length) {
    const message = `"${mark}" can mean several currencies. Give defaults.currency.`;
    throw new FileProblem('currency-ambiguous', message, '/options/defaults/currency');
  }
  return defaults.currency ?? named ?? baseCurrency;
}

/** "Amount (EUR)" beside a "Currency" that says USD: this may be what another column is in. */
function refuseOtherCurrency(ofAmounts: string, names: readonly string[], said: readonly string[]): void {
  const other = said.map((code) => code.trim().toUpperCase()).find((code) => isCurrency(code) && code !== ofAmounts);
  if (other === undefined) return;
  const message = `The amounts are named ${ofAmounts}, but a row says ${other}${known(names)}. Name the column of their currency, or null.`;
  throw new FileProblem('columns-not-recognised', message, '/options/mapping/currency');
}

/** The plan's date format, compiled. */
export const dateFormatIn = ({ dateFormat }: Plan): DateFormat => {
  const format = parseDateFormat(dateFormat);
  if (format === null) throw new Error(`a plan with the date format ${dateFormat}`);
  return format;
};
