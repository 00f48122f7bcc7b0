import { z } from 'zod';
import { isCurrency } from '../money/index.ts';
import { issue } from '../http/validate.ts';

/** Fields that several services take, so that each is checked and described in one way. A `meta` of one's own says what it is there. */

/** Read with its currency afterwards. */
export const AmountField = z
  .union([z.string(), z.number()])
  .meta({ description: 'Decimal string ("12.50") or JSON number; at most the decimals of the currency', example: '12.50' });

/** Any currency there is; checked where it stands. */
export const CurrencyCode = z.string().refine(isCurrency, issue('currency-unknown', 'There is no such ISO 4217 currency'));
export const CurrencyField = CurrencyCode.meta({ description: 'ISO 4217 code', example: 'EUR' });

/** The first day that anything can be of. */
const earliestDay = '1900-01-01';

export const DayField = z.iso
  .date({ error: 'There is no such day; write YYYY-MM-DD' })
  .refine((day) => day >= earliestDay, issue('date-too-early', `The first possible day is ${earliestDay}`));
