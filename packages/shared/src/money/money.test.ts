import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  amountBoundKey,
  amountKey,
  AmountError,
  checkAmount,
  convert,
  currencyCodes,
  exponentOf,
  formatAmount,
  isCurrency,
  knownExponent,
  maxAmountMinor,
  parseAmount,
  parseSigned,
} from './index.ts';

const currency = fc.constantFrom(...currencyCodes);
const minor = fc.integer({ min: 1, max: maxAmountMinor });

describe('currencies', () => {
  test('have the exponents of ISO 4217', () => {
    expect(['USD', 'JPY', 'BHD', 'CLF', 'IQD', 'HUF', 'ISK'].map(exponentOf)).toEqual([2, 0, 3, 4, 3, 2, 0]);
  });
  test('are known by their exact code only', () => {
    expect([isCurrency('EUR'), isCurrency('eur'), isCurrency('XXX'), isCurrency('XAU'), isCurrency('__proto__')]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(exponentOf('toString')).toBeUndefined();
    expect(() => knownExponent('ZZZ')).toThrow(RangeError);
  });
  test('are listed by code', () => {
    expect(currencyCodes).toEqual(currencyCodes.toSorted());
  });
});

describe('an amount', () => {
  const codeOf = (read: () => unknown): string => {
    try {
      read();
      return 'accepted';
    } catch (error) {
      return error instanceof AmountError ? error.code : 'other';
    }
  };
  const code = (input: string | number, of = 'USD'): string => codeOf(() => parseAmount(input, of));
  test.each([
    ['12.50', 'USD', 1250],
    ['12.5', 'USD', 1250],
    [12.5, 'USD', 1250],
    [12, 'USD', 1200],
    ['0.01', 'USD', 1],
    ['007', 'USD', 700],
    ['1250', 'JPY', 1250],
    ['1.25', 'BHD', 1250],
    ['99999999999.99', 'USD', maxAmountMinor],
  ])('%p %s is %d minor units', (input, of, expected) => {
    expect(parseAmount(input, of)).toBe(expected);
  });
  test.each([
    '',
    ' ',
    '+5',
    '.5',
    '5.',
    '1e3',
    '1E3',
    'NaN',
    'Infinity',
    '1,000',
    ' 1',
    '1 ',
    '0x10',
    '--1',
    '１２',
    '1_000',
    '12.5.0',
    '9'.repeat(40),
  ])('refuses %p as malformed', (input) => {
    expect(code(input)).toBe('amount-malformed');
  });
  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-7])('refuses the number %p as malformed', (input) => {
    expect(code(input)).toBe('amount-malformed');
  });
  test.each([
    ['0.001', 'USD'],
    ['1.5', 'JPY'],
    ['1.000', 'USD'],
    [0.125, 'EUR'],
  ] as const)('refuses %p %s as too precise', (input, of) => {
    expect(code(input, of)).toBe('amount-too-precise');
  });
  test.each(['0', '0.00', '-1', '-0.01', '-0'])('refuses %p as not positive', (input) => {
    expect(code(input)).toBe('amount-not-positive');
  });
  test('refuses one above the limit in minor units', () => {
    expect([code('100000000000.00'), code('9999999999999', 'JPY'), code('10000000000000', 'JPY')]).toEqual([
      'amount-too-large',
      'accepted',
      'amount-too-large',
    ]);
  });
  test.each([
    ['1.2345', 'accepted'],
    [99_999_999_999_999, 'accepted'],
    ['1e3', 'amount-malformed'],
    ['0.00000', 'amount-not-positive'],
    ['-1', 'amount-not-positive'],
  ])('%p of an unknown currency: %s', (input, expected) => {
    expect(codeOf(() => checkAmount(input))).toBe(expected);
  });
  test('of a statement may be negative or zero, never minus zero', () => {
    expect([parseSigned('-12.50', 'EUR'), parseSigned('0', 'EUR'), Object.is(parseSigned('-0.00', 'EUR'), 0)]).toEqual([-1250, 0, true]);
  });
  test('reads back what it prints, in every currency', () => {
    fc.assert(fc.property(minor, currency, (value, of) => parseAmount(formatAmount(value, of), of) === value));
    fc.assert(
      fc.property(
        fc.integer({ min: -maxAmountMinor, max: maxAmountMinor }),
        currency,
        (value, of) => parseSigned(formatAmount(value, of), of) === value,
      ),
    );
  });
  test('prints exactly the decimals of its currency', () => {
    expect([
      formatAmount(1250, 'USD'),
      formatAmount(1250, 'JPY'),
      formatAmount(1250, 'BHD'),
      formatAmount(-5, 'EUR'),
      formatAmount(0, 'CLF'),
    ]).toEqual(['12.50', '1250', '1.250', '-0.05', '0.0000']);
    expect(() => formatAmount(1.5, 'USD')).toThrow(RangeError);
  });
});

