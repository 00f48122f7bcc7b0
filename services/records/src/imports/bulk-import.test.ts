import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ImportProgressed, ImportView, RecordsImported } from '@commonpurse/shared/contracts';
import { fakeClock, startTestService, type TestClient, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { RecordsConfig } from '../config.ts';
import { createRecordsService } from '../service.ts';
import * as examples from './examples.ts';
import { americanBank, dutchBank, frenchBank, headerless, programExport, savingsBank, spanishBank } from './testing/bank-statements.ts';
import { filePart, optionsFile, optionsPart, upload, uploadFile } from './testing/multipart.ts';

let system: TestService;
const clock = fakeClock(Date.parse('2026-05-14T12:00:00.000Z'));
const config = RecordsConfig.parse({ MAX_UPLOAD_BYTES: '600000' });

beforeAll(async () => {
  system = await startTestService((deps) => createRecordsService({ ...deps, config }), { clock });
});
afterAll(() => system.stop());

const bread = 'Date,Amount,Text\n2026-05-01,-5,Bread\n';

async function newClient(facts?: Parameters<TestService['user']>[0]): Promise<{ client: TestClient; user: TestUser }> {
  const user = await system.user({ baseCurrency: 'EUR', ...facts });
  return { user, client: system.as(user) };
}
const ended = ['done', 'failed', 'reverted'];
const finish = (client: TestClient, id: string, statuses: readonly string[] = ended): Promise<ImportView> =>
  system.until(async () => {
    const { body } = await client.get(`/records/imports/${id}`);
    return statuses.includes(body.status) ? (body as ImportView) : undefined;
  });
async function imported(client: TestClient, content: string | Buffer, options: unknown = {}): Promise<ImportView> {
  const answer = await uploadFile(client, content, options);
  expect(answer).toMatchObject({ status: 202 });
  return finish(client, answer.body.id);
}
async function records(client: TestClient): Promise<Record<string, unknown>[]> {
  const { body } = await client.get('/records?limit=200&sort=createdAt');
  return body.items;
}
const brief = (items: readonly Record<string, unknown>[]) =>
  items.map((item) =>
    [item['date'], item['type'], item['amount'], item['currency'], item['category'] ?? item['source'], item['description']].join(' | '),
  );
const eventsOf = <T>(type: string, subject: string): { version: number; data: T; correlationid: string }[] =>
  system.published.filter((event) => event.type === type && event.subject === subject) as {
    version: number;
    data: T;
    correlationid: string;
  }[];

describe('a statement of a real bank', () => {
  test.each([
    [
      'a German savings bank',
      savingsBank,
      [
        '2026-04-30 | expense | 4.85 | EUR | Uncategorized | B\u00e4ckerei K\u00f6nig; Filiale 7',
        '2026-04-28 | income | 2345.67 | EUR | Unknown | Gehalt April',
        '2026-04-02 | expense | 1050.00 | EUR | Uncategorized | Miete \u20ac warm',
      ],
    ],
    [
      'a bank in the United States',
      americanBank,
      [
        '2026-04-28 | expense | 6.75 | EUR | Uncategorized | COFFEE "CORNER" #12, PORTLAND OR',
        '2026-04-15 | income | 2000.00 | EUR | Unknown | PAYROLL ACME INC',
      ],
    ],
    [
      'a French bank',
      frenchBank,
      [
        '2026-04-28 | expense | 12.40 | EUR | Alimentation | CARTE BOULANGERIE \u00c9T\u00c9',
        '2026-04-01 | income | 1850.00 | EUR | Revenus | VIR SALAIRE',
      ],
    ],
    [
      'a Dutch bank',
      dutchBank,
      [
        '2026-04-28 | expense | 13.37 | EUR | Uncategorized | Groenteboer Jansen',
        '2026-04-24 | income | 2150.00 | EUR | Unknown | Werkgever BV',
      ],
    ],
    [
      'the export of a program',
      programExport,
      [
        '2026-04-28 | expense | 8.50 | EUR | Food | Zo\u00eb\u2019s D\u00f6ner \ud83c\udf2f',
        '2026-04-27 | expense | 2000 | JPY | Travel | Bus',
      ],
    ],
    [
      'a Spanish bank',
      spanishBank,
      [
        '2026-04-30 | expense | 45.20 | EUR | Uncategorized | Compra supermercado',
        '2026-04-29 | income | 1800.00 | EUR | Unknown | N\u00f3mina',
      ],
    ],
    [
      'a bank without a header',
      headerless,
      [
        '2026-04-28 | expense | 12.50 | EUR | Uncategorized | GROCERY OUTLET',
        '2026-04-13 | income | 1500.00 | EUR | Unknown | DIRECT DEPOSIT PAYROLL',
      ],
    ],
  ])('%s is imported as it came', async (_bank, file, expected) => {
    const { client } = await newClient();
    const job = await imported(client, file);
    const all = brief(await records(client));
    expect(all).toEqual(expect.arrayContaining(expected));
    expect(job).toMatchObject({ status: 'done', failure: null, rows: { imported: all.length, duplicate: 0 } });
  });
});

describe('the example in the documentation', () => {
  test('is what happens', async () => {
    const { client } = await newClient();
    const answer = await uploadFile(client, examples.uploadExample.file, examples.uploadExample.options);
    const own = { id: answer.body.id, createdAt: answer.body.createdAt };
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ ...examples.queuedExample, ...own });
    expect(answer.headers).toMatchObject({ location: `/records/imports/${own.id}`, etag: '"1"' });
    const done = await finish(client, own.id);
    const decided = { ...own, finishedAt: done.finishedAt };
    expect(done).toEqual({ ...examples.doneExample, ...decided });
    expect((await client.get('/records/imports')).body).toEqual({
      items: [{ ...examples.importListExample.items[0], ...decided }],
      nextCursor: null,
    });
    const reverting = await client.post(`/records/imports/${own.id}/revert`);
    expect(reverting).toMatchObject({ status: 202, body: { ...examples.revertingExample, ...decided } });
  });
});

