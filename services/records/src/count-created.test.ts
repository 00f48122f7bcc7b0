import { afterEach, expect, test } from '@jest/globals';
import { fakeClock, startTestService, type TestService } from '@commonpurse/shared/testing';
import { loadConfig } from '@commonpurse/shared/service';
import { RecordsConfig } from './config.ts';
import { createRecordsService } from './service.ts';

let records: TestService;
afterEach(() => records.stop());
/** The same day throughout. */
const start = (): Promise<TestService> =>
  startTestService((deps) => createRecordsService({ ...deps, config: loadConfig(RecordsConfig, {}) }), { clock: fakeClock() });

const expense = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2026-01-02', category: 'Food' };
const income = { type: 'income', amount: '12.50', currency: 'EUR', date: '2026-01-02', source: 'Salary' };

test('what is created is counted by type, a retry once, and told to other services', async () => {
  records = await start();
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
  records = await start();
  const ada = await records.user();
  const boundary = 'b';
  const raw = [
    `--${boundary}\r\nContent-Disposition: form-data; name="options"\r\n\r\n${JSON.stringify({ defaults: { category: 'x', source: 'y' } })}\r\n`,
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="s.csv"\r\n\r\n`,
    'Date,Description,Amount,Currency\n2026-01-02,Bakery,-3.20,EUR\n2026-01-03,Wages,9.00,EUR\n2026-13-03,Nothing,9.00,EUR\n\r\n',
    `--${boundary}--\r\n`,
  ].join('');
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const accepted = await records.as(ada).post('/records/bulk-import', undefined, { raw, headers });
  await records.until(async () => (await records.as(ada).get(accepted.headers.location!)).body.status === 'done');
  const { body } = await records.internal('auth').get('/internal/daily-counts?from=2000-01-01&to=2999-12-31');
  expect(body.days.map(({ counts }: { counts: unknown }) => counts)).toEqual([{ 'created-expense': 1, 'created-income': 1 }]);
});
