import { afterEach, expect, test } from '@jest/globals';
import { fakeClock, startTestService, type TestService } from '@commonpurse/shared/testing';
import { loadConfig } from '@commonpurse/shared/service';
import { RecordsConfig } from './config.ts';
import { countingCreated } from './count-created.ts';
import { newRecord } from './entries/record.ts';
import { createRecordsService } from './service.ts';
import { openRig } from './testing/rig.ts';

const started: TestService[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.stop();
});
/** The same day throughout. */
async function start(): Promise<TestService> {
  const create: Parameters<typeof startTestService>[0] = (deps) => createRecordsService({ ...deps, config: loadConfig(RecordsConfig, {}) });
  const records = await startTestService(create, { clock: fakeClock() });
  started.push(records);
  return records;
}

const expense = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-01-02', category: 'Food' };
const income = { type: 'income', amount: '12.50', currency: 'EUR', date: '2026-01-02', source: 'Salary' };

test('what is created is counted by type, a retry once, and told to other services', async () => {
  const records = await start();
  const ada = await records.user();
  for (const key of ['a', 'b', 'b']) {
    const { status } = await records.as(ada).post('/records', expense, { headers: { 'idempotency-key': key } });
    expect(status).toBe(201);
  }
  await records.as(ada).post('/records', income);
  await records.as(ada).post('/records', { ...income, amount: '-1' });
  const { status, body } = await records.internal('auth').get('/internal/daily-counts?from=2000-01-01&to=2999-12-31');
  expect([status, body.days]).toEqual([200, [{ day: expect.any(String), counts: { 'created-expense': 2, 'created-income': 1 } }]]);
  expect((await records.as(ada).get('/internal/daily-counts?from=2000-01-01&to=2999-12-31')).status).toBe(401);
});

test('rows that an import lands are counted, the refused ones not', async () => {
  const records = await start();
  const ada = await records.user();
  const boundary = 'b';
  const raw = [
    `--${boundary}\r\nContent-Disposition: form-data; name="options"\r\n\r\n${JSON.stringify({ defaults: { category: 'x', source: 'y' } })}\r\n`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="s.csv"\r\n\r\n`,
    'Date,Description,Amount,Currency\n2026-01-02,Bakery,-3.20,EUR\n2026-01-03,Wages,9.00,EUR\n',
    '2026-01-04,Market,-7.10,EUR\n2026-13-03,Nothing,9.00,EUR\n\r\n',
    `--${boundary}--\r\n`,
  ].join('');
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const accepted = await records.as(ada).post('/records/bulk-import', undefined, { raw, headers });
  await records.until(async () => (await records.as(ada).get(accepted.headers.location!)).body.status === 'done');
  const { body } = await records.internal('auth').get('/internal/daily-counts?from=2000-01-01&to=2999-12-31');
  expect(body.days.map(({ counts }: { counts: unknown }) => counts)).toEqual([{ 'created-expense': 2, 'created-income': 1 }]);
});

test('rows that had landed before a crash are not counted again', async () => {
  const { store } = await openRig();
  const counted: string[] = [];
  const counting = countingCreated(store.records, { count: (name, by = 1) => void counted.push(`${by} ${name}`) });
  const content = { amountMinor: 1250, currency: 'EUR', date: '2026-01-02', description: '', tags: [], customFields: {} };
  const origin = { ownerId: 'ada', createdBy: 'ada', at: '2026-01-02T12:00:00.000Z', base: null, importId: 'import' };
  const spent = (id: string) => newRecord({ ...content, type: 'expense', category: 'Food', source: null }, { ...origin, id });
  const earned = newRecord({ ...content, type: 'income', category: null, source: 'Salary' }, { ...origin, id: 'earned' });
  await counting.insertMany([spent('row-2'), spent('row-3')]);
  await counting.insertMany([spent('row-2'), spent('row-3'), earned, spent('row-5')]);
  expect(counted.toSorted()).toEqual(['1 created-expense', '1 created-income', '2 created-expense']);
});