describe('a dry run', () => {
  test.each([
    ['before its file', [optionsFile('{"dryRun":true}'), filePart(bread, 'M\u00e4rz \u20ac.csv')]],
    ['behind its file', [filePart(bread, 'M\u00e4rz \u20ac.csv'), optionsFile('{"dryRun":true}')]],
  ])('is one, too, where its options are sent as a file, %s', async (_where, parts) => {
    const { client } = await newClient();
    const answer = await upload(client, parts);
    expect(answer).toMatchObject({ status: 202, body: { dryRun: true, file: { name: 'M\u00e4rz \u20ac.csv', bytes: bread.length } } });
    expect(await finish(client, answer.body.id)).toMatchObject({ status: 'done', rows: { imported: 1 } });
    expect(await records(client)).toEqual([]);
  });

  test('counts what would happen and shows the first rows, and nothing has happened', async () => {
    const { client } = await newClient();
    await imported(client, 'Date,Amount,Text\n2026-05-01,-5,Bread\n');
    const rows = Array.from({ length: 30 }, (_, at) => `2026-05-01,${-at - 1},Row ${at}\n`).join('');
    const job = await imported(client, `Date,Amount,Text\n2026-05-01,-5,Bread\n\n2026-05-02,much,Butter\n${rows}`, { dryRun: true });
    expect(job).toMatchObject({
      status: 'done',
      dryRun: true,
      rows: { total: 33, imported: 30, skipped: 1, duplicate: 1, failed: 1 },
      errors: [{ row: 4, path: '/amount', code: 'amount-malformed' }],
    });
    expect(job.preview).toHaveLength(20);
    expect(job.preview[0]).toEqual({
      row: 2,
      type: 'expense',
      amount: '5.00',
      currency: 'EUR',
      date: '2026-05-01',
      description: 'Bread',
      category: 'Uncategorized',
      tags: [],
      customFields: {},
    });
    expect(await records(client)).toHaveLength(1);
    expect((await client.post(`/records/imports/${job.id}/revert`)).body).toMatchObject({ code: 'import-not-revertible', status: 409 });
    const ends = await system.until(() => {
      const found = eventsOf<ImportProgressed>('import.progressed', job.id).filter(({ data }) => data.finished);
      return found.length > 0 ? found : undefined;
    });
    expect(ends).toMatchObject([{ data: { import: { status: 'done', dryRun: true, rows: job.rows } } }]);
    expect(eventsOf('records.imported', job.id)).toEqual([]);
  });
});

describe('what was found out about a file', () => {
  test.each([
    ['without a header', '2026-05-01,-5.50,Bread\n2026-05-02,-6.50,Butter\n'],
    ['with one name twice', 'Note,Date,Amount,Note\n,2026-05-01,-5.50,Bread\n'],
  ])('can be sent back as its options, and means the same (%s)', async (_what, file) => {
    const { client } = await newClient();
    const { format, preview } = await imported(client, file, { dryRun: true });
    expect(preview[0]).toMatchObject({ date: '2026-05-01', amount: '5.50', description: 'Bread' });
    const { encoding, delimiter, headerRow, dateFormat, mapping } = format!;
    const again = await imported(client, file, { encoding, delimiter, headerRow, dateFormat, mapping, dryRun: true });
    expect([again.format, again.preview]).toEqual([format, preview]);
  });
});

