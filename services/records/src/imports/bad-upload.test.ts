import { Agent, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ImportProgressed } from '@commonpurse/shared/contracts';
import type { Doc, Documents, DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, startTestService, type TestAnswer, type TestClient, type TestService } from '@commonpurse/shared/testing';
import { RecordsConfig } from '../config.ts';
import { createRecordsService } from '../service.ts';
import { filePart, multipart, multipartType, optionsFile, optionsPart, type Part, upload, uploadFile } from './testing/multipart.ts';

const maxBytes = 450_000;
const good = 'Date,Amount,Text\n2026-05-01,-5,Bread\n';
let system: TestService;
/** The pieces of uploads that the service keeps. */
let pieces: Documents<Doc>;
let client: TestClient;
let token: string;
const clock = fakeClock(Date.parse('2026-05-14T12:00:00.000Z'));

beforeAll(async () => {
  const config = RecordsConfig.parse({ MAX_UPLOAD_BYTES: String(maxBytes) });
  system = await startTestService((deps) => createRecordsService({ ...deps, documents: watched(deps.documents), config }), { clock });
});
afterAll(() => system.stop());
beforeEach(async () => {
  const user = await system.user({ baseCurrency: 'EUR' });
  token = user.token;
  client = system.as(user);
});

function watched(documents: DocumentStore): DocumentStore {
  const collection: DocumentStore['collection'] = async (declaration) => {
    const opened = await documents.collection(declaration);
    if (declaration.name === 'import-chunks') pieces = opened;
    return opened as never;
  };
  return Object.assign(Object.create(documents) as DocumentStore, { collection });
}

const faults = ({ body }: TestAnswer): string[] =>
  (body.errors ?? []).map((error: { path: string; code: string }) => `${error.path} ${error.code}`);
/** What was taken is removed when its import is over; the next test counts all there is. */
const nothingLeft = (): Promise<boolean> => system.until(async () => (await pieces.count({})) === 0);
async function expectNothingKept(): Promise<void> {
  expect(await pieces.count({})).toBe(0);
  expect((await client.get('/records/imports')).body.items).toEqual([]);
  expect((await client.get('/records')).body.items).toEqual([]);
}

describe('a file that can not be read is refused when it is sent, and nothing of it is kept', () => {
  test.each<[string, string | Buffer, string]>([
    ['empty', '', 'empty-file'],
    ['only a header', 'Date,Amount,Text\r\n', 'no-rows'],
    ['a torn quote at its end', `${good}2026-05-02,-6,"Butt`, 'quote-not-closed'],
    ['a torn last line', `${good}2026-05-02,-6`, 'last-line-torn'],
    ['200 columns', `Date,Amount${',x'.repeat(198)}\n2026-05-01,5\n`, 'too-many-columns'],
    ['a cell of 400 kB', `${good}2026-05-02,-6,${'x'.repeat(400_000)}\n`, 'record-too-large'],
    ['a quoted cell of 400 kB', `${good}2026-05-02,-6,"${'x\n'.repeat(200_000)}"\n`, 'record-too-large'],
    ['NUL bytes', `${good}2026-05-02,-6,Butter\0\n`, 'nul-bytes'],
    ['NUL characters in UTF-16', Buffer.from(`\ufeff${good}2026-05-02,-6,Butter\0\n`, 'utf16le'), 'nul-bytes'],
    ['half a character in UTF-16', Buffer.from(`\ufeff${good}2026-05-02,-6,\ud800x\n`, 'utf16le'), 'wrong-encoding'],
    ['an end within a character of UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le').subarray(0, -1), 'wrong-encoding'],
    ['a spreadsheet', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0]), 'binary-file'],
    ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10]), 'binary-file'],
    ['random bytes', Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * 7919) % 256)), 'nul-bytes'],
  ])('%s', async (_name, content, code) => {
    const answer = await uploadFile(client, content);
    expect(answer).toMatchObject({ status: 422, body: { code: 'unreadable-file', type: '/problems/unreadable-file' } });
    expect(faults(answer)).toEqual([`/file ${code}`]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    await expectNothingKept();
  });

  test.each<[string, string, unknown, string]>([
    ['no columns that could be dates', 'Name,Amount\nBread,5\n', {}, '/options/mapping/date columns-not-recognised'],
    ['a mapped name that is not there', good, { mapping: { amount: 'Betrag' } }, '/options/mapping/amount column-not-found'],
    ['a mapped number that is not there', good, { mapping: { amount: 9 } }, '/options/mapping/amount column-not-found'],
    ['a header row that is not there', good, { headerRow: 7 }, '/options/headerRow header-row-missing'],
    ['another encoding than named', `${good}2026-05-02,-6,B\u00e4r\n`, { encoding: 'utf-8' }, '/options/encoding wrong-encoding'],
  ])('%s', async (_name, content, options, fault) => {
    const answer = await uploadFile(client, Buffer.from(content, 'latin1'), options);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(faults(answer)).toEqual([fault]);
    await expectNothingKept();
  });
});

