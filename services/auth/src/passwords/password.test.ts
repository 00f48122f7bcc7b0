import { describe, expect, test } from '@jest/globals';
import { fitsBcrypt, normalisedPassword, passwordFaults } from './password.ts';

const faults = (password: string, email = 'ada.lovelace@example.com', frequent: readonly string[] = []) =>
  passwordFaults(normalisedPassword(password), email, (lowered) => frequent.includes(lowered));

describe('a password', () => {
  test.each([
    ['11 characters', 'abcdefghijk', ['password-too-short']],
    ['12 characters', 'abcdefghijkl', []],
    ['64 characters', 'a'.repeat(64), []],
    ['65 characters', 'a'.repeat(65), ['password-too-long']],
    ['12 emoji, which are 48 bytes', '🦊'.repeat(12), []],
    ['11 emoji, which are 22 UTF-16 units', '🦊'.repeat(11), ['password-too-short']],
    ['18 emoji: 72 bytes', '🦊'.repeat(18), []],
    ['19 emoji: 76 bytes, which bcrypt would cut', '🦊'.repeat(19), ['password-too-long']],
    ['64 characters of two bytes: refused, never cut', 'é'.repeat(64), ['password-too-long']],
    ['no digits, no capitals, only blanks', '            ', []],
  ])('%s', (_what, password, expected) => {
    expect(faults(password)).toEqual(expected);
  });

  test('counts after normalisation: 12 letters typed with combining accents are 12', () => {
    const typed = 'e\u0301'.repeat(12);
    expect(normalisedPassword(typed)).toBe('é'.repeat(12));
    expect(faults(typed)).toEqual([]);
    expect(faults('e\u0301'.repeat(11))).toEqual(['password-too-short']);
  });

  test('is none of the frequent ones, in any case', () => {
    expect(faults('PassWord12345', undefined, ['password12345'])).toEqual(['password-too-common']);
  });

  test.each([
    ['the address', 'my ada.lovelace@example.com', 'ada.lovelace@example.com'],
    ['the address in other case', 'MY ADA.LOVELACE@EXAMPLE.COM', ' Ada.Lovelace@example.com'],
    ['the local part', 'xxada.lovelaceXX', 'ada.lovelace@example.com'],
    ['a local part of four', 'xxxxxADAMxxxxx', 'adam@example.com'],
  ])('does not contain %s', (_what, password, email) => {
    expect(faults(password, email)).toEqual(['password-contains-email']);
  });

  test('may contain a local part of three, which is in too many words', () => {
    expect(faults('the adage of wolves', 'ada@example.com')).toEqual([]);
  });

  test('is told everything that is wrong with it at once', () => {
    expect(faults('adam', 'adam@x.org', ['adam'])).toEqual(['password-too-short', 'password-too-common', 'password-contains-email']);
  });

  test('fits bcrypt up to 72 bytes', () => {
    expect([fitsBcrypt('a'.repeat(72)), fitsBcrypt('a'.repeat(73))]).toEqual([true, false]);
  });
});
