import { describe, expect, test } from '@jest/globals';
import { BytesWatch, chooseEncoding, TextSource } from './encoding.ts';
import { FileProblem } from './file-problem.ts';
import type { ImportOptions } from './import-options.ts';
import { planImport, type Plan } from './plan.ts';
import { americanBank, dutchBank, frenchBank, headerless, programExport, savingsBank, spanishBank } from './testing/bank-statements.ts';

const plain: ImportOptions = { mapping: {}, defaults: {}, invertSign: false, dryRun: false, onDuplicate: 'skip' };

function planned(file: Uint8Array | string, options: Partial<ImportOptions> = {}, whole = true): Plan {
  const data = typeof file === 'string' ? Buffer.from(file) : file;
  const watch = new BytesWatch();
  watch.see(data);
  const source = new TextSource(chooseEncoding(watch.facts(), options.encoding));
  return planImport({ text: source.text(data) + source.text(), whole }, { ...plain, ...options }, 'CHF');
}
function problem(run: () => unknown): { code: string; path: string; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof FileProblem) return { code: error.code, path: error.path, message: error.message };
    throw error;
  }
  throw new Error('no problem');
}

describe('what is not said about a file is found in it', () => {
  test('a German savings bank', () => {
    expect(planned(savingsBank)).toMatchObject({
      delimiter: ';',
      headerRow: 4,
      width: 10,
      columns: { date: 1, amount: 7, debit: null, credit: null, description: 4, currency: 8, category: null, type: null },
      dateFormat: 'd.M.yy',
      decimalSeparator: ',',
    });
  });
  test('a bank in the United States', () => {
    expect(planned(americanBank)).toMatchObject({
      delimiter: ',',
      headerRow: 1,
      columns: { date: 1, amount: 3, description: 2, type: null, currency: null },
      dateFormat: 'M/d/yyyy',
      decimalSeparator: '.',
      currency: 'CHF',
    });
  });
  test('a French bank', () => {
    expect(planned(frenchBank)).toMatchObject({
      delimiter: ';',
      columns: { date: 0, amount: null, debit: 3, credit: 4, description: 2, category: 5 },
      dateFormat: 'd/M/yyyy',
      decimalSeparator: ',',
    });
  });
  test('a Dutch bank', () => {
    expect(planned(dutchBank)).toMatchObject({
      delimiter: ',',
      columns: { date: 0, amount: 6, type: 5, description: 1 },
      dateFormat: 'yyyyMMdd',
      decimalSeparator: ',',
      currency: 'EUR',
    });
  });
  test('the export of a program', () => {
    expect(planned(programExport)).toMatchObject({
      delimiter: '\t',
      columns: { date: 0, amount: 2, description: 1, currency: 3, category: 4, tags: 5 },
      dateFormat: 'yyyy-M-d',
      decimalSeparator: '.',
      tagSeparator: ';',
    });
  });
  test('a Spanish bank', () => {
    expect(planned(spanishBank)).toMatchObject({
      headerRow: 3,
      columns: { date: 0, description: 1, amount: 2, currency: 3 },
      decimalSeparator: ',',
    });
  });
  test('a statement without a header', () => {
    expect(planned(headerless)).toMatchObject({
      headerRow: 0,
      width: 5,
      columns: { date: 0, amount: 1, description: 4, category: null },
      dateFormat: 'M/d/yyyy',
    });
  });
  test('names in Italian and Portuguese', () => {
    expect(
      planned('Data operazione;Descrizione;Dare;Avere\n13/05/2026;Caff\u00e8;1,20;\n14/05/2026;Stipendio;;1500,00\n').columns,
    ).toMatchObject({
      date: 0,
      description: 1,
      debit: 2,
      credit: 3,
    });
    expect(planned('Data Lan\u00e7amento;Hist\u00f3rico;Valor;Saldo\n13/05/2026;Mercado;-1,20;5,00\n').columns).toMatchObject({
      date: 0,
      description: 1,
      amount: 2,
    });
  });
  test('names in no known language, by what is below them', () => {
    expect(planned('Kuup\u00e4ev|Selgitus|Summa\n13.05.2026|Kohv|-1.20\n')).toMatchObject({
      delimiter: '|',
      headerRow: 1,
      columns: { date: 0, description: 1, amount: 2 },
    });
  });
  test('a table that Excel announces', () => {
    expect(planned('sep=|\nDate|Amount, net|Text; more\n2026-05-01|5|a\n')).toMatchObject({ delimiter: '|', headerRow: 2 });
    expect(planned('sep=\t\nDate\tAmount\n2026-05-01\t5\n')).toMatchObject({ delimiter: '\t', headerRow: 2 });
    for (const headerRow of [undefined, 0, 1])
      expect(planned('sep=;\n2026-05-01;5\n', headerRow === undefined ? {} : { headerRow })).toMatchObject({ headerRow: 1, width: 2 });
  });
  test('amounts with commas in cells of their own are no reason for commas between cells', () => {
    expect(planned('Datum;Bedrag\n01-05-2026;12,50\n13-05-2026;13,50\n').delimiter).toBe(';');
  });
  test('columns that are named are known, however few of their cells are good', () => {
    const file = 'Id,Date,Amount,Text,Seen\n1,2026-05-01,-5,Bread,2026-05-03\n2,soon,much,Butter,2026-05-04\n';
    expect(planned(file)).toMatchObject({ columns: { date: 1, amount: 2, description: 3 }, dateFormat: 'yyyy-M-d' });
  });
  test('what went out is known by its column alone, and so is what came in', () => {
    const none = { amount: null, debit: null, credit: null };
    const columnsOf = (file: string) => planned(file).columns;
    expect(columnsOf('Date,Text,Withdrawal\n2026-05-01,Bread,5.50\n')).toMatchObject({ ...none, debit: 2 });
    expect(columnsOf('Date,Text,Paid in\n2026-05-01,Wages,5.50\n')).toMatchObject({ ...none, credit: 2 });
    expect(columnsOf('Date,Text,Debit,Movement\n2026-05-01,Bread,,5.50\n')).toMatchObject({ ...none, amount: 3 });
    expect(columnsOf('Id,Date,Debit,Credit\n1,2026-05-01,5,\n2,2026-05-01,much,\n')).toMatchObject({ ...none, debit: 2, credit: 3 });
  });
  test('of several columns of numbers, none of them named as money, the one with decimals counts, unless one without any name could be it', () => {
    const file = (name: string, beside: string, amount = '4.85') =>
      `Date,Text,${name},Kulu\n2026-05-13,Bread,${beside},${amount}\n2026-05-14,Milk,${beside},1.15\n`;
    expect(planned(file('Arv', '2')).columns.amount).toBe(3);
    expect(planned(file('', '40017733')).columns.amount).toBe(3);
    expect(planned(file('', '4001773')).columns.amount).toBe(3);
    expect(problem(() => planned(file('', '400177'))).code).toBe('columns-not-recognised');
    expect(planned(file('', '2', '-4.85')).columns.amount).toBe(3);
    expect(problem(() => planned(file('', '2')))).toMatchObject({ code: 'columns-not-recognised', path: '/options/mapping/amount' });
  });
  test('columns without a name count where most rows fill them, unless what fills them could be torn off an amount', () => {
    expect(planned('Datum;Text;Betrag;\n13.05.2026;Brot;-1,20;EUR\n14.05.2026;Brot;-1,20;EUR\n')).toMatchObject({
      width: 4,
      columns: { amount: 2, currency: 3 },
    });
    expect(planned('Datum;Text;Betrag;\n13.05.2026;Brot;-1,20;EUR\n14.05.2026;Brot;-1,20;\n')).toMatchObject({ width: 3 });
    expect(planned('Date,Text,Amount,\n2026-05-13,Bread,-1,20\n2026-05-14,Bread,-1,30\n')).toMatchObject({ width: 3 });
  });
  test('which way money went is told by words, unless the signs say all of it already', () => {
    const typeOf = (header: string, ...rows: string[]) => planned(`${header}\n2026-05-13,${rows.join('\n2026-05-13,')}\n`).columns.type;
    expect(typeOf('Date,Amount,Type', '5,expense', '6,income')).toBe(2);
    expect(typeOf('Date,Amount,Type', '-5,expense', '6,income')).toBeNull();
    expect(typeOf('Date,Amount,Type', '20,expense', '-5,expense')).toBe(2);
    expect(typeOf('Date,Amount,Type', '20,payment', '-5,payment')).toBeNull();
    // A card whose purchases have no minus: what was paid to it has one, and is refused.
    expect(typeOf('Date,Amount,Type', '20,Purchase', '5,Purchase', '-25,Payment')).toBe(2);
    expect(typeOf('Date,Amount,Type', '-20,Purchase', '25,Payment')).toBeNull();
    expect(typeOf('Date,Amount,Type', '-20,Debit', '-5,Debit', '5,Debit', '25,Payment')).toBeNull();
    expect(typeOf('Date,Amount,Type', '-20,Debit', '5,Debit', '6,Debit', '25,Payment')).toBe(2);
    expect(typeOf('Date,Amount,Type', '20,debit', '5,debit', '3,charge')).toBe(2);
    expect(typeOf('Date,Amount,Type', '20,debit', '-5,credit', '3,charge')).toBeNull();
    expect(typeOf('Date,Amount,Direction', '20,OUT', '5,IN')).toBe(2);
    expect(typeOf('Date,Amount,Type', '20,SPEND', '5,RECEIVE')).toBe(2);
    expect(typeOf('Date,Amount,Type', '20,Cash out', '5,Cash in')).toBe(2);
    expect(typeOf('Date,Amount,', '5,S', '6,S')).toBe(2);
    expect(typeOf('Date,,Amount', 'S,5', 'H,6')).toBe(1);
    expect(typeOf('Date,Amount,', '5,S', '6,')).toBeNull();
    expect(typeOf('Date,Amount,', '5,S', '6,x')).toBeNull();
    expect(typeOf('Date,Amount,Sign', '5,-', '6,+')).toBe(2);
    expect(typeOf('Date,Amount,Strona', '5,D', '6,C')).toBe(2);
    expect(typeOf('Date,Amount,Strona', '5,C', '6,C')).toBeNull();
    expect(typeOf('Date,Amount,Strona', '-5,C', '6,D')).toBeNull();
    expect(typeOf('Date,Amount,Category', '5,Deposit', '6,Payment')).toBeNull();
  });
  test('amounts whose category says income though they have a minus are refused, unless somebody has looked', () => {
    const file = 'Date,Amount,Category\n2026-05-13,20,Food\n2026-05-13,5,Fun\n2026-05-13,-1000,Income\n';
    expect(problem(() => planned(file))).toMatchObject({ code: 'columns-not-recognised', path: '/options/invertSign' });
    expect(planned(file, { invertSign: true }).columns).toMatchObject({ amount: 1, category: 2 });
    expect(planned(file, { mapping: { amount: 'Amount' } }).columns).toMatchObject({ amount: 1, category: 2 });
    for (const rows of [
      '-20,Food\n2026-05-13,1000,Income',
      '-1000,Income\n2026-05-13,5,Income',
      '20,Income',
      '-20,Food',
      '-20,Food\n2026-05-13,-5,Income',
      '20,Gift\n2026-05-13,-5,Income',
      '-5,Income',
      // A minus is not the only way in which the income is written, or not how it is.
      '20,Food\n2026-05-13,5,Fun\n2026-05-13,1000,Income',
      '20,Food\n2026-05-13,5,Fun\n2026-05-13,-9,Income\n2026-05-13,1000,Income',
      '20,Food\n2026-05-13,5,Fun\n2026-05-13,-9,Expense',
      // Half of what else was paid has one, too.
      '20,Food\n2026-05-13,-5,Fun\n2026-05-13,-1000,Income',
    ])
      expect(planned(`Date,Amount,Category\n2026-05-13,${rows}\n`).columns).toMatchObject({ amount: 1, category: 2 });
  });
  test('a type that says expense or income in one row is read, whatever it says in others', () => {
    const typeOf = (...rows: string[]) => planned(`Date,Amount,Type\n2026-05-13,${rows.join('\n2026-05-13,')}\n`).columns.type;
    expect(typeOf('5,expense', '6,transfer')).toBe(2);
    expect(typeOf('5,Expense', '6,transfer', '7,settlement', '8,')).toBe(2);
    expect(typeOf('5,credit', '6,cash', '7,voucher')).toBeNull();
    // Written the other way round: what was spent has no minus.
    expect(typeOf('20,regular', '5,regular', '-1000,income')).toBe(2);
    expect(planned('Date,Amount,Type\n2026-05-13,20,regular\n2026-05-13,-9,income\n', { invertSign: true }).columns.type).toBeNull();
    expect(typeOf('-20,regular', '-5,regular', '1000,income')).toBeNull();
    expect(typeOf('-20,credit', '-5,cash')).toBeNull();
    expect(planned('Дата;Тип;Сумма\n13.05.2026;Расход;485\n13.05.2026;Перевод;20\n').columns.type).toBe(1);
    expect(planned('Datum;Belegart;Betrag\n13.05.2026;Ausgabe;4,85\n13.05.2026;Rechnung;20,00\n').columns.type).toBe(1);
  });
  test('a named currency is every row its own, also where one of them is none', () => {
    expect(planned('Date,Amount,Currency\n2026-05-13,5,USD\n2026-05-14,6,US-Dollar\n').columns.currency).toBe(2);
    expect(planned('Date,Amount,Valuta\n2026-05-13,5,2026-05-14\n').columns.currency).toBeNull();
    expect(planned('2026-05-13,-5.20,EUR,Bread\n').columns.currency).toBe(2);
    expect(planned('2026-05-13,-5.20,EUR,Bread\n2026-05-13,-5.20,x,Milk\n').columns.currency).toBeNull();
  });
  test('the description is a column that holds something, and rather who was paid than a note', () => {
    const rows = '2026-05-13,5,,Cafe\n2026-05-14,5,,Baker\n2026-05-15,5,late,Baker\n';
    expect(planned(`Date,Amount,Memo,Payee\n${rows}`).columns.description).toBe(3);
    expect(planned(`Date,Amount,Description,Payee\n${rows}`).columns.description).toBe(2);
    expect(planned('Date,Amount,Description,Payee\n2026-05-13,5,,Cafe\n').columns.description).toBe(3);
    expect(planned('Date,Amount,Memo\n2026-05-13,5,\n').columns.description).toBe(2);
    expect(planned('Date,Amount,Status,Thing\n2026-05-13,5,completed,Cafe\n').columns.description).toBe(3);
  });
  test('an amount that stands there twice under one name is one', () => {
    expect(planned('Date,Amount,amount \n2026-05-01,5.5,5.5\n2026-05-02,6,\n2026-05-03,7,\n2026-05-04,,\n').columns.amount).toBe(1);
    expect(planned('Date,Amount,Amount\n2026-05-01,5.5,\n').columns.amount).toBe(1);
    expect(planned('Date,Amount,Amount\n2026-05-01,5.5,6.5\n', { mapping: { amount: 3 } }).columns.amount).toBe(2);
  });
  test('balances, fees, rates and numbers of accounts are never the amount', () => {
    for (const name of ['Balance', 'Saldo (EUR)', 'Fee', 'Exchange rate', 'Account no', 'Reference'])
      expect(problem(() => planned(`Date,Text,${name}\n2026-05-13,Bread,5.20\n`)).code).toBe('columns-not-recognised');
    expect(planned('Date,Wat,Balance\n2026-05-13,5.20,7.20\n').columns.amount).toBe(1);
  });
  test('the currency of another amount is not that of what was paid', () => {
    const file = (names: string) => `Date,${names}\n2026-05-13,-4.80,-5.20,USD\n`;
    expect(planned(file('Amount,Transaction amount,Transaction currency')).columns).toMatchObject({ amount: 1, currency: null });
    expect(planned(file('Balance,Transaction amount,Transaction currency')).columns).toMatchObject({ amount: 2, currency: 3 });
  });
  test.each([
    ['Billing Amount', 'Billing Currency'],
    ['Amount in account currency', 'Account currency'],
  ])('what the account was billed is what was paid: %s', (amount, currency) => {
    const file = `Date,Transaction Amount,Transaction Currency,${amount},${currency}\n2026-05-13,-5.20,USD,-4.80,EUR\n`;
    expect(planned(file).columns).toMatchObject({ amount: 3, currency: 4 });
  });
  test.each([
    ['Expense', 'Income'],
    ['Expense amount', 'Income amount'],
    ['Out', 'In'],
    ['Amount out', 'Amount in'],
    ['Charges', 'Received'],
    ['Salida', 'Entrada'],
    ['Ut', 'Inn'],
  ])('what went out stands under %s, also where nothing came in under %s', (debit, credit) => {
    const head = `Date;Text;${credit};${debit}\n`;
    const both = { amount: null, debit: 3, credit: 2 };
    expect(planned(`${head}2026-05-13;Bread;;4.85\n2026-05-14;Bread;;3.15\n`).columns).toMatchObject(both);
    expect(planned(`${head}2026-05-13;Bread;;4.85\n2026-05-14;Pay;1000.00;\n`).columns).toMatchObject(both);
  });
  test('what went out and what came in come before a sum that is neither', () => {
    const rows = '2026-05-13,Bread,4.85,,995.15\n2026-05-14,Pay,,20.00,1015.15\n';
    for (const sum of ['Total', 'Value', 'Summe'])
      expect(planned(`Date,Text,Debit,Credit,${sum}\n${rows}`).columns).toMatchObject({ amount: null, debit: 2, credit: 3 });
    expect(planned('Date,Text,Debit,Credit,Total\n2026-05-13,Bread,4.85,,-4.85\n').columns.amount).toBe(4);
    // An account that was empty at first, and is overdrawn.
    const overdrawn = '2026-05-13,Bread,4.85,,-4.85\n2026-05-14,Milk,1.15,,-6.00\n';
    expect(planned(`Date,Text,Debit,Credit,Total\n${overdrawn}`).columns.amount).toBe(4);
    expect(planned(`Date,Text,Debit,Credit,Total\n${overdrawn}2026-05-15,Pay,,2.00,-4.00\n`).columns).toMatchObject({
      amount: null,
      debit: 2,
      credit: 3,
    });
  });
  test('what went out and what came in come before an amount that most rows do not have', () => {
    const rows = '2026-05-13,-,4.85,\n2026-05-14,-,1.15,\n2026-05-15,-5.00,,20.00\n';
    expect(planned(`Date,Amount,Debit,Credit\n${rows}`).columns).toMatchObject({ amount: null, debit: 2, credit: 3 });
  });
  test.each([
    ['Net,VAT,Gross', 3],
    ['Gross,VAT (19%),Net', 1],
    ['Netto,MwSt,Brutto', 3],
    ['Gross,Fee,Net', 3],
    ['Gross,Tax,Net', 3],
    ['Net,VAT,Fee', 1],
  ])('of %s, what was paid is column %d: value added tax is paid, a fee and the tax on a wage are kept back', (names, amount) => {
    expect(planned(`Date,${names},Text\n2026-05-13,-10.00,-1.90,-11.90,Pens\n`).columns.amount).toBe(amount);
  });
  test('amounts without signs went the way that columns beside them tell, of which each row fills one', () => {
    const columnsOf = (rows: string, options: Partial<ImportOptions> = {}) =>
      planned(`Date,Text,Amount,Debit,Credit\n${rows}`, options).columns;
    const sides = { amount: null, debit: 3, credit: 4 };
    const asAmount = { amount: 2, debit: null, credit: null };
    const rows = '2026-05-13,Bread,4.85,4.85,\n2026-05-14,Pay,20.00,,20.00\n';
    expect(columnsOf(rows)).toMatchObject(sides);
    expect(columnsOf('2026-05-13,Bread,5.50,4.85,0.00\n2026-05-14,Pay,,0.00,20.00\n')).toMatchObject(sides);
    expect(columnsOf('2026-05-13,Bread,-4.85,4.85,\n2026-05-14,Pay,20.00,,20.00\n')).toMatchObject(asAmount);
    expect(columnsOf('2026-05-13,Pay,4.85,,4.85\n')).toMatchObject(asAmount);
    // The accounts that were debited and credited.
    expect(columnsOf('2026-05-13,Bread,4.85,4400,1200\n')).toMatchObject(asAmount);
    expect(columnsOf('2026-05-13,Bread,4.85,4400,\n2026-05-14,Milk,1.15,4400,1200\n')).toMatchObject(asAmount);
    expect(columnsOf(rows, { mapping: { amount: 'Amount' } })).toMatchObject(asAmount);
    expect(columnsOf(rows, { invertSign: true })).toMatchObject(asAmount);
    expect(columnsOf(rows, { defaults: { type: 'expense' } })).toMatchObject(asAmount);
    expect(planned('Date,Text,Amount,Debit\n2026-05-13,Bread,4.85,4.85\n').columns).toMatchObject(asAmount);
  });
  test('the day of the transaction comes before the one from which it bears interest, in whatever language', () => {
    for (const name of ['Transactiedatum', 'Boekingsdatum', 'Bokf\u00f6ringsdag', 'Fecha'])
      for (const value of ['Valutadatum', 'Valuta', 'Wertstellung'])
        expect(planned(`Nr,${value},${name},Bedrag\n1,2026-05-14,2026-05-13,-4.85\n`).columns.date).toBe(2);
    expect(planned('Nr,Seen,Valutadatum,Bedrag\n1,2026-05-14,2026-05-13,-4.85\n').columns.date).toBe(2);
  });
  test('what something cost went out, unless signs or words say more, or it was asked for as the amount', () => {
    const spent = { amount: null, debit: 2, credit: null };
    const columnsOf = (file: string, options: Partial<ImportOptions> = {}) => planned(file, options).columns;
    const rows = '2026-05-13,Bread,4.85\n2026-05-14,Milk,1.15\n';
    for (const name of ['Cost', 'Price', 'Cost (EUR)', 'Coste', 'Co\u00fbt'])
      expect(columnsOf(`Date,Text,${name}\n${rows}`)).toMatchObject(spent);
    for (const name of ['Income', 'Received'])
      expect(columnsOf(`Date,Text,Cost,${name}\n2026-05-13,Bread,4.85,\n2026-05-14,Pay,,20.00\n`)).toMatchObject({ ...spent, credit: 3 });
    const asAmount = { amount: 2, debit: null };
    expect(columnsOf(`Date,Text,Amount\n${rows}`)).toMatchObject(asAmount);
    expect(columnsOf('Date,Text,Cost\n2026-05-13,Bread,-4.85\n2026-05-14,Pay,20.00\n')).toMatchObject(asAmount);
    expect(columnsOf('Date,Text,Cost,Type\n2026-05-13,Bread,4.85,expense\n2026-05-14,Pay,20.00,income\n')).toMatchObject(asAmount);
    expect(columnsOf(`Date,Text,Cost\n${rows}`, { mapping: { amount: 'Cost' } })).toMatchObject(asAmount);
    expect(columnsOf(`Date,Text,Cost\n${rows}`, { mapping: { debit: null } })).toMatchObject(asAmount);
    expect(columnsOf(`Date,Text,Cost\n${rows}`, { invertSign: true })).toMatchObject(asAmount);
    expect(columnsOf(`Date,Text,Cost\n${rows}`, { defaults: { type: 'income' } })).toMatchObject(asAmount);
    expect(columnsOf('Date,Text,Debit,Credit,Cost\n2026-05-13,Bread,4.85,,0.10\n')).toMatchObject({ amount: null, debit: 2, credit: 3 });
  });
  test('amounts beside descriptions that are called expenses went out, unless signs say more', () => {
    const columnsOf = (file: string) => planned(file).columns;
    const spent = { amount: null, debit: 2, credit: null, description: 1 };
    expect(columnsOf('Date,Expense,Amount,Category\n2026-05-13,Bread,4.85,Food\n2026-05-14,Milk,1.15,Food\n')).toMatchObject(spent);
    expect(columnsOf('Datum;Ausgabe;Betrag\n13.05.2026;Brot;4,85\n')).toMatchObject(spent);
    const asAmount = { amount: 2, debit: null };
    expect(columnsOf('Date,Expense,Amount\n2026-05-13,Bread,-4.85\n2026-05-14,Pay,20.00\n')).toMatchObject(asAmount);
    expect(columnsOf('Date,Income,Amount\n2026-05-13,Wages,4.85\n')).toMatchObject(asAmount);
    expect(columnsOf('Date,Expense,Amount,Description\n2026-05-13,no,4.85,Wages\n2026-05-13,yes,4.85,Bread\n')).toMatchObject(asAmount);
  });
  test('which way money went is told right behind the amount, not behind the balance', () => {
    const rows = '2026-05-13,Bread,995.15,H,4.85,S\n2026-05-14,Pay,1000.00,H,20.00,H\n';
    expect(planned(`Date,Text,Balance,S/H,Amount,S/H\n${rows}`).columns).toMatchObject({ amount: 4, type: 5 });
    expect(planned(`Date,Text,Balance,,Amount,\n${rows}`).columns).toMatchObject({ amount: 4, type: 5 });
    expect(planned('Date,Text,S/H,Amount\n2026-05-13,Bread,S,4.85\n').columns).toMatchObject({ amount: 3, type: 2 });
    expect(planned('Date,Text,Amount,Income/Expense\n2026-05-13,Bread,4.85,Exp.\n').columns).toMatchObject({ amount: 2, type: 3 });
  });
  test.each([
    ['Amount (\u00a3)', 'GBP'],
    ['Amount (EUR)', 'EUR'],
    ['Amount \u20ac', 'EUR'],
    ['Tutar (TL)', 'TRY'],
    ['Amount \u20aa', 'ILS'],
    ['Kwota (z\u0142)', 'PLN'],
    ['CAD$', 'CAD'],
    ['Amount in full', 'CHF'],
    ['amount eur', 'EUR'],
    ['amount_usd', 'USD'],
    ['Betrag in Euro', 'EUR'],
    ['usd_amount', 'USD'],
    ['All amounts', 'CHF'],
    ['amount (usd)', 'USD'],
    ['Value in Sek', 'SEK'],
    ['Betrag in HUF', 'HUF'],
    ['Total all', 'CHF'],
  ])('what %s is in is told by its name, else it is what the owner has', (name, currency) => {
    expect(planned(`Date,Text,${name}\n2026-05-13,Bread,-4.85\n`).currency).toBe(currency);
  });
  test('a column that is named after an amount and any currency is an amount', () => {
    expect(planned('Id,Date,Text,Amount SEK,Points\n1,2026-05-13,Bread,-4.85,-1.5\n')).toMatchObject({
      currency: 'SEK',
      columns: { amount: 3 },
    });
    expect(planned('Id,Date,Text,sek_amount,Points\n1,2026-05-13,Bread,-4.85,-1.5\n')).toMatchObject({
      currency: 'SEK',
      columns: { amount: 3 },
    });
    expect(planned('Date,Text,Debit BGN,Credit BGN\n2026-05-13,Bread,4.85,\n')).toMatchObject({
      currency: 'BGN',
      columns: { debit: 2, credit: 3 },
    });
  });
  test('a sign that several currencies share is what the owner has, where that is one of them, or what was said', () => {
    const file = 'Date,Text,Amount ($)\n2026-05-13,Bread,-4.85\n';
    expect(problem(() => planned(file))).toMatchObject({ code: 'currency-ambiguous', path: '/options/defaults/currency' });
    const sides = 'Date,Debit (USD),Credit (EUR)\n2026-05-01,-4.85,\n';
    expect(planned(sides, { defaults: { currency: 'EUR' } })).toMatchObject({ currency: 'EUR', columns: { debit: 1, credit: 2 } });
    for (const currency of ['CAD', 'CLP', 'TWD']) expect(planned(file, { defaults: { currency } }).currency).toBe(currency);
    const yuan = '\u65e5\u671f,\u91d1\u989d\uff08\u5143\uff09\n2026-05-13,-4.85\n';
    expect(problem(() => planned(yuan)).code).toBe('currency-ambiguous');
    expect(planned(yuan, { defaults: { currency: 'CNY' } })).toMatchObject({ currency: 'CNY', columns: { amount: 1 } });
    expect(planned('Date,Text,Amount ($),Currency\n2026-05-13,Bread,-4.85,USD\n').columns).toMatchObject({ amount: 2, currency: 3 });
  });
  test('a Japanese name is known whole, its voicing marks included', () => {
    expect(planned('\u3054\u5229\u7528\u65e5,\u65e5\u4ed8\u7b49,\u91d1\u984d\n2026/05/13,2026/05/14,485\n').columns).toMatchObject({
      date: 0,
    });
    expect(planned('\u5099\u8003\u65e5,\u3054\u5229\u7528\u65e5,\u91d1\u984d\n2026/05/13,2026/05/14,485\n').columns).toMatchObject({
      date: 1,
    });
  });
  test('the first of several descriptions is the description, before other texts', () => {
    expect(
      planned('Account Number,Date,Description 1,Description 2,Amount\n01234-1234567,2026-05-13,COFFEE,,-4.85\n').columns,
    ).toMatchObject({
      description: 2,
    });
  });
  test('codes of another currency than the owner has, under a name that is not known, are not passed over', () => {
    const file = 'Date,Text,Debit,Debit currency,Credit,Credit currency\n2026-05-01,Bread,4.85,EUR,,\n2026-05-02,Pay,,,20.00,CHF\n';
    const asked = { code: 'columns-not-recognised', path: '/options/mapping/currency' };
    expect(problem(() => planned(file))).toMatchObject({ ...asked, message: expect.stringContaining('"Debit currency" says EUR') });
    expect(planned(file, { mapping: { currency: 'Debit currency' } })).toMatchObject({ columns: { currency: 3 }, currency: 'CHF' });
    expect(planned(file, { mapping: { currency: null } })).toMatchObject({ columns: { currency: null }, currency: 'CHF' });
    expect(planned(file, { defaults: { currency: 'EUR' } }).currency).toBe('EUR');
    const said = (...rows: string[]) => problem(() => planned(`Date,Amount,Raha\n2026-05-01,${rows.join('\n2026-05-01,')}\n`)).message;
    expect(said('-4.85,CHF', '-4.85, EUR')).toContain('"Raha" says EUR');
    expect(said('-4.85 CHF,CHF', '-4.85,USD', '-4.85,EUR', '-4.85,')).toContain('"Raha" says USD');
  });
  test.each([
    ["they are the owner's own", 'Raha', '-4.85,CHF ', '-4.85,'],
    ['they are ordinary words', 'Mida', '-4.85,Cup', '-4.85,top'],
    ['their name says that they are something else', 'Category', '-4.85,TOP', '-4.85,ALL'],
    ['they describe what was paid', 'Memo', '-4.85,CUP', '-4.85,PEN'],
    ['they are no codes throughout', 'Raha', '-4.85,EUR', '-4.85,cash'],
    ['there are none', 'Raha', '-4.85,', '-5.85,'],
    ['the amounts say theirs', 'Raha', '-4.85 CHF,EUR', '-4.85,CHF'],
    ['they are those of foreign amounts', 'Fremdw\u00e4hrung', '-4.85,EUR', '-4.85,USD'],
    ['they are those of original amounts', 'Orig currency', '-4.85,EUR', '-4.85,USD'],
    ['they are those of amounts abroad', 'Auslandsw\u00e4hrung', '-4.85,EUR', '-4.85,USD'],
    ['they are those of amounts abroad, in French', 'Devise \u00e9trang\u00e8re', '-4.85,EUR', '-4.85,USD'],
    ['they are those of amounts abroad, in Swedish', 'Utl. valuta', '-4.85,EUR', '-4.85,USD'],
    ['they are those of a fee', 'Fee currency', '-4.85,EUR', '-4.85,USD'],
    ['they are those of a balance', 'Saldo Raha', '-4.85,EUR', '-4.85,USD'],
    ['they are those of another amount', 'Transaction currency,Transaction amount', '-4.85,EUR,-5.50', '-4.85,USD,-5.50'],
    ['they are those of an amount of that name', 'Payout currency,Payout amount', '-4.85,EUR,-5.50', '-4.85,USD,-5.50'],
    ['they are read as what was asked for', 'Raha', '-4.85,EUR', '-4.85,USD', { mapping: { customFields: { money: 'Raha' } } }],
  ])('but they are where %s', (_where, name, first, second, options: Partial<ImportOptions> = {}) => {
    const file = (text: string, cell: string) => `Date,${text}Amount,${name}\n2026-05-01,${cell}${first}\n2026-05-02,${cell}${second}\n`;
    expect(planned(file('Text,', 'Bread,'), options)).toMatchObject({ columns: { amount: 2, currency: null }, currency: 'CHF' });
    expect(planned(file('', ''), options)).toMatchObject({ columns: { amount: 1, currency: null }, currency: 'CHF' });
  });
  test('codes that are those of another amount, as every row shows that has one of its own, are not taken for those of what was paid', () => {
    const rows = (foreign: string) => `2026-05-01,Bread,EUR,${foreign},-4.85\n2026-05-02,Milk,CHF,,-3.85\n`;
    const file = (name: string, foreign = '-5.20') => `Date,Text,Currency,${name},Amount\n${rows(foreign)}`;
    const asked = { code: 'columns-not-recognised', path: '/options/mapping/currency' };
    for (const name of ['Currency amount', 'Utl. belopp', 'Foreign amount', 'Betrag in Fremdw\u00e4hrung', 'Bel\u00f8b i valuta'])
      expect(problem(() => planned(file(name)))).toMatchObject({ ...asked, message: expect.stringContaining(`"${name}"`) });
    expect(problem(() => planned(file('Foreign amount').replace('EUR', 'eur ')))).toMatchObject(asked);
    expect(planned(file('Foreign amount').replace('EUR', 'n/a'))).toMatchObject({ columns: { currency: 2 } });
    expect(planned(file('Foreign amount'), { mapping: { currency: 'Currency' } }).columns.currency).toBe(2);
    expect(planned(file('Foreign amount'), { mapping: { currency: null } })).toMatchObject({
      columns: { currency: null },
      currency: 'CHF',
    });
    const read = { columns: { amount: 4, currency: 2 } };
    for (const foreign of ['', '0.00', '-4.85', '4.85', 'none']) expect(planned(file('Foreign amount', foreign))).toMatchObject(read);
    for (const name of ['Converted amount', 'Original rate', 'Steps']) expect(planned(file(name))).toMatchObject(read);
    expect(planned(`${file('Foreign amount')}2026-05-03,Tea,USD,,-2.85\n`)).toMatchObject(read);
    const own = 'Date,Text,Currency,Local amount,Amount,Local currency\n2026-05-01,Bread,EUR,-5.20,-4.85,USD\n';
    expect(planned(own)).toMatchObject(read);
  });
  test('amounts whose name says what they are in need no column that does', () => {
    const file = 'Date,Amount (CHF),Raha\n2026-05-01,-4.85,EUR\n';
    expect(planned(file)).toMatchObject({ columns: { amount: 1, currency: null }, currency: 'CHF' });
  });
  test('an amount in a foreign currency is not what was paid', () => {
    const file = (foreign: string, own: string) => `Date,${foreign},${own}\n2026-05-13,-5.20,-4.80\n`;
    for (const [foreign, own] of [
      ['Amount (Foreign Currency)', 'Amount (EUR)'],
      ['Amount (orig.)', 'Amount (EUR)'],
      ['Betrag (Auslandsw\u00e4hrung)', 'Betrag (EUR)'],
      ['Montant (devise \u00e9trang\u00e8re)', 'Montant (EUR)'],
      ['Belopp (utl\u00e4ndsk valuta)', 'Belopp (EUR)'],
    ] as const)
      expect(planned(file(foreign, own))).toMatchObject({ currency: 'EUR', columns: { amount: 2 } });
    for (const outlays of ['Betrag (Auslagen)', 'Belopp (utl\u00e4gg)'])
      expect(planned(file('Points', outlays))).toMatchObject({ columns: { amount: 2 } });
  });
  test('one of several numbers is the amount when only it looks like money', () => {
    expect(planned('Nr;Wann;Was;Wieviel\n1;13.05.2026;Brot;3,20\n2;13.05.2026;Butter;2,50\n').columns.amount).toBe(3);
  });
  test('what could be thousands or decimals is thousands in a currency without decimals', () => {
    expect(planned('Date;Amount (JPY)\n2026-05-01;-1,234\n').decimalSeparator).toBe('.');
    expect(planned('Date;Amount;Currency\n2026-05-01;-1.234;JPY\n2026-05-01;500;KRW\n').decimalSeparator).toBe(',');
    expect(problem(() => planned('Date;Amount;Currency\n2026-05-01;-1.234;JPY\n2026-05-01;500;EUR\n')).code).toBe(
      'decimal-separator-ambiguous',
    );
  });
  test('what could be thousands or decimals stays open in a currency with three decimals, until another amount tells', () => {
    const file = (currency: string, ...amounts: string[]) =>
      `Date;Amount;Currency\n${amounts.map((amount) => `2026-05-01;-${amount};${currency}\n`).join('')}`;
    for (const currency of ['KWD', 'TND', 'IQD'])
      for (const amount of ['1.250', '1,250', '12.345'])
        expect(problem(() => planned(file(currency, amount))).code).toBe('decimal-separator-ambiguous');
    expect(planned(file('KWD', '1.250'), { decimalSeparator: '.' }).decimalSeparator).toBe('.');
    for (const telling of ['0.750', '1,250.500', '1250.500', '5.25'])
      expect(planned(file('BHD', '1.250', telling)).decimalSeparator).toBe('.');
    expect(planned(file('TND', '1,250', '1.250,500')).decimalSeparator).toBe(',');
  });
  test('dates with the name of their month', () => {
    const formatOf = (...dates: string[]) => planned(`Date;Text;Amount\n${dates.join(';Bread;-1.20\n')};Bread;-1.20\n`).dateFormat;
    expect(formatOf('03 Mar 2024', '13 April 2024')).toBe('d M yyyy');
    expect(formatOf('3-Mar-24')).toBe('d-M-yy');
    expect(formatOf('Mar 3, 2024')).toBe('M d, yyyy');
    expect(planned('03-Mar-24;-1.20;Bread\n')).toMatchObject({ headerRow: 0, columns: { date: 0, amount: 1, description: 2 } });
  });
  test('what went out and what came in are written alike: either tells how the other separates decimals', () => {
    const separatorOf = (...rows: string[]) => planned(`Date;Debit;Credit\n2026-05-01;${rows.join('\n2026-05-01;')}\n`).decimalSeparator;
    expect(separatorOf('12,50;', ';1.234')).toBe(',');
    expect(separatorOf('1.234;', ';12,50')).toBe(',');
  });
  test('amounts with both separators for decimals are no thousands, in a currency without decimals either', () => {
    expect(problem(() => planned('Date;Amount (JPY)\n2026-05-01;1.23\n2026-05-02;1,23\n')).code).toBe('decimal-separator-ambiguous');
  });
  test('debits are written without a minus where any of them is, other than a zero', () => {
    const plainDebits = (...debits: string[]) => planned(`Date;Debit;Credit\n2026-05-01;${debits.join(';\n2026-05-01;')};\n`).plainDebits;
    expect(plainDebits('-4.85', '1.15')).toBe(true);
    expect(plainDebits('-4.85', '0.00')).toBe(false);
    expect(plainDebits('-4.85', '-1.15')).toBe(false);
  });
  test('tags are separated by what stands in any of their cells, a semicolon before a comma', () => {
    const separatorOf = (...tags: string[]) => planned(`Date|Amount|Tags\n2026-05-01|5|${tags.join('\n2026-05-01|5|')}\n`).tagSeparator;
    expect(separatorOf('bus', 'out; friends')).toBe(';');
    expect(separatorOf('out, late; friends')).toBe(';');
    expect(separatorOf('bus', 'out, friends')).toBe(',');
  });
  test('amounts without separators leave it open how they are separated', () => {
    expect(planned('Date,Amount\n2026-05-01,5\n').decimalSeparator).toBeNull();
  });
});

