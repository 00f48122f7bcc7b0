import { isCurrency } from '@commonpurse/shared/money';
import { codeIn, normalName } from './column-names.ts';

const dollars = ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'TWD', 'ARS', 'CLP', 'COP', 'UYU'];
const crowns = ['SEK', 'NOK', 'DKK', 'ISK'];
const signs: Readonly<Record<string, readonly string[]>> = {
  '\u20ac': ['EUR'],
  '\u00a3': ['GBP'],
  '\u00a5': ['JPY', 'CNY'],
  '\uffe5': ['JPY', 'CNY'],
  '\u5186': ['JPY'],
  '\u5143': ['CNY', 'TWD', 'HKD'],
  '\u20a9': ['KRW'],
  '\uc6d0': ['KRW'],
  '\u20b9': ['INR'],
  $: dollars,
  us$: ['USD'],
  ca$: ['CAD'],
  c$: ['CAD'],
  a$: ['AUD'],
  nz$: ['NZD'],
  hk$: ['HKD'],
  nt$: ['TWD'],
  mx$: ['MXN'],
  r$: ['BRL'],
  kr: crowns,
  'kr.': crowns,
  'fr.': ['CHF'],
  'z\u0142': ['PLN'],
  'k\u010d': ['CZK'],
  ft: ['HUF'],
  lei: ['RON', 'MDL'],
  '\u20ba': ['TRY'],
  tl: ['TRY'],
  '\u20b4': ['UAH'],
  '\u20bd': ['RUB'],
  '\u20aa': ['ILS'],
  '\u20b1': ['PHP'],
  '\u0e3f': ['THB'],
  '\u20ab': ['VND'],
  '\u20a6': ['NGN'],
  rp: ['IDR'],
  rm: ['MYR'],
};

/** The currencies that a code or sign beside a number can mean: one or several; none where it is no such thing. */
export const currenciesOf = (mark: string): readonly string[] => (isCurrency(mark) ? [mark] : (signs[mark.toLowerCase()] ?? []));

/** Which currency a row is in, whose amount has a mark beside it.
 *  @param said by its own cell; empty: nothing
 *  @param otherwise of rows that don't say theirs
 *  @returns null where they contradict each other, or the mark can mean several */
export function markedCurrency(mark: string, said: string, otherwise: string): string | null {
  const meant = currenciesOf(mark);
  if (said !== '') return meant.includes(said) ? said : null;
  if (meant.includes(otherwise)) return otherwise;
  return meant.length === 1 ? meant[0]! : null;
}

/** The code or sign in the name of a column: `Amount (EUR)`, `Paid out (£)`, `CAD$`, `amount_usd`; null: none. */
export function markIn(name: string): string | null {
  const code = /\b([A-Z]{3})\b/.exec(name)?.[1];
  if (code !== undefined && isCurrency(code)) return code;
  return name.split(/[\s()\uff08\uff09[\]/:]+/).find((word) => currenciesOf(word).length > 0) ?? codeIn(normalName(name));
}
