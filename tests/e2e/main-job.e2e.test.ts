import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import { asTold, eventually } from './support/eventually.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';
import { goLive } from './support/live.ts';
import { type Person, personAt, signUp } from './support/person.ts';
import { importFile } from './support/upload.ts';

afterEach(cleanUp);

const statement = new URL('fixtures/savings-bank.csv', import.meta.url);
const groceries = { type: 'expense', category: 'Groceries', currency: 'EUR' };

/** Eight people write until so many are acknowledged; then the process is killed while more are under way. */
async function writeUntilKilled(system: RunningSystem, person: Person, enough: number): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  let killed = false;
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; !killed; n += 1) {
      const body = { ...groceries, amount: '0.01', date: '2024-04-02', description: `writer ${name} number ${n}` };
      const answer = await person.post('/records', body).catch(() => null);
      if (answer?.status === 201) acknowledged.set(answer.body.id, answer.body.description);
    }
  };
  const writers = Array.from({ length: 8 }, (_, name) => writer(name));
  await eventually(
    async () => acknowledged.size,
    (size) => size >= enough,
  );
  await system.kill();
  killed = true;
  await Promise.all(writers);
  return acknowledged;
}

test('two people keep their money, see a budget fill, are alerted once, and lose nothing to a power cut', async () => {
  const system = await launch();
  const [ann, bob] = [
    await signUp(system, 'ann@home.example', { displayName: 'Ann', baseCurrency: 'EUR', timeZone: 'Europe/Berlin' }),
    await signUp(system, 'bob@home.example'),
  ];
  const live = await goLive(system.url, ann.tokens.accessToken);

  const budget = await ann.post('/budgets', {
    name: 'Food',
    amount: '400.00',
    currency: 'EUR',
    period: 'monthly',
    startDate: '2024-03-01',
    categories: [{ category: 'Groceries' }],
  });
  expect(budget).toMatchObject({ status: 201, body: { alerts: [{ thresholdPercent: 80 }, { thresholdPercent: 100 }] } });
  const progress = async (date: string, after?: string) => {
    const path = `/budgets/${budget.body.id}/progress?date=${date}${after ? `&after=${after}` : ''}`;
    return (await asTold(() => ann.get(path))).body;
  };

  const coffee = await ann.post('/records', { ...groceries, amount: 12.5, date: '2024-03-02', description: 'Coffee beans' });
  expect(coffee).toMatchObject({
    status: 201,
    headers: { etag: '"1"', location: `/records/${coffee.body.id}` },
    body: { amount: '12.50', ownerId: ann.id, base: { amount: '12.50', currency: 'EUR', rate: '1' } },
  });
  expect((await live.frame(({ type }) => type === 'record.created')).data).toEqual(coffee.body);
  expect(await progress('2024-03-15', `${coffee.body.id}:1`)).toMatchObject({ limit: '400.00', spent: '12.50', status: 'ok' });

  // what one may not see is answered as what does not exist
  const foreign = await bob.get(`/records/${coffee.body.id}`);
  const absent = await bob.get('/records/0199a8f2-6c1e-7b7a-9d50-000000000000');
  expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  expect(foreign.status).toBe(404);

  const file = await readFile(statement);
  const tried = await importFile(ann, file, { dryRun: true, defaults: { category: 'Groceries' } });
  expect(tried).toMatchObject({ status: 'done', dryRun: true, rows: { total: 8, imported: 8, failed: 0 } });
  expect((await ann.get('/records?count=true')).body.total).toBe(1);
  const imported = await importFile(ann, file, { defaults: { category: 'Groceries' } });
  expect(imported).toMatchObject({ status: 'done', rows: { total: 8, imported: 8, skipped: 0, duplicate: 0, failed: 0 } });
  const { errors: _errors, ...ended } = imported;
  expect((await live.frame(({ type, data }) => type === 'import.finished' && data.id === imported.id)).data).toEqual(ended);
  expect(await importFile(ann, file, { defaults: { category: 'Groceries' } })).toMatchObject({
    status: 'done',
    rows: { imported: 0, duplicate: 8 },
  });

  // 12.50 by hand and 1,454.84 from the bank
  for (const percent of [80, 100]) await live.frame(({ type, data }) => type === 'budget.alert' && data.thresholdPercent === percent);
  const full = await eventually(
    () => progress('2024-03-15'),
    ({ spent }) => spent === '1467.34',
  );
  expect(full).toMatchObject({
    period: { start: '2024-03-01', end: '2024-03-31' },
    available: '400.00',
    remaining: '-1067.34',
    status: 'exceeded',
  });

  const acknowledged = await writeUntilKilled(system, ann, 200);
  const again = await system.restart();
  const annAgain = personAt(again, ann.email, ann);
  for (const [id, description] of acknowledged)
    expect(await annAgain.get(`/records/${id}`)).toMatchObject({ status: 200, body: { description } });

  // what the budget says is what the records say
  const written = await annAgain.get('/records?from=2024-04-01&to=2024-04-30&count=true&limit=1');
  expect(written.body.total).toBeGreaterThanOrEqual(acknowledged.size);
  const cents = (written.body.total / 100).toFixed(2);
  await eventually(
    async () => (await annAgain.get(`/budgets/${budget.body.id}/progress?date=2024-04-15`)).body.spent,
    (spent) => spent === cents,
  );

  // the feed is whole: every number once, every alert once
  const replay = await goLive(again.url, ann.tokens.accessToken, 0);
  const { lastSeq } = replay.frames[0]!.data;
  await replay.frame(({ seq }) => seq === lastSeq);
  const sequenced = replay.frames.filter(({ seq }) => seq !== undefined && seq <= lastSeq);
  expect(sequenced.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
  expect(
    sequenced
      .filter(({ type }) => type === 'budget.alert')
      .map(({ data }) => [data.period.start, data.thresholdPercent])
      .toSorted(),
  ).toEqual([
    ['2024-03-01', 100],
    ['2024-03-01', 80],
  ]);
  expect((await annAgain.get('/notifications?unread=true')).body.items).toHaveLength(2);
  await replay.close();
  expect(await again.stop()).toBe(0);
});
