import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCall } from '@commonpurse/shared/testing';
import { eventually } from './support/eventually.ts';
import { type Household, expectProblem, household, statement } from './support/household.ts';
import { cleanUp } from './support/launch.ts';
import type { Person } from './support/person.ts';
import { importFile, multipart } from './support/upload.ts';

let home: Household;
let ann: Person;
let before: unknown;

beforeAll(async () => {
  home = await household();
  ({ ann } = home);
  before = await home.everything();
});
afterAll(cleanUp);

describe('a file that is no good leaves no record', () => {
  const file = (text: string | Buffer, options: unknown = {}): TestCall => multipart(Buffer.from(text), options);
  const rows = (row: string): string => `Date,Description,Amount,Currency\n${row}\n2024-03-05,Bus,-1.00,EUR\n`;
  const files: readonly (readonly [name: string, text: string | Buffer, code: string])[] = [
    ['empty', '', 'empty-file'],
    ['only a byte order mark', '\uFEFF', 'no-rows'],
    ['only blank lines', '\n\n \n', 'no-rows'],
    ['only a header', 'Date,Description,Amount,Currency\n', 'no-rows'],
    ['an open quote in its last line', `${statement}2024-03-06,"Ba`, 'quote-not-closed'],
    ['a torn last line', `${statement}2024-03-06,Bak`, 'last-line-torn'],
    ['200 columns', `${Array.from({ length: 200 }, (_, n) => `c${n}`).join(',')}\n${'1,'.repeat(199)}1\n`, 'too-many-columns'],
    ['200 columns in one row', rows(`2024-03-04,x,-1.00,EUR${',x'.repeat(196)}`), 'too-many-columns'],
    ['a cell of 1 MB', rows(`2024-03-04,${'x'.repeat(1024 * 1024)},-1.00,EUR`), 'record-too-large'],
    ['a quoted cell of 1 MB', rows(`2024-03-04,"${'x\n'.repeat(512 * 1024)}",-1.00,EUR`), 'record-too-large'],
    ['a picture', Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(4096, 0xfe)]), 'binary-file'],
    ['a spreadsheet', Buffer.concat([Buffer.from('504b0304140006000800', 'hex'), Buffer.alloc(4096)]), 'binary-file'],
    ['zeros', Buffer.alloc(4096), 'nul-bytes'],
    ['a NUL in a cell', rows('2024-03-04,a\0b,-1.00,EUR'), 'nul-bytes'],
    ['columns that nobody knows', 'a,b\nc,d\n', 'columns-not-recognised'],
  ];
  test.each(files)('%s', async (_name, text, code) => {
    const answer = await ann.call('POST', '/records/bulk-import', file(text));
    if (answer.status !== 202) {
      expect(answer.status).toBeLessThan(500);
      expectProblem(answer, answer.status, answer.body.code);
      expect(answer.body.errors).toEqual([{ path: expect.stringMatching(/^\/(file|options)/), code, message: expect.any(String) }]);
      return;
    }
    const { body } = await eventually(
      () => ann.get(answer.headers.location!),
      (job) => ['done', 'failed'].includes(job.body.status),
    );
    expect(body).toMatchObject({ status: 'failed', rows: { imported: 0 }, errors: [], failure: { code, message: expect.any(String) } });
  });

  test('rows that are no good are counted and told by number, path and code', async () => {
    const bad = [
      '2024-03-04,x,1e3,EUR',
      '2024-03-04,x,-1.234,EUR',
      '2024-03-04,x,NaN,EUR',
      '2023-02-29,x,-1.00,EUR',
      '2024-03-04,x,-1.00,QQQ',
      '2999-01-01,x,-1.00,EUR',
    ];
    const job = await importFile(ann, Buffer.from(`Date,Description,Amount,Currency\n${bad.join('\n')}\n`), {
      dateFormat: 'yyyy-MM-dd',
      decimalSeparator: '.',
    });
    expect(job).toMatchObject({ status: 'done', rows: { total: 6, imported: 0, failed: 6 } });
    expect(job.errors.map(({ row, path }: { row: number; path: string }) => [row, path])).toEqual(
      ['/amount', '/amount', '/amount', '/date', '/currency', '/date'].map((path, at) => [at + 2, path]),
    );
  });

  const uploads: readonly (readonly [name: string, call: TestCall, status: number, code: string, path?: string])[] = [
    ['no boundary', { raw: 'x', headers: { 'content-type': 'multipart/form-data' } }, 400, 'validation-failed', ''],
    ['no file', { raw: '--x--\r\n', headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 400, 'validation-failed', '/file'],
    ['a form that breaks off', { ...file(statement), raw: (file(statement).raw as Buffer).subarray(0, -60) }, 400, 'validation-failed', ''],
    ['unknown options', file(statement, { colour: 'red' }), 400, 'validation-failed', '/options/colour'],
    ['options that are a list', file(statement, []), 400, 'validation-failed', '/options'],
    ['an encoding that is none', file(statement, { encoding: 'klingon' }), 400, 'validation-failed', '/options/encoding'],
  ];
  test.each(uploads)('%s', async (_name, call, status, code, path) => {
    const imports = (await ann.get('/records/imports?count=true')).body;
    const answer = await ann.call('POST', '/records/bulk-import', call);
    expectProblem({ ...answer, body: { ...answer.body } }, status, code, path === undefined ? [] : [{ path, code: expect.any(String) }]);
    expect((await ann.get('/records/imports?count=true')).body).toEqual(imports);
  });

  test('a good file would still land', async () => {
    const longer = Buffer.from(`${statement}2024-03-07,Market,-4.00,EUR\n`);
    const tried = await importFile(ann, longer, { dryRun: true, defaults: { category: 'Outings' } });
    expect(tried).toMatchObject({ status: 'done', rows: { total: 3, imported: 1, duplicate: 2, failed: 0 } });
  });
});

test('of all that, nothing was done', async () => expect(await home.everything()).toEqual(before));
