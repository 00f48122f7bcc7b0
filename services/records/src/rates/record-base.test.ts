import { expect, test } from '@jest/globals';
import { baseOf, identityRates } from './record-base.ts';

const spent = { amountMinor: 1250, currency: 'EUR', date: '2026-03-14' };

test("money in one's own currency is worth itself", () => {
  expect(baseOf(spent, 'EUR', identityRates)).toEqual({ amountMinor: 1250, currency: 'EUR', rate: '1', rateDate: '2026-03-14' });
});

test('without a rate nothing is said', () => {
  expect(baseOf(spent, 'USD', identityRates)).toBeNull();
});

test('with a rate it is converted, once, half to even', () => {
  const rates = () => ({ rate: '1.0842', rateDate: '2026-03-13' });
  expect(baseOf(spent, 'USD', rates)).toEqual({ amountMinor: 1355, currency: 'USD', rate: '1.0842', rateDate: '2026-03-13' });
});
