import { describe, expect, test } from '@jest/globals';
import { monthNamed } from './month-names.ts';

const languages =
  'en de de-AT fr es it pt nl sv nb nn da fi is et lv lt pl cs sk sl hr sr sr-Latn hu ro bg mk el tr ru uk be ca eu gl cy ga sq id ms'.split(
    ' ',
  );

/** Where they stand by themselves, and where they stand beside a day, which changes them in many languages. */
function namesIn(language: string, month: number): string[] {
  const day = Date.UTC(2026, month - 1, 3);
  const forms = (['long', 'short'] as const).flatMap((length) => [{ month: length }, { month: length, day: 'numeric' } as const]);
  const parts = forms.flatMap((form) => new Intl.DateTimeFormat(language, { ...form, timeZone: 'UTC' }).formatToParts(day));
  return parts.flatMap(({ type, value }) => (type === 'month' && /^\p{L}[\p{L}\p{M}]+\.?$/u.test(value) ? [value] : []));
}

describe('the name of a month', () => {
  test.each(languages)('is known as it is written in %s, or means two months somewhere', (language) => {
    const ambiguous = ['listopad', 'listopada', 'lip', 'lis', 'srp'];
    const checked = Array.from({ length: 12 }, (_, at) => at + 1).flatMap((month) =>
      namesIn(language, month)
        .filter((name) => !ambiguous.includes(name.replace('.', '')))
        .map((name) => [name, monthNamed(name), month] as const),
    );
    expect(checked.length).toBeGreaterThanOrEqual(24);
    expect(checked.filter(([, read, month]) => read !== month)).toEqual([]);
  });

  test.each([
    ['März', 3],
    ['MÄRZ', 3],
    ['Ma\u0308rz', 3],
    ['fev', 2],
    ['FÉV.', 2],
    ['Kasım', 11],
    ['KASIM', 11],
    ['Şubat', 2],
    ['ene', 1],
    ['мая', 5],
    ['Μαΐου', 5],
  ])('is known in capitals, with accents and without: %s', (name, month) => {
    expect(monthNamed(name)).toBe(month);
  });

  test.each(['listopad', 'lip', 'srp', 'xyz', 'constructor', '', '.', 'mar..', 'm\u0430r', 'Tag'])('is not guessed: %j', (name) => {
    expect(monthNamed(name)).toBe(0);
  });
});
