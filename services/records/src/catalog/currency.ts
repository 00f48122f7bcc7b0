import { currencyCodes, exponentOf } from '@commonpurse/shared/money';

export interface CurrencyItem {
  readonly code: string;
  readonly name: string;
  /** Decimals of an amount. */
  readonly decimals: number;
}

const names = new Intl.DisplayNames('en', { type: 'currency' });

/** Every currency that is accepted, so also every one in use. */
export const currencyItems: readonly CurrencyItem[] = currencyCodes.map((code) => ({
  code,
  name: names.of(code) ?? code,
  decimals: exponentOf(code) ?? 0,
}));
