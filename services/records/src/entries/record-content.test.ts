import { describe, expect, test } from '@jest/globals';
import { parseOrRefuse, Refusal } from '@commonpurse/shared/http';
import type { z } from 'zod';
import { NewRecordBody, PatchBody, patchedBody, readContent, ReplaceBody } from './record-content.ts';

const expense = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-03-14', category: 'Food' } as const;
const income = { type: 'income', amount: 3000, currency: 'EUR', date: '2026-03-31', source: 'Salary' } as const;
const today = '2026-03-14';

const faultsOf = (schema: z.ZodType, body: unknown): string[] => {
  try {
    parseOrRefuse(schema, body);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return (error.errors ?? []).map(({ path, code }) => `${path} ${code}`);
  }
};
const { type: _type, ...expenseFields } = expense;

describe('the shape of a new record', () => {
  test.each([
    ['an expense', expense],
    ['an income', income],
    ['everything at once', { ...expense, description: 'x', tags: ['a', 'b'], customFields: {} }],
  ])('%s is fine', (_name, body) => {
    expect(faultsOf(NewRecordBody, body)).toEqual([]);
  });

  test.each([
    [{ ...expense, type: 'transfer' }, ['/type type-not-available']],
    [{ ...expense, type: 'loan' }, ['/type invalid-value']],
    [expenseFields, ['/type required']],
    [[], ['/type required']],
    [{ ...expense, source: 'Salary' }, ['/source unknown-field']],
    [{ ...income, category: 'Food' }, ['/category unknown-field']],
    [{ type: 'expense' }, ['/amount required', '/currency required', '/date required', '/category required']],
    [{ ...expense, ownerId: 'me', id: 'x', version: 1 }, ['/ownerId unknown-field', '/id unknown-field', '/version unknown-field']],
    [{ ...expense, amount: null }, ['/amount invalid-type']],
    [{ ...expense, amount: ['1'] }, ['/amount invalid-type']],
    [{ ...expense, currency: 'EURO' }, ['/currency currency-unknown']],
    [{ ...expense, currency: 'eur' }, ['/currency currency-unknown']],
    [{ ...expense, date: '2026-02-29' }, ['/date invalid-format']],
    [{ ...expense, date: '2026-03-14T00:00:00Z' }, ['/date invalid-format']],
    [{ ...expense, date: '1899-12-31' }, ['/date date-too-early']],
    [{ ...expense, date: '03/14/2026' }, ['/date invalid-format']],
    [{ ...expense, date: '' }, ['/date invalid-format']],
    [{ ...expense, category: '   ' }, ['/category too-short']],
    [{ ...expense, category: 'x'.repeat(101) }, ['/category too-long']],
    [{ ...expense, description: 'x'.repeat(501) }, ['/description too-long']],
    [{ ...expense, tags: ['a', ' a '] }, ['/tags duplicate-tag']],
    [{ ...expense, tags: [''] }, ['/tags/0 too-short']],
    [{ ...expense, tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, ['/tags too-many']],
    [{ ...expense, customFields: { x: {} } }, ['/customFields/x invalid-type']],
  ])('%j: %j', (body, faults) => {
    expect(faultsOf(NewRecordBody, body)).toEqual(faults);
  });

  test('texts are trimmed', () => {
    expect(parseOrRefuse(NewRecordBody, { ...expense, category: ' Food ', description: ' x\n' })).toMatchObject({
      category: 'Food',
      description: 'x',
    });
  });

  const typed = { description: 'Cre\u0300me', tags: ['a\u0300'] };
  const kept = { description: 'Cr\u00e8me', tags: ['\u00e0'] };
  test.each([
    [NewRecordBody, { ...expense, ...typed, category: 'Cafe\u0301' }, { ...kept, category: 'Caf\u00e9' }],
    [NewRecordBody, { ...income, ...typed, source: 'Rene\u0301' }, { ...kept, source: 'Ren\u00e9' }],
    [ReplaceBody, { ...expenseFields, ...typed, category: 'Cafe\u0301' }, { ...kept, category: 'Caf\u00e9' }],
    [PatchBody, { ...typed, source: 'Rene\u0301' }, { ...kept, source: 'Ren\u00e9' }],
  ] as const)('texts are kept in NFC, whatever brings them', (schema: z.ZodType, body, texts) => {
    expect(parseOrRefuse(schema, body)).toMatchObject(texts);
  });
  test('a tag is the same in another Unicode form', () => {
    expect(faultsOf(NewRecordBody, { ...expense, tags: ['\u00e9', 'e\u0301'] })).toEqual(['/tags duplicate-tag']);
  });
});

describe('the shape of a replacement', () => {
  test.each([
    [expenseFields, []],
    [expense, []],
    [{ amount: 1, currency: 'EUR', date: '2026-03-14', source: 'Salary' }, []],
    [{ ...expense, type: 'transfer' }, ['/type invalid-value']],
    [{ ...expense, createdAt: 'now' }, ['/createdAt unknown-field']],
  ])('%j: %j', (body, faults) => {
    expect(faultsOf(ReplaceBody, body)).toEqual(faults);
  });
});

describe('what a record may say', () => {
  const codes = (body: object, type: 'expense' | 'income' = 'expense', keptDate?: string): string[] => {
    const reading = readContent(type, { ...expenseFields, ...body }, today, keptDate);
    return 'errors' in reading ? reading.errors.map(({ path, code }) => `${path} ${code}`) : [];
  };

  test.each([
    ['12.50', 'EUR', 1250],
    ['0.01', 'EUR', 1],
    [12.5, 'EUR', 1250],
    ['1250', 'JPY', 1250],
    ['1.250', 'BHD', 1250],
  ])('%j %s is %d minor units', (amount, currency, minor) => {
    const reading = readContent('expense', { ...expenseFields, amount, currency }, today);
    expect(reading).toMatchObject({ content: { amountMinor: minor } });
  });

  test.each([
    ['12.505', 'EUR', 'amount-too-precise'],
    ['1.5', 'JPY', 'amount-too-precise'],
    ['0', 'EUR', 'amount-not-positive'],
    ['-1', 'EUR', 'amount-not-positive'],
    ['1e3', 'EUR', 'amount-malformed'],
    ['+5', 'EUR', 'amount-malformed'],
    ['.5', 'EUR', 'amount-malformed'],
    ['NaN', 'EUR', 'amount-malformed'],
    ['100000000000.00', 'EUR', 'amount-too-large'],
  ])('%j %s is refused as %s', (amount, currency, code) => {
    expect(codes({ amount, currency })).toEqual([`/amount ${code}`]);
  });

  test('every fault is named at once', () => {
    expect(codes({ date: '2026-03-15', amount: '0', source: 'x', category: undefined, customFields: { 'a/b': 1 } })).toEqual([
      '/category required',
      '/source unknown-field',
      '/date date-in-future',
      '/customFields/a~1b unknown-custom-field',
      '/amount amount-not-positive',
    ]);
  });

  test('an expense may be of today, not of tomorrow; a day that was accepted stays acceptable', () => {
    expect(codes({ date: today })).toEqual([]);
    expect(codes({ date: '2026-03-15' })).toEqual(['/date date-in-future']);
    expect(codes({ date: '2026-03-15' }, 'expense', '2026-03-15')).toEqual([]);
  });

  test('an income may be expected', () => {
    expect(codes({ date: '2027-01-01', category: undefined, source: 'Salary' }, 'income')).toEqual([]);
  });
});

describe('a merge patch', () => {
  const reading = readContent('expense', { ...expenseFields, description: 'Lunch', tags: ['a'] }, today);
  const content = 'content' in reading ? reading.content : null;
  const patched = (patch: object): object => patchedBody(content!, parseOrRefuse(PatchBody, patch));
  const whole = { ...expenseFields, description: 'Lunch', tags: ['a'], customFields: {} };

  test.each([
    [{}, whole],
    [{ amount: 3 }, { ...whole, amount: 3 }],
    [{ tags: [] }, { ...whole, tags: [] }],
    [{ customFields: { x: 1, y: null } }, { ...whole, customFields: { x: 1 } }],
    [{ type: 'expense' }, whole],
  ])('%j changes just that', (patch, expected) => {
    expect(patched(patch)).toEqual(expected);
  });

  test('null takes away', () => {
    const { description: _description, tags: _tags, customFields: _fields, ...rest } = whole;
    expect(patched({ description: null, tags: null, customFields: null })).toEqual(rest);
    expect(patched({ category: null })).not.toHaveProperty('category');
  });

  test.each([
    [{ version: null }, ['/version unknown-field']],
    [{ id: 'x' }, ['/id unknown-field']],
    [{ amount: true }, ['/amount invalid-type']],
    [{ amount: null, currency: null, date: null }, ['/amount required', '/currency required', '/date required']],
  ])('%j is refused', (patch, faults) => {
    expect(faultsOf(PatchBody, patch)).toEqual(faults);
  });
});
