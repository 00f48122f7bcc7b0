import { monthName, monthNamed } from './month-names.ts';

/** A way to write a day: `yyyy MM dd d M yy` and literal characters in between. `M` is a month by its number or its name. */
export interface DateFormat {
  readonly format: string;
  readonly pattern: RegExp;
  readonly order: readonly ('year' | 'month' | 'day')[];
}

const tokens = {
  yyyy: ['year', String.raw`(\d{4})`],
  yy: ['year', String.raw`(\d{2})`],
  MM: ['month', String.raw`(\d{2})`],
  M: ['month', String.raw`(\d{1,2}|${monthName})`],
  dd: ['day', String.raw`(\d{2})`],
  d: ['day', String.raw`(\d{1,2})`],
} as const;
type Token = keyof typeof tokens;

/** A time of day behind the date is not looked at: records have days. */
const timeOfDay = String.raw`(?:(?:T|,?\s)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp][Mm])?(?:\s?(?:Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?)?`;

/** Null where it is no format: other letters, a part missing or twice, or `dMyyyy`, whose parts have no end. */
export function parseDateFormat(format: string): DateFormat | null {
  const pieces = format.match(/yyyy|yy|MM|M|dd|d|[^\p{L}\p{N}]+|./gu) ?? [];
  const order = pieces.flatMap((piece) => (piece in tokens ? [tokens[piece as Token][0]] : []));
  if (order.length !== 3 || new Set(order).size !== 3) return null;
  let pattern = '';
  for (const [at, piece] of pieces.entries()) {
    if (!(piece in tokens) && /[\p{L}\p{N}]/u.test(piece)) return null;
    const next = pieces[at + 1];
    if (piece.length === 1 && piece in tokens && next !== undefined && next in tokens) return null;
    pattern += piece in tokens ? tokens[piece as Token][1] : piece.replaceAll(/[^\s]/g, String.raw`\$&`);
  }
  return { format, pattern: new RegExp(`^${pattern}${timeOfDay}$`), order };
}

/** Two digits of a year: 70 to 99 are of the last century. */
const fullYear = (digits: string): number => (digits.length === 4 ? Number(digits) : Number(digits) + (Number(digits) >= 70 ? 1900 : 2000));