describe('options are refused', () => {
  test.each<[unknown, string[]]>([
    [{ colour: 'red' }, ['/options/colour unknown-field']],
    [{ mapping: { price: 'Amount' } }, ['/options/mapping/price unknown-field']],
    [{ mapping: { amount: 0 } }, ['/options/mapping/amount too-small']],
    [{ mapping: { amount: '' } }, ['/options/mapping/amount too-short']],
    [{ mapping: { amount: 1, debit: 2 } }, ['/options/mapping/amount conflicting-columns']],
    [{ mapping: [] }, ['/options/mapping invalid-type']],
    [{ headerRow: -1 }, ['/options/headerRow too-small']],
    [{ dateFormat: 'DD/MM/YYYY' }, ['/options/dateFormat date-format-invalid']],
    [{ decimalSeparator: ';' }, ['/options/decimalSeparator invalid-value']],
    [{ delimiter: 'ab' }, ['/options/delimiter delimiter-invalid']],
    [{ delimiter: '"' }, ['/options/delimiter delimiter-invalid']],
    [{ encoding: 'utf-5' }, ['/options/encoding encoding-unknown']],
    [{ sheet: 'Sheet1' }, ['/options/sheet sheet-not-supported']],
    [{ dryRun: 'yes' }, ['/options/dryRun invalid-type']],
    [{ onDuplicate: 'merge' }, ['/options/onDuplicate invalid-value']],
    [{ defaults: { amount: 5 } }, ['/options/defaults/amount unknown-field']],
    [{ defaults: { currency: 'Euro' } }, ['/options/defaults/currency currency-unknown']],
    [{ defaults: { type: 'transfer' } }, ['/options/defaults/type invalid-value']],
    [[], ['/options invalid-type']],
    [null, ['/options invalid-type']],
  ])('%j', async (options, expected) => {
    const answer = await uploadFile(client, good, options);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(faults(answer)).toEqual(expected);
    await expectNothingKept();
  });

  test.each<[string, string]>([
    ['{', '/options malformed-json'],
    ['{"dryRun":true,"dryRun":false}', '/options/dryRun duplicate-field'],
    ['{"__proto__":{}}', '/options/__proto__ forbidden-field'],
    ['{"headerRow":1e9}', '/options/headerRow number-malformed'],
  ])('%s', async (content, fault) => {
    const answer = await upload(client, [filePart(good), { name: 'options', content }]);
    expect(answer.status).toBe(400);
    expect(faults(answer)[0]?.split(' ')[0]).toBe(fault.split(' ')[0]);
    await expectNothingKept();
  });

  test('none may be sent as nothing, as a form does', async () => {
    for (const options of [optionsFile(''), { name: 'options', content: '' }])
      expect((await upload(client, [options, filePart(good)])).status).toBe(202);
    await nothingLeft();
  });

  test('custom fields may be mapped in either way', async () => {
    for (const mapping of [{ 'customFields.shop': 'Text' }, { customFields: { shop: 'Text' } }]) {
      const answer = await uploadFile(client, good, { mapping, dryRun: true });
      expect(answer.status).toBe(202);
      const job = await system.until(async () => {
        const { body } = await client.get(`/records/imports/${answer.body.id}`);
        return body.status === 'done' ? body : undefined;
      });
      // There are no custom fields yet, so none by this name either.
      expect(job).toMatchObject({
        format: { mapping: { 'customFields.shop': 'Text' } },
        errors: [{ row: 2, path: '/customFields/shop', code: 'unknown-custom-field' }],
      });
    }
    await nothingLeft();
  });
});

