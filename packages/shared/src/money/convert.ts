import { knownExponent } from './currencies.ts';
import { divideHalfEven } from './divide-half-even.ts';

const rateForm = /^(\d{1,12})(?:\.(\d{1,12}))?$/;

/** Converts minor units between currencies with a decimal rate, rounding once, half to even (IEEE 754 roundTiesToEven).
 *  @param rate units of `to` for one unit of `from`, a positive decimal string with at most 12 decimals
 *  @throws RangeError for a malformed rate or a result beyond safe integers */
export function convert(minor: number, from: string, to: string, rate: string): number {
  const match = rateForm.exec(rate);
  if (!match || !/[1-9]/.test(rate)) throw new RangeError(`not a rate: ${rate}`);
  const [, whole = '', fraction = ''] = match;
  const scale = knownExponent(from) + fraction.length - knownExponent(to);
  const product = BigInt(minor) * BigInt(whole + fraction);
  const converted = scale <= 0 ? product * 10n ** BigInt(-scale) : divideHalfEven(product, 10n ** BigInt(scale));
  if (!Number.isSafeInteger(Number(converted))) throw new RangeError('the converted amount is too large');
  return Number(converted);
}
