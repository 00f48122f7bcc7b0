import { convert } from '@commonpurse/shared/money';
import type { RecordBase } from '../entries/record.ts';

/** The rate of a day: units of `to` for one of `from`, and the day it really is of; null while none is known. */
type RateSource = (from: string, to: string, date: string) => { readonly rate: string; readonly rateDate: string } | null;

/** Knows only that money is worth itself. */
export const identityRates: RateSource = (from, to, date) => (from === to ? { rate: '1', rateDate: date } : null);

/** What an amount was worth in the base currency on its day; null without a rate. */
export function baseOf(
  record: { readonly amountMinor: number; readonly currency: string; readonly date: string },
  baseCurrency: string,
  rates: RateSource,
): RecordBase | null {
  const found = rates(record.currency, baseCurrency, record.date);
  if (found === null) return null;
  const { amountMinor, currency } = record;
  const worthMinor = currency === baseCurrency ? amountMinor : convert(amountMinor, currency, baseCurrency, found.rate);
  return { amountMinor: worthMinor, currency: baseCurrency, ...found };
}