/** `YYYY-MM-DD`, or null: not written so, or no such day. */
export function readDateText(text: string, { pattern, order }: DateFormat): string | null {
  const match = pattern.exec(text.trim());
  if (!match) return null;
  const part = (name: 'year' | 'month' | 'day'): string => match[order.indexOf(name) + 1]!;
  const [year, month, day] = [fullYear(part('year')), monthOf(part('month')), Number(part('day'))];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** 0: there is no such month. */
const monthOf = (text: string): number => (/^\d/.test(text) ? Number(text) : monthNamed(text));

export const lastDayOfAll = '9999-12-31';

/** The last day that a statement has likely meant by a format that was guessed: a year of two digits may stand in front instead, and any may be
 *  counted by another calendar (2569 is 2026 in Thailand). What is written as the export writes it is taken as it is. */
export function lastLikelyDay(format: string, today: string): string {
  if (format === 'yyyy-M-d') return lastDayOfAll;
  const ahead = format.includes('yyyy') ? 100 : 1;
  return `${Number(today.slice(0, 4)) + ahead}${today.slice(4)}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Numbers with spaces between them may be anything: there the month has to be a name. */
function inWords(format: string): DateFormat {
  const { pattern, order } = parseDateFormat(format)!;
  return { format, pattern: new RegExp(pattern.source.replace(tokens.M[1], `(${monthName})`)), order };
}

/** What is tried where no format is given. With points the day comes first everywhere; with `/` and `-` it does not. */
const numbered = [
  ...['-', '/', '.'].flatMap((mark) => [`yyyy${mark}M${mark}d`, `d${mark}M${mark}yyyy`, `d${mark}M${mark}yy`]),
  ...['-', '/'].flatMap((mark) => [`M${mark}d${mark}yyyy`, `M${mark}d${mark}yy`]),
  'd.M.yyyy.',
  'yyyy.M.d.',
  'd. M. yyyy',
  'yyyy. M. d.',
  'yyyyMMdd',
].map((format) => parseDateFormat(format)!);
const known = [...numbered, ...['d M yyyy', 'd M yy', 'd. M yyyy', 'd. M yy', 'M d yyyy', 'M d yy', 'M d, yyyy'].map(inWords)];

const muchCloser = 10;

/** A year of two digits may also stand in front (`26/10/28`). Read from behind, days that are close together lie years apart.
 *  @returns the format with the year in front, where it brings them together much closer: the first of February and of March are a day closer
 *  as the 24th of these months, which says nothing */
function yearInFront(texts: readonly string[], format: string): string | null {
  const mark = /^d(.)M.yy$/.exec(format)?.[1];
  if (mark === undefined) return null;
  const inFront = `yy${mark}M${mark}d`;
  return spreadOf(texts, inFront) * muchCloser < spreadOf(texts, format) ? inFront : null;
}

/** Milliseconds from the first of these days to the last; infinite where one is none. */
function spreadOf(texts: readonly string[], format: string): number {
  const compiled = parseDateFormat(format)!;
  const instants = texts.map((text) => Date.parse(readDateText(text, compiled) ?? '')).toSorted((a, b) => a - b);
  return instants.some(Number.isNaN) ? Infinity : instants.at(-1)! - instants[0]!;
}

type DateGuess =
  | { readonly format: string }
  | { readonly problem: 'date-format-unknown'; readonly example: string }
  | { readonly problem: 'date-format-ambiguous'; readonly example: string; readonly candidates: readonly string[] };

/** The one format in which all these can be read. Values that no format reads don't vote (their rows will be refused).
 *  @param whole no further values follow, so that formats which read all of these alike are equally right */
export function guessDateFormat(texts: readonly string[], whole: boolean): DateGuess {
  const distinct = [...new Set(texts.map((text) => text.trim()))].filter((text) => text !== '');
  const readings = distinct.map((text) => new Map(known.map(({ format }, at) => [format, readDateText(text, known[at]!)])));
  const readable = readings.filter((reading) => reading.values().some((day) => day !== null));
  if (readable.length === 0) return { problem: 'date-format-unknown', example: distinct[0] ?? '' };
  const fitting = known.filter(({ format }) => readable.every((reading) => reading.get(format) !== null));
  const [first, ...others] = fitting.map(({ format }) => format);
  if (first === undefined) return mixed(distinct, readings);
  const differing = others.filter((other) => readable.some((reading) => reading.get(other) !== reading.get(first)));
  const days = distinct.filter((_, at) => readings[at]!.get(first) !== null);
  const inFront = yearInFront(days, first);
  if (inFront !== null) return { problem: 'date-format-ambiguous', example: days[0]!, candidates: [first, ...others, inFront] };
  if (others.length === 0 || (whole && differing.length === 0)) return { format: first };
  return { problem: 'date-format-ambiguous', example: exampleOf(distinct, readings, first, others), candidates: [first, ...others] };
}

function exampleOf(
  texts: readonly string[],
  readings: readonly ReadonlyMap<string, string | null>[],
  first: string,
  others: readonly string[],
): string {
  const at = readings.findIndex((reading) => others.some((other) => reading.get(other) !== reading.get(first)));
  return texts[Math.max(at, 0)]!;
}

function mixed(texts: readonly string[], readings: readonly ReadonlyMap<string, string | null>[]): DateGuess {
  const read = known.map(({ format }) => format).filter((format) => readings.some((reading) => reading.get(format) !== null));
  return { problem: 'date-format-ambiguous', example: texts[0]!, candidates: read };
}

/** Whether a cell holds a day in any known way. */
export const looksLikeDate = (text: string): boolean => known.some((format) => readDateText(text, format) !== null);