describe('duplicates', () => {
  const file = 'Date,Amount,Text\n2026-05-01,-5,Bread\n2026-05-01,-5,Bread\n2026-05-02,7,Gift\n';
  test('of a living record are left out, rows of one file are none of each other', async () => {
    const { client } = await newClient();
    expect((await imported(client, file)).rows).toEqual({ total: 3, imported: 3, skipped: 0, duplicate: 0, failed: 0 });
    expect((await imported(client, `${file}2026-05-03,-1,New\n`)).rows).toEqual({
      total: 4,
      imported: 1,
      skipped: 0,
      duplicate: 3,
      failed: 0,
    });
    const [first] = await records(client);
    for (const item of await records(client)) if (item['description'] === 'Bread') await client.delete(`/records/${String(item['id'])}`);
    expect(first).toBeDefined();
    expect((await imported(client, file)).rows).toMatchObject({ imported: 2, duplicate: 1 });
  });
  test('come in all the same when asked to', async () => {
    const { client } = await newClient();
    await imported(client, file);
    expect((await imported(client, file, { onDuplicate: 'import' })).rows).toMatchObject({ imported: 3, duplicate: 0 });
    expect(await records(client)).toHaveLength(6);
  });
  test("are looked for among one's own records only", async () => {
    await imported((await newClient()).client, file);
    expect((await imported((await newClient()).client, file)).rows).toMatchObject({ imported: 3 });
  });
});

describe('rows that are no good', () => {
  test.each([true, false])('are all counted and the first 1,000 told (dry run: %s)', async (dryRun) => {
    const { client } = await newClient();
    const rows = Array.from({ length: 1_700 }, (_, at) => (at % 4 === 0 ? `2026-05-01,-5,Good ${at}\n` : `2026-05-01,${at}x,Bad\n`)).join(
      '',
    );
    const job = await imported(client, `Date,Amount,Text\n${rows}`, { dryRun, mapping: { amount: 'Amount' } });
    expect(job.rows).toEqual({ total: 1_700, imported: 425, skipped: 0, duplicate: 0, failed: 1_275 });
    expect(job.errors).toHaveLength(1_000);
    expect(job.errors[0]).toEqual({ row: 3, path: '/amount', code: 'amount-malformed', message: '"1x" is no amount' });
    expect(job.errors.map(({ row }) => row)).toEqual(
      Array.from({ length: 1_334 }, (_, at) => at + 2)
        .filter((row) => (row - 2) % 4 !== 0)
        .slice(0, 1_000),
    );
    expect(job.preview).toHaveLength(20);
  });
});

test('a last row may lack the cells at its end, as any other, where its line has an end', async () => {
  const { client } = await newClient();
  const job = await imported(client, 'Date,Amount,Text\n2026-05-01,-5\n2026-05-02,-6\n');
  expect(job).toMatchObject({ status: 'done', failure: null, rows: { total: 2, imported: 2 } });
});

describe('taking an import back', () => {
  test('removes exactly the rows that nobody has changed', async () => {
    const { client, user } = await newClient();
    await client.post('/records', {
      type: 'expense',
      amount: 1,
      currency: 'EUR',
      date: '2026-05-01',
      category: 'Food',
      description: 'Mine',
    });
    const job = await imported(client, 'Date,Amount,Text\n2026-05-01,-5,Bread\n2026-05-02,-6,Butter\n2026-05-03,-7,Jam\n');
    const all = await records(client);
    const butter = all.find((item) => item['description'] === 'Butter')!;
    const jam = all.find((item) => item['description'] === 'Jam')!;
    await client.patch(`/records/${String(butter['id'])}`, { category: 'Dairy' });
    await client.delete(`/records/${String(jam['id'])}`);
    expect((await client.post(`/records/imports/${job.id}/revert`)).status).toBe(202);
    const reverted = await finish(client, job.id, ['reverted']);
    expect(reverted).toMatchObject({ status: 'reverted', rows: { imported: 3 } });
    expect(new Set((await records(client)).map((item) => item['description']))).toEqual(new Set(['Butter', 'Mine']));
    expect((await client.post(`/records/imports/${job.id}/revert`)).body).toMatchObject({
      code: 'import-not-revertible',
      detail: 'It was taken back already',
    });
    const [chunk] = await system.until(() => {
      const chunks = eventsOf<RecordsImported>('records.imported', job.id).filter(({ data }) => data.action === 'reverted');
      return chunks.length > 0 ? chunks : undefined;
    });
    expect(chunk!.data.records.filter(({ version }) => version === 2).map(({ description, deleted }) => [description, deleted])).toEqual([
      ['Bread', true],
      ['Jam', true],
    ]);
    expect(chunk!.data.ownerId).toBe(user.id);
    const told = (): string[] => eventsOf<ImportProgressed>('import.progressed', job.id).map(({ data }) => data.import.status);
    await system.until(() => told().includes('reverted'));
    expect(told().slice(-2)).toEqual(['reverting', 'reverted']);
    const again = await imported(client, 'Date,Amount,Text\n2026-05-01,-5,Bread\n2026-05-02,-6,Butter\n');
    expect(again.rows).toMatchObject({ imported: 1, duplicate: 1 });
  });
  test('finds nothing to remove of one that has failed, and says so', async () => {
    const { client } = await newClient();
    const job = await imported(client, 'Date,Amount\n05/06/2026,-5\n');
    expect(job.status).toBe('failed');
    expect((await client.post(`/records/imports/${job.id}/revert`)).body).toMatchObject({
      status: 409,
      code: 'import-not-revertible',
      detail: 'It has failed and imported nothing',
    });
  });
  test('a row that was taken back can be restored, with its whole history', async () => {
    const { client } = await newClient();
    const job = await imported(client, 'Date,Amount,Text\n2026-05-01,-5,Bread\n');
    const [row] = await records(client);
    await client.post(`/records/imports/${job.id}/revert`);
    await finish(client, job.id, ['reverted']);
    const path = `/records/${String(row!['id'])}`;
    expect((await client.get(path)).status).toBe(404);
    expect((await client.post(`${path}/restore`)).body).toMatchObject({ version: 3, description: 'Bread' });
    const history = await system.until(async () => {
      const { body } = await client.get(`${path}/history`);
      return body.items.length === 3 ? body.items : undefined;
    });
    expect(history.map((item: { action: string }) => item.action)).toEqual(['restored', 'deleted', 'created']);
  });
});