describe('an upload that is none is refused', () => {
  const send = (raw: Buffer | string, type = multipartType): Promise<TestAnswer> =>
    client.post('/records/bulk-import', undefined, { raw, headers: { 'content-type': type } });

  test.each<[string, readonly Part[], string]>([
    ['without a file', [optionsPart({})], '/file required'],
    ['with a file that has no name', [{ name: 'file', content: good }], '/file required'],
    ['with another part', [filePart(good), { name: 'comment', content: 'x' }], '/comment unknown-field'],
    ['with a part without a name', [{ name: '', content: 'x' }, filePart(good)], '/ unknown-field'],
    ['with a file without a name of its part', [{ ...filePart(good), name: '' }], '/ unknown-field'],
    ['with another file', [{ ...filePart(good), name: 'picture' }], '/picture unknown-field'],
    ['with nothing as options, twice', [optionsFile(''), { name: 'options', content: '' }, filePart(good)], ' too-many-parts'],
    ['with two files', [filePart(good), filePart(good)], ' too-many-parts'],
    ['with options twice', [optionsPart({}), optionsPart({}), filePart(good)], ' too-many-parts'],
    ['with options as a file too', [optionsPart({}), optionsFile('{}'), filePart(good)], ' too-many-parts'],
    ['with two files of options', [filePart(good), optionsFile('{}'), optionsFile('{}')], ' too-many-parts'],
    ['with options beyond measure in a file', [filePart(good), optionsFile(`{"x":"${'y'.repeat(70_000)}"}`)], '/options too-long'],
    ['with a file of options that are no JSON', [optionsFile('{'), filePart(good)], '/options malformed-json'],
    ['with options beyond measure', [{ name: 'options', content: `{"x":"${'y'.repeat(70_000)}"}` }, filePart(good)], '/options too-long'],
  ])('%s', async (_name, parts, fault) => {
    const answer = await send(multipart(parts));
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(faults(answer)).toEqual([fault]);
    await expectNothingKept();
  });

  test('of another type, without a boundary, cut off', async () => {
    expect((await send(good, 'text/csv')).body).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    expect((await send('{}', 'application/json')).status).toBe(415);
    expect(faults(await send(multipart([filePart(good)]), 'multipart/form-data'))).toEqual([' multipart-malformed']);
    expect(faults(await send(multipart([filePart(good)]).subarray(0, 150)))).toEqual([' multipart-malformed']);
    expect(faults(await send('no parts at all'))).toEqual([' multipart-malformed']);
    await expectNothingKept();
  });

  test('before its file has come, and the connection goes on with the next request', async () => {
    const { hostname, port } = new URL(system.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { authorization: `Bearer ${token}`, 'content-type': multipartType };
    const statusOf = (body: Buffer): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ hostname, port, agent, method: 'POST', path: '/records/bulk-import', headers });
        sent.on('error', reject).on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
        sent.end(body);
      });
    const file = filePart('x,y\n'.repeat(100_000));
    for (const parts of [
      [optionsPart({ colour: 'red' }), file],
      [filePart(good), filePart(good), file],
      [{ name: 'comment', content: 'x' }, file],
    ])
      expect(await statusOf(multipart(parts))).toBe(400);
    expect(await statusOf(multipart([optionsPart({}), filePart(good)]))).toBe(202);
    agent.destroy();
    await nothingLeft();
  });

  test('signed by nobody', async () => {
    expect((await uploadFile(system.as(null), good)).status).toBe(401);
  });
});

describe('a file that is too large', () => {
  const row = '2026-05-01,-5,Bread\n';
  const ofSize = (bytes: number): string =>
    'Date,Amount,Text\n'.padEnd(bytes - Math.floor((bytes - 17) / row.length) * row.length, '\n') +
    row.repeat(Math.floor((bytes - 17) / row.length));

  test('is refused, however its size is told, and nothing of it is kept', async () => {
    for (const size of [maxBytes + 1, maxBytes * 2]) {
      const answer = await uploadFile(client, ofSize(size));
      expect(answer).toMatchObject({ status: 413, body: { code: 'too-large' } });
      const chunked = await client.post('/records/bulk-import', undefined, {
        raw: multipart([filePart(ofSize(size))]),
        headers: { 'content-type': multipartType, 'transfer-encoding': 'chunked', 'content-length': [] },
      });
      expect(chunked.status).toBe(413);
    }
    await nothingLeft();
    await expectNothingKept();
  });

  test('by not one byte is taken', async () => {
    const file = ofSize(maxBytes);
    expect(Buffer.byteLength(file)).toBe(maxBytes);
    const answer = await uploadFile(client, file, { dryRun: true });
    expect(answer.status).toBe(202);
    await system.until(async () => (await client.get(`/records/imports/${answer.body.id}`)).body.status === 'done');
    await nothingLeft();
  });
});

