import { z } from 'zod';
import { AmountError, checkAmount, isCurrency, parseAmount } from '../money/index.ts';
import type { FieldError } from '../http/refusal.ts';
import { issue } from '../http/validate.ts';

/** Fields that several services take, so that each is checked and described in one way. A `meta` of one's own says what it is there. */

/** More marks in a row than any language writes (UAX #15 has 30 in its stream-safe text). */
const endlessMarks = /\p{M}{31}/u;

/** Text in Unicode NFC, so that names which look the same are the same: a macOS file name or a bank's export may spell `é` in two characters.
 *  What lies below U+0300, nearly all text, is in it already. Endless marks stay as they are: to bring them into their order takes the square of their
 *  number, minutes for a body of nothing else. */
export const toNfc = (text: string): string => (/[\u0300-\uffff]/.test(text) && !endlessMarks.test(text) ? text.normalize('NFC') : text);

/** Text that people look for: as it was typed, but for its Unicode form. */
export const SearchedText = z.string().overwrite(toNfc);
/** Text that people enter, as it is kept. Lengths count this form. */
export const TextField = SearchedText.trim().meta({ description: 'Kept in Unicode NFC, without white space around it' });
/** What something is called, and grouped by. */
export const NameField = TextField.min(1).max(100);

/** Read with its currency afterwards. */
export const AmountField = z
  .union([z.string(), z.number()])
  .meta({ description: 'Decimal string ("12.50") or JSON number; at most the decimals of the currency', example: '12.50' });

/** What is wrong with an amount in its currency; without one, what is wrong with it in any. At most one fault. */
export function amountFaults(path: string, amount: string | number, currency?: string): FieldError[] {
  try {
    if (currency === undefined) checkAmount(amount);
    else parseAmount(amount, currency);
    return [];
  } catch (error) {
    if (!(error instanceof AmountError)) throw error;
    return [{ path, code: error.code, message: error.message }];
  }
}

/** Any currency there is; checked where it stands. */
export const CurrencyCode = z.string().refine(isCurrency, issue('currency-unknown', 'There is no such ISO 4217 currency'));
export const CurrencyField = CurrencyCode.meta({ description: 'ISO 4217 code', example: 'EUR' });

/** The first day that anything can be of. */
const earliestDay = '1900-01-01';

export const DayField = z.iso
  // Without `abort` zod goes on, and what is no day would be told to be too early besides.
  .date({ error: 'There is no such day; write YYYY-MM-DD', abort: true })
  .refine((day) => day >= earliestDay, issue('date-too-early', `The first possible day is ${earliestDay}`));

/** A field of a merge patch (RFC 7396) that null can't take away, for what it belongs to can't be without it. */
export const keptField = <S extends z.ZodType>(field: S) =>
  z
    .preprocess((value, context) => {
      if (value === null) context.addIssue({ code: 'custom', params: { code: 'required' }, message: 'This is required' });
      return value;
    }, field)
    .optional();

/** The fields that a merge patch sets, or leaves of what it is merged into: what it takes away, by null, is missing. */
export const withoutNulls = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