describe('what is said about a file holds', () => {
  test.each([
    ['dd MM yyyy', '05 03 2026', '06 03 2026'],
    ['yyyy MM dd', '2026 03 05', '2026 03 06'],
    ['yyMMdd', '260305', '260306'],
    ['ddMMyyyy', '05032026', '06032026'],
  ])('so that the column of dates is found that are written %s', (dateFormat, first, second) => {
    const columns = { date: 0, amount: 2, description: 1 };
    const rows = (names: string) => `${names}\n${first};Bread;-1,20\n${second};Milk;-2,40\n`;
    expect(planned(rows('Datum;Text;Betrag'), { dateFormat })).toMatchObject({ columns, dateFormat });
    expect(planned(rows('Wann;Was;Geld'), { dateFormat })).toMatchObject({ columns, dateFormat });
  });
  test('but of two columns without a name that could hold such dates, neither is taken for them', () => {
    const rows = 'Kunde;Wann;Was;Geld\n010203;260305;Bread;-1,20\n010203;260306;Milk;-2,40\n';
    const asked = { code: 'columns-not-recognised', path: '/options/mapping/date' };
    expect(problem(() => planned(rows, { dateFormat: 'yyMMdd' }))).toMatchObject(asked);
  });
  const file = 'When,What,How much,Euro?\n05/06/2026,Bread,1.234,EUR\n';
  test('columns by name, by number, and none', () => {
    const plan = planned(file, {
      mapping: { date: 'when', amount: 3, description: null, currency: 'Euro?', customFields: { shop: 'What' } },
      dateFormat: 'dd/MM/yyyy',
      decimalSeparator: ',',
    });
    expect(plan).toMatchObject({
      headerRow: 1,
      columns: { date: 0, amount: 2, description: null, currency: 3, customFields: { shop: 1 } },
      dateFormat: 'dd/MM/yyyy',
      decimalSeparator: ',',
    });
  });
  test('a name as it is written comes before one in another case', () => {
    const rows = 'Date,AMOUNT,amount\n2026-05-01,-5.5,-6.5\n';
    expect(planned(rows, { mapping: { amount: 'amount' } }).columns.amount).toBe(2);
    expect(planned(rows, { mapping: { amount: 'Amount' } }).columns.amount).toBe(1);
  });
  test('a name is the same in another Unicode form, before one without its accents', () => {
    const rows = 'Date,Cafe,Caf\u00e9\n2026-05-01,-5.5,-6.5\n';
    expect(planned(rows, { mapping: { amount: 'Cafe\u0301' } }).columns.amount).toBe(2);
    expect(planned(rows.normalize('NFD'), { mapping: { amount: 'Caf\u00e9' } }).columns.amount).toBe(2);
  });
  test('the column of the currency counts where the amounts are named otherwise', () => {
    const rows = 'Date,Amount (EUR),Currency\n2026-05-01,-4.85,USD\n';
    expect(planned(rows, { mapping: { currency: 'Currency' } })).toMatchObject({ columns: { currency: 2 }, currency: 'EUR' });
    expect(planned(rows, { mapping: { currency: null } })).toMatchObject({ columns: { currency: null }, currency: 'EUR' });
  });
  test('the column of the currency may say in any case what the name of the amounts says, or nothing', () => {
    const table = (...codes: string[]) => `Date,Amount (EUR),Currency\n2026-05-01,-4.85,${codes.join('\n2026-05-01,-4.85,')}\n`;
    expect(planned(table('eur ', 'n/a', ''))).toMatchObject({ columns: { currency: 2 }, currency: 'EUR' });
    expect(problem(() => planned(table('EUR', ' usd')))).toMatchObject({ path: '/options/mapping/currency' });
  });
  test('a column that was asked for is for nothing else', () => {
    const rows = 'Date,Amount,Text\n2026-05-01,-5,Bread\n';
    expect(planned(rows).columns).toMatchObject({ category: null, description: 2 });
    expect(planned(rows, { mapping: { category: 'Text' } }).columns).toMatchObject({ category: 2, description: null });
    expect(planned(rows, { mapping: { customFields: { shop: 'Text' } } }).columns).toMatchObject({
      customFields: { shop: 2 },
      description: null,
    });
  });
  test('a column by its number beyond what the header names', () => {
    const rows = '2026-05-01,-5,Bread,Food\n2026-05-02,-6,Butter,Food,late\n';
    const asked = { mapping: { category: 4 } };
    expect(planned(`Date,Amount,Text\n${rows}`, asked)).toMatchObject({ width: 5, columns: { category: 3 } });
    expect(planned(`Date,Amount,Text,\n${rows}`, asked)).toMatchObject({ width: 4, columns: { category: 3 } });
  });
  test('header row, delimiter, separator of tags, currency', () => {
    const plan = planned('x\n\nDate|Amount (EUR)|Tags\n2026-05-01|5|a/b\n', {
      headerRow: 3,
      delimiter: '|',
      tagSeparator: '/',
      defaults: { currency: 'USD' },
    });
    expect(plan).toMatchObject({ headerRow: 3, delimiter: '|', tagSeparator: '/', currency: 'USD', columns: { tags: 2 } });
  });
  test('no header', () => {
    expect(planned('Date,Amount\n2026-05-01,5\n', { headerRow: 0, mapping: { date: 1, amount: 2 } })).toMatchObject({
      headerRow: 0,
      names: [],
    });
  });
  test('the header is where the mapped names are', () => {
    const plan = planned('Date,Amount\nignored,1\nday,money\n2026-05-01,5\n', { mapping: { date: 'day', amount: 'money' } });
    expect(plan).toMatchObject({ headerRow: 3, columns: { date: 0, amount: 1 } });
    const mapping = { date: 'Date', amount: 'Amount' };
    expect(planned('Date,2026-05-31\nDate,Amount\n2026-05-01,5\n', { mapping }).headerRow).toBe(2);
    expect(planned('Date,Amount\n2026-05-01,5\nDate,Amount\n2026-05-02,6\n', { mapping }).headerRow).toBe(1);
  });
  test('a header of unknown names is the first row as wide as the table, below blank lines and above rows that hold nothing', () => {
    const plan = planned('\n\n\n\n\nKonto\nWann;Was;Wieviel\n2026-05-01;Bread;5\n2026-05-02;Milk;6\nEnde\n');
    expect(plan).toMatchObject({ headerRow: 7, columns: { date: 0, amount: 2 } });
  });
  test('what was said to be in no column is looked for in none, and what is in one that no row fills may be', () => {
    const narrow = 'Date,Amount,Wer,Tags\n2026-05-01,5,Bread\n';
    expect(planned(narrow).columns.description).toBe(2);
    expect(planned(narrow, { mapping: { description: null } }).columns.description).toBeNull();
    expect(planned(narrow, { mapping: { tags: 'Tags' } }).columns.tags).toBe(3);
  });
  test('a name without letters or digits is no other one', () => {
    const asked = { mapping: { amount: '\u20ac' } };
    expect(problem(() => planned('Date,\u00a3\n2026-05-01,5\n', asked))).toMatchObject({ code: 'column-not-found' });
    expect(planned('Date,\u00a3,\u20ac\n2026-05-01,5,6\n', asked).columns.amount).toBe(2);
  });
  test('a debit column alone, a default date alone', () => {
    expect(planned('Text,Soll\nBread,5.50\n', { mapping: { debit: 'Soll' }, defaults: { date: '2026-05-01' } }).columns).toMatchObject({
      date: null,
      amount: null,
      debit: 1,
      credit: null,
    });
  });
});