describe('what others hear', () => {
  test('rows in chunks, and the end exactly once', async () => {
    const { client, user } = await newClient();
    const rows = Array.from({ length: 1_100 }, (_, at) =>
      at === 700 ? '\n' : `2026-05-01,${at === 900 ? 'one' : -(at + 1)},Row ${at}\n`,
    ).join('');
    const answer = await uploadFile(client, `Date,Amount,Text\n${rows}`, {}, { 'x-request-id': 'big' });
    const job = await finish(client, answer.body.id);
    expect(job.rows).toEqual({ total: 1_100, imported: 1_098, skipped: 1, duplicate: 0, failed: 1 });
    const ends = await system.until(() => {
      const found = eventsOf<ImportProgressed>('import.progressed', job.id).filter(({ data }) => data.finished);
      return found.length > 0 ? found : undefined;
    });
    expect(job).toMatchObject({ errors: [{ row: 902 }], preview: { length: 20 } });
    expect(ends).toMatchObject([{ correlationid: 'big', data: { ownerId: user.id } }]);
    expect(ends[0]!.data.import).toEqual(job);
    const chunks = await system.until(() => {
      const found = eventsOf<RecordsImported>('records.imported', job.id).toSorted((a, b) => a.version - b.version);
      return found.length >= 3 && found;
    });
    expect(chunks.map(({ data }) => data.records.length)).toEqual([500, 498, 100]);
    expect(new Set(chunks.flatMap(({ data }) => data.records.map(({ id }) => id))).size).toBe(1_098);
    expect(chunks[0]!.data.records[0]).toMatchObject({ importId: job.id, version: 1, amountMinor: 100, ownerId: user.id });
  });
});

describe('an idempotency key', () => {
  const file = 'Date,Amount\n2026-05-01,-5\n';
  test('makes one import of many tries', async () => {
    const { client } = await newClient();
    const headers = { 'idempotency-key': 'statement-of-april' };
    const tries = await Promise.all(Array.from({ length: 4 }, () => uploadFile(client, file, {}, headers)));
    expect(new Set(tries.map(({ body }) => body.id)).size).toBe(1);
    await finish(client, tries[0]!.body.id);
    const again = await upload(client, [filePart(file), optionsPart({})], headers);
    expect(again).toMatchObject({ status: 202, body: { ...tries[0]!.body, status: 'queued', version: 1 } });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await records(client)).toHaveLength(1);
    expect((await uploadFile(client, `${file}\n`, {}, headers)).body.code).toBe('idempotency-key-reused');
    expect((await uploadFile(client, file, { dryRun: true }, headers)).status).toBe(422);
  });
});

describe('imports of others', () => {
  test('are answered like absent ones', async () => {
    const { client } = await newClient();
    const { client: ben } = await newClient();
    const job = await imported(client, 'Date,Amount\n2026-05-01,-5\n');
    const same = { headers: { 'x-request-id': 'same' } };
    expect((await ben.get(`/records/imports/${job.id}`, same)).text).toBe((await ben.get('/records/imports/absent', same)).text);
    const [foreign, absent] = [
      await ben.post(`/records/imports/${job.id}/revert`, undefined, same),
      await ben.post('/records/imports/x/revert', undefined, same),
    ];
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    expect((await ben.get('/records/imports')).body.items).toEqual([]);
    expect((await client.get(`/records/imports/${job.id}`, { headers: { 'if-none-match': `"${job.version}"` } })).status).toBe(304);
  });
});
