/** Used in the OpenAPI document; a test sends this very upload and compares these answers. */
const statementExample = [
  '"Buchungstag";"Verwendungszweck";"Betrag";"Waehrung"',
  '"13.03.26";"B\u00e4ckerei K\u00f6nig";"-4,85";"EUR"',
  '"01.03.26";"Gehalt M\u00e4rz";"2.345,67";"EUR"',
  '"01.03.26";"Miete";"elf";"EUR"',
  '',
].join('\r\n');

export const uploadExample = { file: statementExample, options: { defaults: { category: 'Household', source: 'Salary' } } };

const format = {
  encoding: 'utf-8',
  delimiter: ';',
  headerRow: 1,
  dateFormat: 'd.M.yy',
  decimalSeparator: ',',
  tagSeparator: ',',
  currency: 'EUR',
  mapping: { date: 'Buchungstag', amount: 'Betrag', description: 'Verwendungszweck', currency: 'Waehrung' },
};

export const queuedExample = {
  id: '01994d2a-7c1e-7c3a-9d63-3f0a54a1b2c3',
  status: 'queued',
  dryRun: false,
  rows: { total: 0, imported: 0, skipped: 0, duplicate: 0, failed: 0 },
  createdAt: '2026-03-14T09:26:53.589Z',
  finishedAt: null,
  failure: null,
  version: 1,
  file: { name: 'statement.csv', bytes: 175 },
  format: null,
  errors: [],
  preview: [],
};

export const doneExample = {
  ...queuedExample,
  status: 'done',
  rows: { total: 3, imported: 2, skipped: 0, duplicate: 0, failed: 1 },
  finishedAt: '2026-03-14T09:26:53.702Z',
  version: 6,
  format,
  errors: [{ row: 4, path: '/amount', code: 'amount-malformed', message: '"elf" is no amount' }],
  preview: [
    {
      row: 2,
      type: 'expense',
      amount: '4.85',
      currency: 'EUR',
      date: '2026-03-13',
      description: 'B\u00e4ckerei K\u00f6nig',
      category: 'Household',
      tags: [],
      customFields: {},
    },
    {
      row: 3,
      type: 'income',
      amount: '2345.67',
      currency: 'EUR',
      date: '2026-03-01',
      description: 'Gehalt M\u00e4rz',
      source: 'Salary',
      tags: [],
      customFields: {},
    },
  ],
};

const { errors: _errors, preview: _preview, ...listed } = doneExample;
export const importListExample = { items: [listed], nextCursor: null };

export const revertingExample = { ...doneExample, status: 'reverting', version: 7 };