test('an upload whose client goes away leaves nothing', async () => {
  const { hostname, port } = new URL(system.url);
  const body = multipart([filePart('x,y\n'.repeat(100_000))]);
  const headers = { authorization: `Bearer ${token}`, 'content-type': multipartType, 'content-length': body.length };
  const sent = request({ hostname, port, method: 'POST', path: '/records/bulk-import', headers });
  sent.on('error', () => undefined);
  sent.write(body.subarray(0, 350_000));
  await system.until(async () => (await pieces.count({})) > 0);
  sent.destroy();
  await nothingLeft();
  await expectNothingKept();
});

test('of a retry that meets its first try nothing is kept', async () => {
  const headers = { 'idempotency-key': 'statement-of-april' };
  const tries = await Promise.all(Array.from({ length: 3 }, () => uploadFile(client, good, {}, headers)));
  expect(new Set(tries.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  await nothingLeft();
  expect((await uploadFile(client, good, {}, headers)).headers['idempotency-replayed']).toBe('true');
  await nothingLeft();
});

describe('what only shows while a file is read makes its import fail, and nothing is imported', () => {
  const rows = '2026-05-01,-5,Bread\n'.repeat(14_000);
  test.each<[string, string | Buffer, unknown, string, string]>([
    ['a torn end behind the first piece', `Date,Amount,Text\n${rows}2026-05-02,-6,"Butt`, {}, 'quote-not-closed', 'record 14002 '],
    ['a torn last line behind the first piece', `Date,Amount,Text\n${rows}2026-05-02,-6`, {}, 'last-line-torn', 'Record 14002 '],
    ['too many columns behind the first piece', `Date,Amount,Text\n${rows}${',x'.repeat(200)}\n`, {}, 'too-many-columns', 'Record 14002 '],
    [
      'a record without end behind the first piece',
      `Date,Amount,Text\n${rows}${'x'.repeat(150_000)}\n`,
      {},
      'record-too-large',
      'Record 14002 ',
    ],
    [
      'half a character behind the first piece',
      Buffer.from(`\ufeffDate,Amount,Text\n${rows.slice(0, 200_000)}\ud800x\n`, 'utf16le'),
      {},
      'wrong-encoding',
      'UTF-16LE',
    ],
    ['days and months that could change places', 'Date,Amount\n05/06/2026,-5\n', {}, 'date-format-ambiguous', '05/06/2026'],
    [
      'dates in words that mean two months',
      'Date,Amount\n1 Listopad 2026,-5\n',
      { mapping: { date: 'Date' } },
      'date-format-unknown',
      '1 Listopad 2026',
    ],
    ['thousands that could be decimals', 'Date;Amount\n2026-05-01;-1.234\n', {}, 'decimal-separator-ambiguous', '-1.234'],
  ])('%s', async (_name, content, options, code, told) => {
    const answer = await uploadFile(client, content, options);
    expect(answer.status).toBe(202);
    const job = await system.until(async () => {
      const { body } = await client.get(`/records/imports/${answer.body.id}`);
      return body.finishedAt === null ? undefined : body;
    });
    const failure = { code, message: expect.stringContaining(told) };
    const ends = (): ImportProgressed[] =>
      system.published
        .filter(({ type, subject }) => type === 'import.progressed' && subject === job.id)
        .map(({ data }) => data as ImportProgressed)
        .filter(({ finished }) => finished);
    await system.until(() => ends().length > 0);
    expect(ends()).toMatchObject([{ import: { status: 'failed', failure } }]);
    expect(job).toMatchObject({ status: 'failed', failure, rows: { total: 0, imported: 0 }, errors: [], preview: [] });
    expect((await client.get('/records')).body.items).toEqual([]);
    expect((await client.post(`/records/imports/${job.id}/revert`)).status).toBe(409);
    await nothingLeft();
  });
});

test('what a crash has left of an upload is removed in time', async () => {
  const left = { _id: 'left:000000', version: 1, data: '', startedAt: '2026-05-14T11:59:00.000Z' };
  await pieces.insert(left);
  await system.until(async () => {
    clock.advance(60_000);
    return (await pieces.count({})) === 0;
  });
});
