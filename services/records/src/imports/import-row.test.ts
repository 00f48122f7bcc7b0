import { describe, expect, test } from '@jest/globals';
import type { ImportOptions, Mapping } from './import-options.ts';
import { createRowJudge, type RowVerdict } from './import-row.ts';
import { planImport } from './plan.ts';

const plain: ImportOptions = { mapping: {}, defaults: {}, invertSign: false, dryRun: false, onDuplicate: 'skip' };

/** Judges the last row of a small table. */
function verdict(header: string, row: string, options: Partial<ImportOptions> = {}): RowVerdict {
  const all = { ...plain, dateFormat: 'yyyy-MM-dd', delimiter: ';', headerRow: 1, ...options };
  const plan = planImport({ text: `${header}\n${row}\n`, whole: true }, all, 'EUR');
  return createRowJudge(plan, all, '2026-05-14')(row.split(';'));
}
const content = (header: string, row: string, options: Partial<ImportOptions> = {}) => {
  const judged = verdict(header, row, options);
  return judged.kind === 'record' ? judged.content : judged;
};
const faults = (header: string, row: string, options: Partial<ImportOptions> = {}): unknown => {
  const judged = verdict(header, row, options);
  return judged.kind === 'failed' ? judged.errors.map(({ path, code }) => `${path} ${code}`) : judged;
};

