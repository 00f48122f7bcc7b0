import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BaseCurrency, DisplayName, Locale, MonthStartDay, TimeZone } from './profile.ts';

const codeOf = (result: { success: boolean; error?: { issues: readonly object[] } | undefined }): string | undefined => {
  const issue = result.error?.issues[0] as { params?: { code?: string }; code: string } | undefined;
  return issue?.params?.code ?? issue?.code;
};

describe('a profile', () => {
  test.each([
    ['en', 'en'],
    ['de-at', 'de-AT'],
    ['ZH-hant-tw', 'zh-Hant-TW'],
  ])('takes the language tag %s', (tag, canonical) => {
    expect(Locale.parse(tag)).toBe(canonical);
  });

  test.each(['', 'e', 'de_AT', 'english please', 'en-', '*', 'x'.repeat(36)])('refuses the language tag %j', (tag) => {
    expect(Locale.safeParse(tag).success).toBe(false);
  });

  test.each([
    ['UTC', 'UTC'],
    ['Europe/Vienna', 'Europe/Vienna'],
    ['europe/vienna', 'Europe/Vienna'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Etc/GMT+3', 'Etc/GMT+3'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Australia/Lord_Howe', 'Australia/Lord_Howe'],
  ])('takes the zone %s', (zone, canonical) => {
    expect(TimeZone.parse(zone)).toBe(canonical);
  });

  test.each(['', '+01:00', '-0500', 'Europe/Atlantis', 'Mars/Olympus', 'GMT+99', '../etc/passwd', 'Europe/Vienna\0', 'z'.repeat(65)])(
    'refuses the zone %j',
    (zone) => {
      expect(TimeZone.safeParse(zone).success).toBe(false);
    },
  );

  test('takes currencies as ISO 4217 writes them', () => {
    expect(BaseCurrency.parse('JPY')).toBe('JPY');
    expect(['eur', 'EURO', 'XXX', 'XAU', ''].map((code) => codeOf(BaseCurrency.safeParse(code)))).toEqual(
      Array(5).fill('currency-unknown'),
    );
  });

  test('takes a name of 1 to 100 characters, on one line', () => {
    expect(DisplayName.parse('  Ada  ')).toBe('Ada');
    expect(DisplayName.parse('Rene\u0301')).toBe('Ren\u00e9');
    expect(DisplayName.parse('🦊'.repeat(100))).toHaveLength(200);
    expect(codeOf(DisplayName.safeParse('🦊'.repeat(101)))).toBe('too_big');
    expect(['   ', 'Ada\nBcc: eve@example.com', 'A\u2028B', 'A\u0007'].filter((name) => DisplayName.safeParse(name).success)).toEqual([]);
  });

  test('tells the greatest length of a name in its JSON Schema', () => {
    expect(z.toJSONSchema(DisplayName, { io: 'input' })).toMatchObject({ minLength: 1, maxLength: 100 });
  });

  test('begins months on days that every month has', () => {
    expect([0, 1, 28, 29, 1.5, '1'].map((day) => MonthStartDay.safeParse(day).success)).toEqual([false, true, true, false, false, false]);
  });
});

test('a language or a zone of any length is refused at once', () => {
  const startedAt = performance.now();
  const variants = Array.from({ length: 20_000 }, (_, n) => (n + 1_000_000).toString(36).padStart(6, 'a')).join('-');
  expect(Locale.safeParse(`en-u-${variants}`).error?.issues).toMatchObject([{ code: 'too_big' }]);
  expect(TimeZone.safeParse(`Europe/${'a'.repeat(1_000_000)}`).error?.issues).toMatchObject([{ code: 'too_big' }]);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