describe('amount keys', () => {
  test.each([
    [1250, 'USD'],
    [12_500, 'BHD'],
    [125_000, 'CLF'],
  ])('of %d %s are as they lie in stores: of one width, and alike for like values', (value, of) => {
    expect(amountKey(value, of)).toBe('0000000000000012.5000');
  });
  test('sort as the decimal values do, across currencies', () => {
    const scaled = (value: number, of: string): bigint => BigInt(value) * 10n ** BigInt(4 - knownExponent(of));
    fc.assert(
      fc.property(minor, currency, minor, currency, (a, ofA, b, ofB) => {
        const [keyA, keyB] = [amountKey(a, ofA), amountKey(b, ofB)];
        const [valueA, valueB] = [scaled(a, ofA), scaled(b, ofB)];
        return keyA < keyB === valueA < valueB && (keyA === keyB) === (valueA === valueB);
      }),
    );
  });
  test('of a bound equals the key of the same amount', () => {
    fc.assert(fc.property(minor, currency, (value, of) => amountBoundKey(formatAmount(value, of)) === amountKey(value, of)));
    expect(amountBoundKey(12.5)).toBe(amountKey(1250, 'USD'));
    expect(amountBoundKey('0')).toBe(amountKey(0, 'JPY'));
    expect(() => amountKey(-1, 'USD')).toThrow(RangeError);
    expect(() => amountKey(0.5, 'USD')).toThrow(RangeError);
  });
  test('go as far as any amount can, and a bound no further: one digit more would sort among the smaller ones', () => {
    expect(amountBoundKey('9007199254740991')).toBe(amountKey(Number.MAX_SAFE_INTEGER, 'JPY'));
    expect(amountBoundKey('10000000000000000')).toBeNull();
  });
  test.each(['', '.5', '5.', '+5', '-1', '1e3', '1,5', '1.23456'])('are not made of %j, which is no decimal bound', (text) => {
    expect(amountBoundKey(text)).toBeNull();
  });
});

describe('conversion', () => {
  test.each([
    [1000, 'EUR', 'USD', '1.0834', 1083],
    [1, 'EUR', 'USD', '0.5', 0],
    [3, 'EUR', 'USD', '0.5', 2],
    [-3, 'EUR', 'USD', '0.5', -2],
    [5, 'EUR', 'USD', '0.3', 2],
    [1000, 'JPY', 'BHD', '0.0025', 2500],
    [1234, 'USD', 'JPY', '150', 1851],
    [5, 'JPY', 'BHD', '2', 10_000],
    [7, 'EUR', 'USD', '0.1', 1],
  ])('%d %s to %s at %s is %d', (value, from, to, rate, expected) => {
    expect(convert(value, from, to, rate)).toBe(expected);
  });
  test('is the integer nearest to the exact product, and of two the even one', () => {
    const rate = fc
      .tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 4 }))
      .map(([digits, decimals]) => ({ digits, decimals, text: (digits / 10 ** decimals).toFixed(decimals) }));
    const value = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(value, currency, currency, rate, (given, from, to, { digits, decimals, text }) => {
        const exact = BigInt(given) * BigInt(digits) * 10n ** BigInt(knownExponent(to));
        const one = 10n ** BigInt(knownExponent(from) + decimals);
        const converted = BigInt(convert(given, from, to, text));
        const off = (exact - converted * one) * 2n;
        return (off < one && -off < one) || ((off === one || -off === one) && converted % 2n === 0n);
      }),
    );
  });
  test('at one changes nothing', () => {
    fc.assert(fc.property(minor, currency, (value, of) => convert(value, of, of, '1') === value));
  });
  test.each(['', '0', '0.000', '-1', '1e3', '1,5'])('refuses the rate %p', (rate) => {
    expect(() => convert(1, 'EUR', 'USD', rate)).toThrow(RangeError);
  });
  test('refuses a result that no longer fits', () => {
    expect(() => convert(maxAmountMinor, 'JPY', 'CLF', '999999999')).toThrow(/too large/);
  });
});
