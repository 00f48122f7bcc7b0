import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { guessDateFormat, looksLikeDate, parseDateFormat, readDateText } from './date-text.ts';

const read = (text: string, format: string): string | null => readDateText(text, parseDateFormat(format)!);

describe('a date format', () => {
  test.each([
    ['2026-05-01', 'yyyy-MM-dd', '2026-05-01'],
    ['01.05.2026', 'dd.MM.yyyy', '2026-05-01'],
    ['1.5.26', 'd.M.yy', '2026-05-01'],
    ['01.05.26', 'd.M.yy', '2026-05-01'],
    ['5/1/2026', 'M/d/yyyy', '2026-05-01'],
    ['20260501', 'yyyyMMdd', '2026-05-01'],
    ['01 05 2026', 'dd MM yyyy', '2026-05-01'],
    ['29.02.2024', 'dd.MM.yyyy', '2024-02-29'],
    ['29.02.2000', 'dd.MM.yyyy', '2000-02-29'],
    ['31.12.69', 'dd.MM.yy', '2069-12-31'],
    ['31.12.70', 'dd.MM.yy', '1970-12-31'],
    [' 2026-05-01 ', 'yyyy-MM-dd', '2026-05-01'],
    ['2026-05-01 12:30', 'yyyy-MM-dd', '2026-05-01'],
    ['2026-05-01T23:59:59.123Z', 'yyyy-MM-dd', '2026-05-01'],
    ['2026-05-01 23:59:59 UTC', 'yyyy-MM-dd', '2026-05-01'],
    ['05/01/2026 11:30 PM', 'MM/dd/yyyy', '2026-05-01'],
    ['2026-05-01T23:59:59+02:00', 'yyyy-MM-dd', '2026-05-01'],
    ['2026-05-01 23:59:59 -0400', 'yyyy-MM-dd', '2026-05-01'],
    ['2026-05-01 23:59:59 EDT', 'yyyy-MM-dd', '2026-05-01'],
    ['5/1/2026, 11:30:00 PM CEST', 'M/d/yyyy', '2026-05-01'],
    ['5/1/2026, 11:30:00\u202fPM', 'M/d/yyyy', '2026-05-01'],
    ['03 Mar 2024', 'dd M yyyy', '2024-03-03'],
    ['3-MAR-24', 'd-M-yy', '2024-03-03'],
    ['Mar 3, 2024', 'M d, yyyy', '2024-03-03'],
    ['march 3, 2024, 11:30 PM', 'M d, yyyy', '2024-03-03'],
    ['3 Sept. 2024', 'd M yyyy', '2024-09-03'],
    ['3.Mar.2024', 'd.M.yyyy', '2024-03-03'],
    ['29 February 2024', 'd M yyyy', '2024-02-29'],
    ['1 may 2024', 'd M yyyy', '2024-05-01'],
    ['3. M\u00e4rz 2024', 'd. M yyyy', '2024-03-03'],
    ['12 d\u00e9c. 2024', 'd M yyyy', '2024-12-12'],
    ['15-ene-24', 'd-M-yy', '2024-01-15'],
    ['3 \u043c\u0430\u044f 2024', 'd M yyyy', '2024-05-03'],
  ])('reads %j as %s', (text, format, day) => {
    expect(read(text, format)).toBe(day);
  });

  test.each([
    ['2026-02-30', 'yyyy-MM-dd'],
    ['2026-13-01', 'yyyy-MM-dd'],
    ['2026-00-10', 'yyyy-MM-dd'],
    ['2026-10-00', 'yyyy-MM-dd'],
    ['2026-04-31', 'yyyy-MM-dd'],
    ['29.02.2026', 'dd.MM.yyyy'],
    ['29.02.1900', 'dd.MM.yyyy'],
    ['1.5.2026', 'dd.MM.yyyy'],
    ['01.05.2026', 'dd.MM.yy'],
    ['01.05.26', 'dd.MM.yyyy'],
    ['01.05.2026x', 'dd.MM.yyyy'],
    ['2026-05-01 23:59 later', 'yyyy-MM-dd'],
    ['2026-05-01, 3', 'yyyy-MM-dd'],
    ['01x05x2026', 'dd.MM.yyyy'],
    ['03 Mar 2024', 'dd MM yyyy'],
    ['3 listopad 2024', 'd M yyyy'],
    ['3 Mxrc 2024', 'd M yyyy'],
    ['3 m\u0430r 2024', 'd M yyyy'],
    ['3 constructor 2024', 'd M yyyy'],
    ['3 12. 2024', 'd M yyyy'],
    ['30 Feb 2024', 'd M yyyy'],
    ['Mar Mar 2024', 'd M yyyy'],
    ['', 'dd.MM.yyyy'],
  ])('does not read %j as %s', (text, format) => {
    expect(read(text, format)).toBeNull();
  });

  test.each([
    '',
    'yyyy-MM',
    'yyyy-MM-dd-dd',
    'dd.MM.yyy',
    'DD.MM.YYYY',
    'dd MMM yyyy',
    'dMyyyy',
    'yyyyMd',
    'dd.MM.yyyy HH',
    'dd1MM.yyyy',
    'MM-MM-yyyy',
  ])('is not %j', (format) => {
    expect(parseDateFormat(format)).toBeNull();
  });

  test('reads back every day written with it', () => {
    const format = fc.constantFrom('yyyy-MM-dd', 'dd.MM.yyyy', 'd/M/yyyy', 'MM/dd/yyyy', 'yyyyMMdd', 'd. M. yyyy', 'yyyy (dd) MM');
    const day = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, format, (date, written) => {
        const [year, month, dayOfMonth] = date.split('-') as [string, string, string];
        const text = written.replace(/yyyy|MM|dd|M|d/g, (token) => {
          const parts: Record<string, string> = {
            yyyy: year,
            MM: month,
            dd: dayOfMonth,
            M: String(Number(month)),
            d: String(Number(dayOfMonth)),
          };
          return parts[token]!;
        });
        expect(read(text, written)).toBe(date);
      }),
    );
  });

  test('reads the name of every month, and its first three letters', () => {
    for (let month = 1; month <= 12; month += 1) {
      const day = `2026-${String(month).padStart(2, '0')}-09`;
      for (const length of ['long', 'short'] as const) {
        const name = new Date(day).toLocaleDateString('en', { month: length, timeZone: 'UTC' });
        for (const written of [name, name.toUpperCase(), name.toLowerCase()]) expect(read(`9 ${written} 2026`, 'd M yyyy')).toBe(day);
      }
    }
  });

  test('of any text gives a day that exists or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789./-'.split('')), maxLength: 12 }), (text) => {
        for (const format of ['yyyy-MM-dd', 'd.M.yy', 'MM/dd/yyyy', 'yyyyMMdd']) {
          const day = read(text, format);
          if (day !== null && day >= '0100') expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
        }
      }),
    );
  });
});

