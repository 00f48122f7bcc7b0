import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { guessDecimal, looksLikeAmount, readAmountText } from './amount-text.ts';

const plus = (decimal: string) => ({ negative: false, decimal });
const minus = (decimal: string) => ({ negative: true, decimal });

describe('an amount cell', () => {
  test.each([
    ['12.50', '.', plus('12.50')],
    [' 12,50 ', ',', plus('12.50')],
    ['-1.234,56', ',', minus('1234.56')],
    ['1,234,567.8', '.', plus('1234567.8')],
    ['1234567.89', '.', plus('1234567.89')],
    ['12,50-', ',', minus('12.50')],
    ['12,50+', ',', plus('12.50')],
    ['+7', '.', plus('7')],
    ['(12.50)', '.', minus('12.50')],
    ['( 12.50 )', '.', minus('12.50')],
    ['\u22127,00', ',', minus('7.00')],
    ['- 7,00', ',', minus('7.00')],
    ['1.000', ',', plus('1000')],
    ['1.000', '.', plus('1.000')],
    ['0', '.', plus('0')],
    ['-1 234,50', ',', minus('1234.50')],
    ['1\u00a0234\u00a0567,50', ',', plus('1234567.50')],
    ['1\u202f234', ',', plus('1234')],
    ["-1'234.50", '.', minus('1234.50')],
    ['12\u2019345', '.', plus('12345')],
    ['-4,85 \u20ac', ',', { ...minus('4.85'), mark: '\u20ac' }],
    ['- $1,234.50', '.', { ...minus('1234.50'), mark: '$' }],
    ['$-5', '.', { ...minus('5'), mark: '$' }],
    ['($5.00)', '.', { ...minus('5.00'), mark: '$' }],
    ['(5.00 EUR)', '.', { ...minus('5.00'), mark: 'EUR' }],
    ['1 234,50 PLN', ',', { ...plus('1234.50'), mark: 'PLN' }],
    ['-4,85 TL', ',', { ...minus('4.85'), mark: 'TL' }],
    ['\u20b11,234.50', '.', { ...plus('1234.50'), mark: '\u20b1' }],
    ['Rp 48.500,00', ',', { ...plus('48500.00'), mark: 'Rp' }],
    ['EUR 12,50-', ',', { ...minus('12.50'), mark: 'EUR' }],
  ] as const)('%j with the separator %j is read', (text, decimal, expected) => {
    expect(readAmountText(text, decimal)).toEqual(expected);
  });

  test.each([
    ['12,50', '.'],
    ['1.23', ','],
    ['12.34.56', '.'],
    ['1,23,456.00', '.'],
    ['1234,567.00', '.'],
    ['12.', '.'],
    ['.5', '.'],
    ['-', '.'],
    ['--5', '.'],
    ['-5-', '.'],
    ['(-5)', '.'],
    ['(12.50', '.'],
    ['12.50)', '.'],
    ['-5 EUR-', '.'],
    ['1e3', '.'],
    ['NaN', '.'],
    ['12.50 ABC', '.'],
    ['EUR 12.50 EUR', '.'],
    ['-$-5', '.'],
    ['($-5)', '.'],
    ['\u20ac.50', '.'],
    ['50%', '.'],
    ['12:30', '.'],
    ['1 23.45', '.'],
    ['12 50', '.'],
    ['1234 567', '.'],
    ["1'234 567", '.'],
    ['1 234.567,80', ','],
    ['1 234,56', '.'],
    ['1  234', '.'],
    ['\u0661\u0662', '.'],
    ['', '.'],
    ['9'.repeat(65), '.'],
    ['1,2.3,4', null],
  ] as const)('%j with the separator %j is malformed', (text, decimal) => {
    expect(readAmountText(text, decimal)).toBe('amount-malformed');
  });

  test('without a known separator is read where it can mean one thing only', () => {
    expect(readAmountText('1.234,56', null)).toEqual(plus('1234.56'));
    expect(readAmountText('1,234.56', null)).toEqual(plus('1234.56'));
    expect(readAmountText('12,5', null)).toEqual(plus('12.5'));
    expect(readAmountText('1.234.567', null)).toEqual(plus('1234567'));
    expect(readAmountText('0,123', null)).toEqual(plus('0.123'));
    expect(readAmountText('1234,567', null)).toEqual(plus('1234.567'));
    expect(readAmountText('15', null)).toEqual(plus('15'));
    expect(readAmountText('1.234', null)).toBe('amount-ambiguous');
    expect(readAmountText('-123,456', null)).toBe('amount-ambiguous');
  });

  test('written in any way comes back as the number it was', () => {
    const ways = fc.record({
      cents: fc.integer({ min: -9_999_999_999_999, max: 9_999_999_999_999 }),
      decimal: fc.constantFrom('.' as const, ',' as const),
      grouped: fc.boolean(),
      sign: fc.constantFrom('before', 'behind', 'brackets'),
      space: fc.constantFrom('', ' ', '\u00a0', '\t'),
    });
    fc.assert(
      fc.property(ways, ({ cents, decimal, grouped, sign, space }) => {
        const digits = String(Math.abs(cents)).padStart(3, '0');
        const whole = digits.slice(0, -2);
        const group = decimal === '.' ? ',' : '.';
        const written = (grouped ? whole.replaceAll(/\B(?=(\d{3})+$)/g, group) : whole) + decimal + digits.slice(-2);
        const text = { before: `-${written}`, behind: `${written}-`, brackets: `(${written})` }[sign];
        const expected = { negative: cents < 0, decimal: `${whole}.${digits.slice(-2)}` };
        expect(readAmountText(space + (cents < 0 ? text : written) + space, decimal)).toEqual(expected);
        expect(readAmountText(cents < 0 ? text : written, null)).toEqual(expected);
      }),
    );
  });

  test('of any text is read or refused, never half read', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.,-+() \u2212ae'.split('')), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.constantFrom('.' as const, ',' as const, null), (written, decimal) => {
        const reading = readAmountText(written, decimal);
        if (typeof reading === 'string') return;
        expect(reading.decimal).toMatch(/^\d+(\.\d+)?$/);
        expect(reading.decimal.replace('.', '')).toBe(written.replaceAll(/\D/g, ''));
      }),
    );
  });

  test('is known among others', () => {
    expect(['12.50', '-1.234,00', '(5)'].every(looksLikeAmount)).toBe(true);
    expect(['', 'EUR', '2026-05-01', 'DE12 3456'].some(looksLikeAmount)).toBe(false);
  });
});

describe('the decimal separator of a column', () => {
  test.each([
    [['12,50', '1.234'], ','],
    [['1,234', '12.50', '7'], '.'],
    [['1.234.567', '1.234'], ','],
    [['15', '7', 'n/a', '1,2,3'], null],
    [[], null],
    [['12,345.678,9', '5,00'], ','],
  ] as const)('of %j is %j', (texts, separator) => {
    expect(guessDecimal(texts)).toEqual({ separator });
  });

  test('is not guessed where it could be either', () => {
    expect(guessDecimal(['1.234', '15'])).toEqual({ conflict: ['1.234', '1.234'] });
    expect(guessDecimal(['1.234', '5,678'])).toEqual({ conflict: ['1.234', '1.234'] });
    expect(guessDecimal(['12.50', '12,50'])).toEqual({ conflict: ['12.50', '12,50'] });
  });
});
