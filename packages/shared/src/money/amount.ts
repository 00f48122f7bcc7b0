import { knownExponent } from './currencies.ts';

/** The largest amount a client may send, in minor units of any currency. Sums of them stay far below 2^53. */
export const maxAmountMinor = 9_999_999_999_999;

export type AmountProblem = 'amount-malformed' | 'amount-too-precise' | 'amount-not-positive' | 'amount-too-large';

/** Why an amount is refused; `code` is what the client is told. */
export class AmountError extends Error {
  override readonly name = 'AmountError';
  readonly code: AmountProblem;
  constructor(code: AmountProblem, message: string) {
    super(message);
    this.code = code;
  }
}

const decimal = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?$/;

/** Parses a positive decimal amount into minor units of `currency`.
 *  @param input a decimal string (`"12.50"`) or a JSON number; no exponent, no plus sign, no bare point, at most the currency's decimals
 *  (zeros count: `"1.000"` has three). A JSON number is judged by its shortest decimal form.
 *  @throws AmountError; RangeError for a currency that was not checked before */
export function parseAmount(input: string | number, currency: string): number {
  const minor = parseSigned(input, currency);
  if (minor <= 0) throw notPositive();
  return minor;
}

/** Judges an amount whose currency is not known yet by what holds in every currency.
 *  @throws AmountError where it is no decimal number above zero */
export function checkAmount(input: string | number): void {
  const { sign, whole, fraction } = partsOf(input);
  if (sign === '-' || !/[1-9]/.test(whole + fraction)) throw notPositive();
}

const notPositive = (): AmountError => new AmountError('amount-not-positive', 'The amount must be greater than zero.');

/** As `parseAmount`, but zero and negative amounts (a bank's statement lines) are fine. */
export function parseSigned(input: string | number, currency: string): number {
  const { sign, whole, fraction } = partsOf(input);
  const exponent = knownExponent(currency);
  if (fraction.length > exponent) throw new AmountError('amount-too-precise', `${currency} has ${exponent} decimals.`);
  const minor = Number(whole + fraction.padEnd(exponent, '0'));
  if (minor > maxAmountMinor)
    throw new AmountError('amount-too-large', `The amount must be at most ${formatAmount(maxAmountMinor, currency)}.`);
  return sign === '-' && minor !== 0 ? -minor : minor;
}

function partsOf(input: string | number): { sign: string; whole: string; fraction: string } {
  const match = decimal.exec(String(input));
  if (!match) throw new AmountError('amount-malformed', 'The amount must be a decimal number such as "12.50".');
  const [, sign = '', whole = '', fraction = ''] = match;
  return { sign, whole, fraction };
}

/** Minor units as a decimal string with exactly the currency's decimals: 1250 USD is "12.50", 1250 JPY "1250", -5 EUR "-0.05". */
export function formatAmount(minor: number, currency: string): string {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`not an amount in minor units: ${minor}`);
  const exponent = knownExponent(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const sign = minor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

const wholeDigits = 16;
const fractionDigits = 4;

/** A fixed-width decimal string of a non-negative amount: these sort as the decimal values do, whatever the currencies. */
export function amountKey(minor: number, currency: string): string {
  if (!Number.isSafeInteger(minor) || minor < 0) throw new RangeError(`not a non-negative amount: ${minor}`);
  const exponent = knownExponent(currency);
  const digits = String(minor).padStart(exponent + 1, '0');
  const whole = exponent === 0 ? digits : digits.slice(0, -exponent);
  const fraction = exponent === 0 ? '' : digits.slice(-exponent);
  return `${whole.padStart(wholeDigits, '0')}.${fraction.padEnd(fractionDigits, '0')}`;
}

const bound = /^(\d{1,16})(?:\.(\d{1,4}))?$/;

/** The key of a decimal bound in a filter (`minAmount=12.5`), comparable with `amountKey`; null when it is no plain decimal of at most sixteen digits and four
 *  decimals. */
export function amountBoundKey(input: string | number): string | null {
  const match = bound.exec(String(input));
  if (!match) return null;
  const [, whole = '', fraction = ''] = match;
  return `${whole.padStart(wholeDigits, '0')}.${fraction.padEnd(fractionDigits, '0')}`;
}