test.each(['(', '[', '\uff08', 'a(', '(]', '[)', '([\uff08'])(
  'a column whose name is tens of thousands of %s takes no thought',
  (piece) => {
    const file = `Date,Amount,${piece.repeat(60_000 / piece.length)}\n2026-01-02,12.50,3.10\n2026-01-03,2.50,4.10\n`;
    const start = performance.now();
    planned(file);
    // looked through anew from each bracket on, it takes seconds, and the name may be twice as long
    expect(performance.now() - start).toBeLessThan(1_000);
  },
);

test('many names that a mapping asks for are looked for at once', () => {
  const customFields = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`field ${at}`, `nowhere ${at}`]));
  const file = `Date,Amount${',x'.repeat(90)}\n${`2026-01-02,12.50,\u00e4\u00e4${',b'.repeat(80)}\n`.repeat(300)}`;
  const start = performance.now();
  expect(problem(() => planned(file, { mapping: { date: 'Date', customFields } }))).toMatchObject({ code: 'column-not-found' });
  // one by one in each row it takes seconds, and the options have room for four times as many
  expect(performance.now() - start).toBeLessThan(1_500);
});

describe('a file that can not be read is refused with a reason', () => {
  const codeOf = (file: string, options: Partial<ImportOptions> = {}, whole = true) => {
    const { code, path } = problem(() => planned(file, options, whole));
    return [code, path];
  };
  test.each([
    ['only a header', 'Date,Amount\n', 'no-rows', '/file'],
    ['only a header of unknown names', 'Wann,Wieviel\n', 'no-rows', '/file'],
    ['only blank lines', '\n\n \n', 'no-rows', '/file'],
    ['a torn quote', 'Date,Amount\n2026-05-01,"5', 'quote-not-closed', '/file'],
    ['a torn last line', 'Date,Amount,Text\n2026-05-01,5,a\n2026-05-02,1', 'last-line-torn', '/file'],
    ['200 columns', `Date,Amount${',x'.repeat(198)}\n2026-05-01,5\n`, 'too-many-columns', '/file'],
    ['a cell of 1 MB', `Date,Amount,Text\n2026-05-01,5,${'x'.repeat(1_000_000)}\n`, 'record-too-large', '/file'],
    ['no date', 'Name,Amount\nBread,5\n', 'columns-not-recognised', '/options/mapping/date'],
    ['no amount', 'Date,Name\n2026-05-01,Bread\n', 'columns-not-recognised', '/options/mapping/amount'],
    [
      'amounts that are none, beside other numbers',
      'Id,Date,Amount\n1,2026-05-01,five\n',
      'columns-not-recognised',
      '/options/mapping/amount',
    ],
    [
      'amounts that are none, beside other numbers of no known name',
      'Pieces,Date,Amount\n1,2026-05-01,five\n',
      'columns-not-recognised',
      '/options/mapping/amount',
    ],
    ['debits that are none', 'Id,Date,Debit,Credit\n1,2026-05-01,five,\n', 'columns-not-recognised', '/options/mapping/amount'],
    ['two columns that could be the amount', 'Date,a,b\n2026-05-01,5.5,6.5\n', 'columns-not-recognised', '/options/mapping/amount'],
    ['two amounts of one name', 'Date,Amount,Amount\n2026-05-01,5.5,6.5\n', 'columns-not-recognised', '/options/mapping/amount'],
    [
      'two amounts of one name that are not the same in one row',
      'Date,Amount,Amount\n2026-05-01,5.5,5.5\n2026-05-02,5.5,6.5\n',
      'columns-not-recognised',
      '/options/mapping/amount',
    ],
    [
      'whole amounts or a balance, without names',
      '10/28/2026,COFFEE,5,995.15\n10/02/2026,PAY,2345,1000.15\n',
      'columns-not-recognised',
      '/options/mapping/amount',
    ],
    ['prose', 'Dear customer\nplease find\n', 'columns-not-recognised', '/options/mapping/date'],
    ['day or month first', 'Date,Amount\n05/06/2026,5\n', 'date-format-ambiguous', '/options/dateFormat'],
    ['dates in words that mean two months', 'Date,Amount\n1 Listopad 2026,5\n', 'columns-not-recognised', '/options/mapping/date'],
    ['thousands or decimals', 'Date;Amount\n2026-05-01;1.234\n', 'decimal-separator-ambiguous', '/options/decimalSeparator'],
    ['two separators', 'Date;Amount\n2026-05-01;1.23\n2026-05-01;1,23\n', 'decimal-separator-ambiguous', '/options/decimalSeparator'],
    [
      'amounts that are named otherwise than their currency',
      'Date,Amount (EUR),Amount,Currency\n2026-05-01,-4.85,-5.50,USD\n',
      'columns-not-recognised',
      '/options/mapping/currency',
    ],
    [
      'sides that are named in two currencies',
      'Date,Debit (USD),Credit (EUR)\n2026-05-01,-4.85,\n2026-05-02,,5.50\n',
      'columns-not-recognised',
      '/options/mapping/amount',
    ],
    [
      'amounts torn at their decimal comma',
      '28.10.2026,Bread,-4,85\n02.10.2026,Pay,2345,67\n',
      'decimal-separator-ambiguous',
      '/options/decimalSeparator',
    ],
    [
      'amounts torn at their decimal comma, in a table with room for it',
      'Date,Text,Amount,,Category\n28.10.2026,Bread,-4,85,Food\n02.10.2026,Pay,2345,67,Work\n',
      'decimal-separator-ambiguous',
      '/options/decimalSeparator',
    ],
    [
      'an amount torn at its thousands, in a table with room for it',
      'Date,Text,Amount,Category,Note\n2026-10-28,Bread,-4.85,Food,\n2026-10-02,Pay,2,345.67,Work\n',
      'decimal-separator-ambiguous',
      '/options/decimalSeparator',
    ],
    [
      'an amount torn at its thousands, beside cells that nobody has filled',
      'Date,Text,Amount,Category,Note\n2026-10-28,Bread,-4.85,,\n2026-10-02,Pay,2,345.67,,\n',
      'decimal-separator-ambiguous',
      '/options/decimalSeparator',
    ],
  ])('%s', (_name, file, code, path) => {
    expect(codeOf(file)).toEqual([code, path]);
  });
  test.each<[string, string, Partial<ImportOptions>]>([
    ['it was said what the decimal separator is', 'Date,Amount,,Text\n2026-05-01,-5,85,Bread\n', { decimalSeparator: '.' }],
    ['another amount has decimals', 'Date,Amount,,Text\n2026-05-01,-5,85,Bread\n2026-05-02,-5.50,12,Milk\n', {}],
    ['another one has nothing beside it', 'Date,Amount,,Text\n2026-05-01,-5,85,Bread\n2026-05-02,-5,,Milk\n', {}],
    ['the numbers beside it are named', 'Date,Amount,Week,Text\n2026-05-01,-5,18,Bread\n2026-05-02,-10,19,Milk\n', {}],
    ['the numbers beside it are read', 'Date,Amount,,Text\n2026-05-01,-5,34,Bread\n', { mapping: { customFields: { age: 3 } } }],
    ['the currency has no decimals', 'Date,Amount,,Text\n2026-05-01,-5,85,Bread\n', { defaults: { currency: 'JPY' } }],
    ['the row is too wide, and refused', 'Date,Amount,Text,Note\n2026-05-01,-5.00,Bread,\n2026-05-02,2,345.67,Pay,Work\n', {}],
    ['no comma is between the cells', 'Date;Amount;;Text\n2026-05-01;-5;85;Bread\n', {}],
    [
      'few cells beside it are filled, all with numbers',
      'Date,Amount,Miles,Text\n2026-05-01,-5,120.50,Taxi\n2026-05-02,-6,,Milk\n2026-05-03,-7,,Tea\n',
      {},
    ],
    ['it has more digits than stand before thousands', 'Date,Text,Amount,Note\n2026-05-01,Tea,-4.85,a\n2026-05-02,Pay,2345,345.67\n', {}],
    ['what is beside it is no end of thousands', 'Date,Text,Amount,Note\n2026-05-01,Tea,-4.85,a\n2026-05-02,Pay,2,45.67\n', {}],
    ['what is beside it is no decimals', 'Date,Amount,,Text\n2026-05-01,-5,850,Bread\n', {}],
    ['its row alone is there, as wide as the header', 'Date,Text,Amount,Calories\n2026-05-01,Pizza,-5,850.50\n', {}],
    ['most cells beside it are numbers like it', 'Date,Amount,Limit\n2026-05-01,-5,345.67\n2026-05-02,-6,100.00\n', {}],
  ])('an amount is not taken for a torn one where %s', (_name, file, options) => {
    const amount = file.slice(0, file.indexOf('\n')).split(/[,;]/).indexOf('Amount');
    expect(planned(file, options).columns.amount).toBe(amount);
  });
  test('and the record that it is about', () => {
    const messageOf = (file: string): string => problem(() => planned(file)).message;
    expect(messageOf('Date,Amount\n\n"2026-05-01\n",5\n2026-05-01,"5')).toContain('in record 4 is never closed');
    expect(messageOf('Date,Amount,Text\n\n2026-05-01,5,"a\n"\n2026-05-02,1')).toContain('Record 4 is cut off');
    expect(messageOf(`Date,Amount\n\n${',x'.repeat(100)}\n`)).toContain('Record 3 has more than 100 columns');
    expect(planned(`Date,Amount${',x'.repeat(98)}\n2026-05-01,5\n`).names).toHaveLength(100);
  });
  test('a header row that is not there', () => {
    expect(codeOf('Date,Amount\n2026-05-01,5\n', { headerRow: 9 })).toEqual(['header-row-missing', '/options/headerRow']);
  });
  test('columns that are not there', () => {
    const file = 'Date,Amount\n2026-05-01,5\n';
    expect(codeOf(file, { mapping: { amount: 'Betrag' } })).toEqual(['column-not-found', '/options/mapping/amount']);
    expect(codeOf(file, { mapping: { amount: 3 } })).toEqual(['column-not-found', '/options/mapping/amount']);
    expect(codeOf(file, { mapping: { customFields: { shop: 'Shop' } } })).toEqual([
      'column-not-found',
      '/options/mapping/customFields/shop',
    ]);
    expect(codeOf(file, { headerRow: 1, mapping: { amount: 'Betrag' } })).toEqual(['column-not-found', '/options/mapping/amount']);
    expect(problem(() => planned(file, { mapping: { amount: 'Betrag' } })).message).toBe(
      'There is no column "Betrag"; there are "Date", "Amount".',
    );
  });
  test('dates that were said to be in a mapped column but are in words that mean two months', () => {
    expect(codeOf('Date,Amount\n1 Listopad 2026,5\n', { mapping: { date: 'Date' } })).toEqual([
      'date-format-unknown',
      '/options/dateFormat',
    ]);
  });
  test('days that only could change places in rows that are not looked at yet', () => {
    expect(planned('Date,Amount\n05/05/2026,5\n').dateFormat).toBe('d/M/yyyy');
    const ambiguous = ['date-format-ambiguous', '/options/dateFormat'];
    expect(codeOf('Date,Amount\n05/05/2026,5\n', {}, false)).toEqual(ambiguous);
    expect(codeOf(`Date,Amount\n${'05/05/2026,5\n'.repeat(1_500)}`)).toEqual(ambiguous);
  });
  test('the end of a sample is no torn file', () => {
    expect(planned('Date,Amount,Text\n2026-05-01,5,a\n2026-05-02,1', {}, false)).toMatchObject({ headerRow: 1 });
    expect(planned('Date,Amount,Text\n2026-05-01,5,a\n2026-05-02,1,"b', {}, false)).toMatchObject({ headerRow: 1 });
  });
});
