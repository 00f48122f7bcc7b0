import { currenciesOf } from './currency-marks.ts';

/** Between the whole part and the decimals; the other of the two groups thousands. */
export type DecimalSeparator = '.' | ',';

/** A number as a statement writes it, read: sign and a plain decimal (`"1234.50"`), ready for `parseAmount`. */
export interface SignedDecimal {
  readonly negative: boolean;
  readonly decimal: string;
  /** What is written beside it, as one of `currenciesOf`. */
  readonly mark?: string;
}
type AmountTextProblem = 'amount-malformed' | 'amount-ambiguous';
type AmountReading = SignedDecimal | AmountTextProblem;

const minus = /[-\u2212]/;
const signed = /^([-+\u2212]?)\s*([\d.,]+)\s*([-+\u2212]?)$/;
const longestText = 64;

/** Reads an amount cell. A minus stands before or behind (`-12.50`, `12,50-`, also U+2212), or brackets mean it (`(12.50)`); a plus may
 *  stand where a minus may. Thousands are grouped in threes by the other separator, by spaces or by apostrophes, or not at all. The sign
 *  or code of a currency may stand beside it. `decimal` null: whatever can be meant in one way only.  */
export function readAmountText(text: string, decimal: DecimalSeparator | null): AmountReading {
  const parts = partsOf(text);
  if (parts === null) return 'amount-malformed';
  const separator = decimal ?? separatorIn(parts.digits);
  if (separator === 'ambiguous') return 'amount-ambiguous';
  const plain = plainDecimal(parts.digits, separator);
  if (plain === null) return 'amount-malformed';
  const { negative, mark } = parts;
  return mark === undefined ? { negative, decimal: plain } : { negative, decimal: plain, mark };
}

interface Parts {
  readonly negative: boolean;
  /** With points and commas. */
  readonly digits: string;
  readonly mark?: string | undefined;
}

function partsOf(text: string): Parts | null {
  const trimmed = text.trim();
  if (trimmed.length > longestText) return null;
  const match = signed.exec(trimmed);
  if (!match) return adornedPartsOf(trimmed);
  const [, before = '', digits = '', after = ''] = match;
  if (before !== '' && after !== '') return null;
  return { negative: minus.test(before + after), digits };
}

const adorned = /^([^\d]*)(\d(?:[\d.,\s'\u2019]*\d)?)([^\d]*)$/;
/** The same mark between all of them. */
const grouped = /^\d{1,3}([\s'\u2019])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/;

/** In brackets, with a currency beside it, or with spaces or apostrophes between its thousands: `(12.50)`, `-4,85 EUR`, `$-5`, `1 234,50`. */
function adornedPartsOf(text: string): Parts | null {
  const match = adorned.exec(text);
  if (!match) return null;
  const [, before = '', number = '', after = ''] = match;
  const isGrouped = grouped.test(number);
  if (!isGrouped && !/^[\d.,]+$/.test(number)) return null;
  const beside = `${before} ${after}`.trim();
  const isBracketed = before.startsWith('(') && after.endsWith(')');
  const signs = (isBracketed ? beside.slice(1, -1) : beside).match(/[-+\u2212]/g) ?? [];
  const mark = (isBracketed ? beside.slice(1, -1) : beside).replace(/[-+\u2212]/, '').trim();
  if (signs.length > (isBracketed ? 0 : 1) || (mark !== '' && currenciesOf(mark).length === 0)) return null;
  const digits = isGrouped ? number.replaceAll(/[\s'\u2019]/g, '') : number;
  return { negative: isBracketed || (signs.length > 0 && minus.test(signs[0]!)), digits, mark: mark === '' ? undefined : mark };
}

const shapes = {
  '.': /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/,
  ',': /^(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d+))?$/,
} as const;

function plainDecimal(digits: string, separator: DecimalSeparator): string | null {
  const match = shapes[separator].exec(digits);
  if (!match) return null;
  const [, whole = '', fraction] = match;
  const ungrouped = whole.replaceAll(separator === '.' ? ',' : '.', '');
  return fraction === undefined ? ungrouped : `${ungrouped}.${fraction}`;
}

/** The only separator these digits can have; a number without any reads alike with both. */
function separatorIn(digits: string): DecimalSeparator | 'ambiguous' {
  const point = digits.lastIndexOf('.');
  const comma = digits.lastIndexOf(',');
  if (point >= 0 && comma >= 0) return point > comma ? '.' : ',';
  const at = Math.max(point, comma);
  if (at < 0) return '.';
  const [own, other] = point >= 0 ? (['.', ','] as const) : ([',', '.'] as const);
  if (digits.indexOf(own) !== at) return other;
  const grouping = digits.length - at === 4 && at >= 1 && at <= 3 && !digits.startsWith('0');
  return grouping ? 'ambiguous' : own;
}

/** Without the zeros behind the decimals that a currency has, which say nothing. Three decimals may be thousands that somebody grouped: they stay
 *  unless all amounts beside it have three (`areThousandths`). */
export function withoutSpareZeros(decimal: string, digits: number, areThousandths: boolean): string {
  const point = decimal.indexOf('.');
  const has = point < 0 ? 0 : decimal.length - point - 1;
  if (has <= digits || (has === 3 && !areThousandths)) return decimal;
  const spare = decimal.slice(point + 1 + digits);
  return /[^0]/.test(spare) ? decimal : decimal.slice(0, digits === 0 ? point : point + 1 + digits);
}

/** Whether all of these have three decimals, or are a plain zero. */
export function haveThousandths(texts: readonly string[], separator: DecimalSeparator | null): boolean {
  const read = texts.map((text) => readAmountText(text, separator)).filter((each) => typeof each === 'object');
  return read.every(({ decimal }) => /\.\d{3}$/.test(decimal) || /^0+$/.test(decimal));
}

/** What a column of amounts says about its decimal separator. */
type DecimalGuess = { readonly separator: DecimalSeparator | null } | { readonly conflict: readonly [example: string, other: string] };

/** Null: nothing here tells, so each number must tell by itself. A conflict: both are used, or `1.234` is all there is. */
export function guessDecimal(texts: readonly string[]): DecimalGuess {
  const examples = new Map<DecimalSeparator | 'ambiguous', string>();
  for (const text of texts) {
    const digits = partsOf(text)?.digits;
    if (digits === undefined || !/[.,]/.test(digits)) continue;
    const separator = separatorIn(digits);
    const readable = separator === 'ambiguous' || plainDecimal(digits, separator) !== null;
    if (readable && !examples.has(separator)) examples.set(separator, text.trim());
  }
  const [point, comma, open] = [examples.get('.'), examples.get(','), examples.get('ambiguous')];
  if (point !== undefined && comma !== undefined) return { conflict: [point, comma] };
  if (point === undefined && comma === undefined && open !== undefined) return { conflict: [open, open] };
  if (point !== undefined) return { separator: '.' };
  return { separator: comma === undefined ? null : ',' };
}

/** Whether a cell holds a number in any of the ways above. */
export const looksLikeAmount = (text: string): boolean =>
  typeof readAmountText(text, '.') === 'object' || typeof readAmountText(text, ',') === 'object';