describe('the format of a column of dates', () => {
  test.each([
    [['2026-05-01', '2026-05-13'], 'yyyy-M-d'],
    [['01.05.2026'], 'd.M.yyyy'],
    [['1.5.26', '02.05.26'], 'd.M.yy'],
    [['01/05/2026', '13/05/2026'], 'd/M/yyyy'],
    [['05/01/2026', '05/13/2026'], 'M/d/yyyy'],
    [['5/13/26'], 'M/d/yy'],
    [['31-01-2026'], 'd-M-yyyy'],
    [['1.5.2026.', '28.10.2026.'], 'd.M.yyyy.'],
    [['2026.05.01.'], 'yyyy.M.d.'],
    [['1. 5. 2026'], 'd. M. yyyy'],
    [['2026. 5. 1.'], 'yyyy. M. d.'],
    [['20260501'], 'yyyyMMdd'],
    [['2026/05/01', 'pending', '2026/05/02', '2026/05/03'], 'yyyy/M/d'],
    [['2026-05-01 12:00:00'], 'yyyy-M-d'],
    [['2026-05-01', 'soon', 'later', 'never'], 'yyyy-M-d'],
    [['', ' 2026-05-01'], 'yyyy-M-d'],
    [['03 Mar 2024', '4 April 2024'], 'd M yyyy'],
    [['03 Mar 24'], 'd M yy'],
    [['3-Mar-24', '12-DEC-23'], 'd-M-yy'],
    [['03/Mar/2024'], 'd/M/yyyy'],
    [['Mar 3, 2024', 'December 13, 2023'], 'M d, yyyy'],
    [['Mar 3 2024'], 'M d yyyy'],
    [['2024-Mar-03'], 'yyyy-M-d'],
    [['3. Jan. 2024', '4. Mai 2024'], 'd. M yyyy'],
    [['03 Jan 2024', '04 listopad 2024'], 'd M yyyy'],
  ])('of %j is %s', (texts, format) => {
    expect(guessDateFormat(texts, false)).toEqual({ format });
  });

  test('is not guessed where day and month could change places', () => {
    expect(guessDateFormat(['02/02/2026', '01/05/2026'], true)).toEqual({
      problem: 'date-format-ambiguous',
      example: '01/05/2026',
      candidates: ['d/M/yyyy', 'M/d/yyyy'],
    });
    expect(guessDateFormat(['01-05-26'], false)).toMatchObject({ problem: 'date-format-ambiguous', candidates: ['d-M-yy', 'M-d-yy'] });
  });

  test.each([
    [
      ['26/10/28', '26/10/02'],
      ['d/M/yy', 'yy/M/d'],
    ],
    [
      ['25-12-30', '26-01-02', '26-01-31'],
      ['d-M-yy', 'yy-M-d'],
    ],
    [
      ['26.10.28', 'pending', '26.10.02'],
      ['d.M.yy', 'yy.M.d'],
    ],
    [
      ['26-Oct-28', '26-Oct-02'],
      ['d-M-yy', 'yy-M-d'],
    ],
  ])('is not guessed where the days of %j are closer together with the year in front', (texts, candidates) => {
    expect(guessDateFormat(texts, true)).toEqual({ problem: 'date-format-ambiguous', example: texts[0], candidates });
  });

  test.each([
    [['28.10.26', '02.10.26'], 'd.M.yy'],
    [['31-12-25', '02-01-26'], 'd-M-yy'],
    [['28/10/26'], 'd/M/yy'],
    [['01.02.24', '01.03.24'], 'd.M.yy'],
  ])('of %j has the year behind', (texts, format) => {
    expect(guessDateFormat(texts, true)).toEqual({ format });
  });

  test('does not matter where every reading gives the same days, once all of them were seen', () => {
    expect(guessDateFormat(['05/05/2026'], true)).toEqual({ format: 'd/M/yyyy' });
    expect(guessDateFormat(['05/05/2026'], false)).toMatchObject({ problem: 'date-format-ambiguous', example: '05/05/2026' });
  });

  test('is not guessed where the column contradicts itself', () => {
    expect(guessDateFormat(['13/05/2026', '05/13/2026'], true)).toMatchObject({
      problem: 'date-format-ambiguous',
      candidates: ['d/M/yyyy', 'M/d/yyyy'],
    });
  });

  test('is unknown where nothing is a date', () => {
    expect(guessDateFormat(['1 Listopad 2026', '2 Listopad 2026'], true)).toEqual({
      problem: 'date-format-unknown',
      example: '1 Listopad 2026',
    });
    expect(guessDateFormat([], true)).toEqual({ problem: 'date-format-unknown', example: '' });
  });

  test('is known for single cells', () => {
    expect(['2026-05-01', '1.5.26', '13/5/2026', '5/13/26', '1 May 2026'].every(looksLikeDate)).toBe(true);
    expect(['', '12.50', 'May', 'May 2026', '13 04 2026', '32.13.2026'].some(looksLikeDate)).toBe(false);
  });
});