describe('a row', () => {
  test('without a type is an expense with a minus and an income without', () => {
    expect(content('Date;Amount', '2026-05-01;-12.50')).toEqual({
      type: 'expense',
      amountMinor: 1250,
      currency: 'EUR',
      date: '2026-05-01',
      description: '',
      category: 'Uncategorized',
      source: null,
      tags: [],
      customFields: {},
    });
    expect(content('Date;Amount', '2026-05-01;12.50')).toMatchObject({
      type: 'income',
      amountMinor: 1250,
      category: null,
      source: 'Unknown',
    });
    expect(content('Date;Amount', '2026-05-01;12.50', { invertSign: true })).toMatchObject({ type: 'expense' });
  });

  test.each([
    ['expense', 'expense'],
    ['Income', 'income'],
    ['S', 'expense'],
    ['Haben', 'income'],
    ['D\u00e9bit', 'expense'],
    ['Bij', 'income'],
    ['CRDT', 'income'],
  ])('with the type %s is an %s', (word, type) => {
    expect(content('Date;Amount;Type', `2026-05-01;12.50;${word}`, { mapping: { type: 'Type' } })).toMatchObject({
      type,
      amountMinor: 1250,
    });
  });

  test('with a type must not have a minus', () => {
    const mapping: Mapping = { type: 'Type' };
    expect(faults('Date;Amount;Type', '2026-05-01;-12.50;expense', { mapping })).toEqual(['/amount amount-not-positive']);
    expect(faults('Date;Amount', '2026-05-01;-12.50', { defaults: { type: 'income' } })).toEqual(['/amount amount-not-positive']);
    expect(content('Date;Amount', '2026-05-01;-12.50', { defaults: { type: 'expense' }, invertSign: true })).toMatchObject({
      amountMinor: 1250,
    });
    expect(faults('Date;Amount;Type', '2026-05-01;5;loan', { mapping })).toEqual(['/type invalid-value']);
    expect(content('Date;Amount;Type', '2026-05-01;5;', { mapping, defaults: { type: 'expense' } })).toMatchObject({ type: 'expense' });
  });

  test.each([
    ['12,40;', 'expense', 1240],
    ['-12,40;', 'expense', 1240],
    [';12,40', 'income', 1240],
    ['0,00;12,40', 'income', 1240],
    ['12,40;0,00', 'expense', 1240],
  ])('with debit and credit %j is an %s of %i', (sides, type, amountMinor) => {
    expect(content('Date;Soll;Haben', `2026-05-01;${sides}`)).toMatchObject({ type, amountMinor });
  });

  test.each([
    [';', ['/amount required']],
    ['0,00;0,00', ['/amount required']],
    ['1,00;1,00', ['/amount amount-ambiguous']],
    [';-1,00', ['/amount amount-not-positive']],
    ['x;', ['/amount amount-malformed']],
  ])('with debit and credit %j is refused', (sides, expected) => {
    const mapping: Mapping = { debit: 'Soll', credit: 'Haben' };
    expect(faults('Date;Soll;Haben', `2026-05-01;${sides}`, { mapping, decimalSeparator: ',' })).toEqual(expected);
  });

  test.each(['-', '--', '\u2014', '\u2013', ' - '])('with %j for nothing beside the side that is filled is read', (none) => {
    const sides: Mapping = { debit: 'Debit', credit: 'Credit' };
    expect(content('Date;Debit;Credit', `2026-05-01;5.50;${none}`, { mapping: sides })).toMatchObject({
      type: 'expense',
      amountMinor: 550,
    });
    expect(content('Date;Debit;Credit', `2026-05-01;${none};5.50`, { mapping: sides })).toMatchObject({ type: 'income', amountMinor: 550 });
    expect(faults('Date;Debit;Credit', `2026-05-01;${none};${none}`, { mapping: sides })).toEqual(['/amount required']);
    expect(faults('Date;Amount', `2026-05-01;${none}`, { mapping: { amount: 2 } })).toEqual(['/amount amount-malformed']);
  });

  test('with a minus among debits that have none is refused: it may be what came back', () => {
    const judge = createRowJudge(
      planImport({ text: 'Date;Debit;Credit\n2026-05-01;5;\n', whole: true }, plain, 'EUR'),
      plain,
      '2026-05-14',
    );
    expect(judge(['2026-05-01', '-2', ''])).toMatchObject({ kind: 'failed', errors: [{ path: '/amount', code: 'amount-not-positive' }] });
    expect(judge(['2026-05-01', '2', '-0'])).toMatchObject({ kind: 'record', content: { type: 'expense' } });
  });

  test('with debit and credit and a type must say the same twice', () => {
    const mapping: Mapping = { debit: 'Soll', credit: 'Haben', type: 'Art' };
    expect(content('Date;Soll;Haben;Art', '2026-05-01;5;;expense', { mapping })).toMatchObject({ type: 'expense', amountMinor: 500 });
    expect(faults('Date;Soll;Haben;Art', '2026-05-01;5;;income', { mapping })).toEqual(['/type type-contradicted']);
    expect(faults('Date;Soll;Haben;Art', '2026-05-01;;5;expense', { mapping })).toEqual(['/type type-contradicted']);
  });

  test('takes what it lacks from the defaults', () => {
    const defaults = { currency: 'USD', date: '2026-05-02', description: 'Imported', category: 'Misc', source: 'Bank', tags: ['bank'] };
    expect(content('Date;Amount;Text;Category', ';-5;;', { defaults, mapping: { description: 'Text' } })).toMatchObject({
      currency: 'USD',
      date: '2026-05-02',
      description: 'Imported',
      category: 'Misc',
      tags: ['bank'],
    });
    expect(content('Date;Amount;Category', '2026-05-01;5;Food', { defaults })).toMatchObject({
      type: 'income',
      source: 'Bank',
      category: null,
    });
    expect(content('Date;Amount;Category', '2026-05-01;5;Salary')).toMatchObject({ source: 'Salary' });
    expect(content('Date;Amount;Category;Source', '2026-05-01;5;Salary;Work')).toMatchObject({ source: 'Work' });
  });

  test('has tags apart, each once', () => {
    expect(content('Date;Amount;Tags', '2026-05-01;-5; a | b||a ')).toMatchObject({ tags: ['a', 'b'] });
    expect(content('Date;Amount;Tags', '2026-05-01;-5;Cafe\u0301|Caf\u00e9')).toMatchObject({ tags: ['Caf\u00e9'] });
    expect(content('Date;Amount;Tags', '2026-05-01;-5;a/b', { tagSeparator: '/' })).toMatchObject({ tags: ['a', 'b'] });
  });

  test('is in its own currency, in any case', () => {
    expect(content('Date;Amount;Currency', '2026-05-01;-500;jpy')).toMatchObject({ currency: 'JPY', amountMinor: 500 });
    expect(faults('Date;Amount;Currency', '2026-05-01;-5.50;JPY')).toEqual(['/amount amount-too-precise']);
  });
  test.each([
    ['-5.500000000000', 'EUR', 550],
    ['-5.5000', 'EUR', 550],
    ['-1,234.00', 'JPY', 1234],
    ['-5.0', 'JPY', 5],
    ['-5.500', 'KWD', 5500],
    ['-1234.500', 'EUR', 123450],
    ['-12.500', 'EUR', 1250],
  ])('has zeros behind the decimals of its currency, which say nothing: %s %s', (amount, currency, amountMinor) => {
    expect(content('Date;Amount;Currency', `2026-05-01;${amount};${currency}`, { decimalSeparator: '.' })).toMatchObject({ amountMinor });
  });
  test('of whole thousands keeps its zeros', () => {
    expect(content('Date;Amount;Currency', '2026-05-01;-1000;EUR')).toMatchObject({ currency: 'EUR', amountMinor: 100_000 });
  });
  test('with three zeros that may be thousands is refused, unless all amounts have three decimals', () => {
    const spared = (...amounts: string[]) => {
      const text = `Date;Amount\n${amounts.map((amount) => `2026-05-01;${amount}\n`).join('')}`;
      const judge = createRowJudge(planImport({ text, whole: true }, plain, 'EUR'), plain, '2026-05-14');
      return judge(['2026-05-01', amounts[0]!]);
    };
    expect(spared('-1.000', '-12.50')).toMatchObject({ kind: 'failed', errors: [{ code: 'amount-too-precise' }] });
    expect(spared('-1.000', '-1234.5', '-5')).toMatchObject({ kind: 'failed', errors: [{ code: 'amount-too-precise' }] });
    expect(spared('-1.000', '0.00')).toMatchObject({ kind: 'failed', errors: [{ code: 'amount-too-precise' }] });
    expect(spared('-1.000', '-1234.500', '0')).toMatchObject({ kind: 'record', content: { amountMinor: 100 } });
    expect(spared('-1.005', '-1234.500')).toMatchObject({ kind: 'failed', errors: [{ code: 'amount-too-precise' }] });
    expect(faults('Date;Amount;Currency', '2026-05-01;-5.50;XYZ')).toEqual(['/currency currency-unknown']);
    expect(content('Date;Amount (USD)', '2026-05-01;-5.50')).toMatchObject({ currency: 'USD' });
    expect(content('Date;Betrag in \u20ac', '2026-05-01;-5.50', { mapping: { amount: 2 } })).toMatchObject({ currency: 'EUR' });
  });

  test('is in the currency beside its amount, unless that is doubtful', () => {
    expect(content('Date;Amount', '2026-05-01;-5.00 PLN')).toMatchObject({ type: 'expense', currency: 'PLN', amountMinor: 500 });
    expect(content('Date;Amount', '2026-05-01;$5', { defaults: { currency: 'CAD' } })).toMatchObject({ currency: 'CAD' });
    expect(content('Date;Amount;Currency', '2026-05-01;$5;AUD')).toMatchObject({ currency: 'AUD' });
    expect(faults('Date;Amount', '2026-05-01;$5')).toEqual(['/currency currency-ambiguous']);
    expect(faults('Date;Amount;Currency', '2026-05-01;$5;EUR')).toEqual(['/currency currency-contradicted']);
    expect(content('Date;Soll;Haben', '2026-05-01;\u20ac5;\u20ac0', { defaults: { currency: 'CHF' } })).toMatchObject({
      type: 'expense',
      currency: 'EUR',
    });
  });

  test.each([
    ['2026-05-15;-5', ['/date date-in-future']],
    ['1899-12-31;-5', ['/date date-too-early']],
    ['2026-02-30;-5', ['/date date-malformed']],
    [';-5', ['/date required']],
    ['2026-05-01;', ['/amount required']],
    ['2026-05-01;0', ['/amount amount-not-positive']],
    ['2026-05-01;-99999999999.99', []],
    ['2026-05-01;-999999999999.99', ['/amount amount-too-large']],
    ['2026-05-01;five', ['/amount amount-malformed']],
    ['nonsense;five', ['/amount amount-malformed', '/date date-malformed']],
  ])('%j is judged as POST /records would judge it: %j', (row, expected) => {
    const judged = verdict('Date;Amount', row, { mapping: { date: 1, amount: 2 } });
    expect(judged.kind === 'failed' ? judged.errors.map(({ path, code }) => `${path} ${code}`) : []).toEqual(expected);
  });

  test('may be income that is expected', () => {
    expect(content('Date;Amount', '2026-06-01;5')).toMatchObject({ type: 'income', date: '2026-06-01' });
    const guess = { dateFormat: undefined };
    expect(content('Date;Amount', '13/06/26;5', guess)).toMatchObject({ type: 'income', date: '2026-06-13' });
    expect(content('Date;Amount', '13/06/2030;5', guess)).toMatchObject({ type: 'income', date: '2030-06-13' });
    expect(content('Date;Amount', '2569-06-13;5', guess)).toMatchObject({ type: 'income', date: '2569-06-13' });
  });
  test.each([
    ['its year may stand in front', '26/05/28', 'dd/MM/yy', '2028-05-26'],
    ['its year has two digits and is of another calendar', '28/05/69', 'dd/MM/yy', '2069-05-28'],
    ['its year is of another calendar', '28/05/2569', 'dd/MM/yyyy', '2569-05-28'],
  ])('in a format that nobody has named is refused so far ahead: %s', (_name, text, dateFormat, date) => {
    expect(faults('Date;Amount', `${text};5`, { dateFormat: undefined })).toEqual(['/date date-ambiguous']);
    expect(content('Date;Amount', `${text};5`, { dateFormat })).toMatchObject({ type: 'income', date });
  });

  test('with more cells than the header was split where it should not have been', () => {
    expect(faults('Date;Amount', '2026-05-01;-5;25', { mapping: { amount: 2 } })).toEqual([' too-many-cells']);
    for (const nothing of [';;', '; ;\u00a0'])
      expect(content('Date;Amount', `2026-05-01;-5${nothing}`, { mapping: { amount: 2 } })).toMatchObject({ amountMinor: 500 });
  });

  test('may have more cells than the header where one of them was asked for', () => {
    const category = { amount: 2, category: 3 };
    expect(content('Date;Amount', '2026-05-01;-5;Food', { mapping: category })).toMatchObject({ category: 'Food' });
  });

  test('with too long a description is refused', () => {
    expect(faults('Date;Amount;Text', `2026-05-01;-5;${'x'.repeat(501)}`)).toEqual(['/description too-long']);
  });

  test('with a balance beside its missing description is no transaction', () => {
    expect(faults('Date;Text;Note;Amount', '2026-05-01;;Endsaldo;5', { mapping: { description: 'Text' } })).toEqual([' not-a-transaction']);
    expect(content('Date;Text;Note;Amount', '2026-05-01;Saldo;Saldo;5', { mapping: { description: 'Text' } })).toMatchObject({
      description: 'Saldo',
    });
    expect(content('Date;Text;Category;Amount', '2026-05-01;;Balance;5', { mapping: { description: 'Text' } })).toMatchObject({
      source: 'Balance',
    });
  });

  test('that is described as the balance before or after all others is no transaction, unless its type is told', () => {
    for (const text of ['Anfangssaldo', 'ENDSALDO', 'Opening balance'])
      expect(faults('Date;Text;Amount', `2026-05-01;${text};1000`)).toEqual([' not-a-transaction']);
    expect(content('Date;Text;Amount', '2026-05-01;Balance;-5')).toMatchObject({ description: 'Balance' });
    expect(content('Date;Text;Amount;Type', '2026-05-01;Opening balance;5;income')).toMatchObject({ type: 'income' });
    expect(content('Date;Text;Amount', '2026-05-01;Opening balance;5', { defaults: { type: 'income' } })).toMatchObject({ type: 'income' });
  });

  test('of which its status says that no money has moved is no transaction', () => {
    for (const said of ['DECLINED', 'Denied', 'R\u00fcckg\u00e4ngig gemacht', 'Annul\u00e9'])
      expect(faults('Date;Text;State;Amount', `2026-05-01;Shop;${said};-5`)).toEqual([' not-a-transaction']);
    for (const said of ['COMPLETED', 'Pending', ''])
      expect(content('Date;Text;Status;Amount', `2026-05-01;Shop;${said};-5`)).toMatchObject({ amountMinor: 500 });
    expect(content('Date;Text;Note;Amount', '2026-05-01;Shop;Cancelled;-5')).toMatchObject({ amountMinor: 500 });
    expect(content('Date;Text;Status;Amount', '2026-05-01;Shop;Cancelled;-5', { mapping: { tags: 'Status' } })).toMatchObject({
      tags: ['Cancelled'],
    });
  });

  test('of white space is blank', () => {
    const all = { ...plain, headerRow: 1 };
    const judge = createRowJudge(planImport({ text: 'Date,Amount\n2026-05-01,5\n', whole: true }, all, 'EUR'), all, '2026-05-14');
    expect([judge(['']), judge([' ', '\t', '\u00a0'])]).toEqual([{ kind: 'blank' }, { kind: 'blank' }]);
  });

  test('with an amount that could be either is refused where nothing before it has told', () => {
    const all = { ...plain, headerRow: 1, delimiter: ';' };
    const judge = createRowJudge(
      planImport({ text: 'Date;Amount\n2026-05-01;5\n', whole: false }, { ...all, dateFormat: 'yyyy-MM-dd' }, 'EUR'),
      all,
      '2026-05-14',
    );
    expect(judge(['2026-05-01', '-1.234'])).toMatchObject({ kind: 'failed', errors: [{ path: '/amount', code: 'amount-ambiguous' }] });
    expect(judge(['2026-05-01', '-1.234,50'])).toMatchObject({ kind: 'record', content: { amountMinor: 123_450 } });
  });
});
