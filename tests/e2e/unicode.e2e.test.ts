import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asTold, eventually } from './support/eventually.ts';
import { expense, plan } from './support/household.ts';
import { cleanUp, launch } from './support/launch.ts';
import { type Person, signUp } from './support/person.ts';
import { importFile } from './support/upload.ts';

/** The same name as a keyboard types it and as a macOS file name has it. */
const spellings = ['Caf\u00e9', 'Cafe\u0301'] as const;
const [composed, apart] = spellings;

let ada: Person;
let ben: Person;
/** An expense that was entered under the name that is spelled apart. */
let spent: { id: string; version: number };

beforeAll(async () => {
  const system = await launch();
  ada = await signUp(system, 'ada@home.example', { baseCurrency: 'EUR' });
  ben = await signUp(system, 'ben@home.example');
  const facts = { category: apart, description: `${apart} Central`, tags: [apart] };
  const { status, body } = await ada.post('/records', { ...expense, ...facts }, { 'idempotency-key': 'coffee' });
  expect([status, body]).toMatchObject([201, { category: composed, description: `${composed} Central`, tags: [composed] }]);
  spent = body;
});
afterAll(cleanUp);

test('a retry that spells a text otherwise is the same request', async () => {
  const facts = { category: composed, description: `${composed} Central`, tags: [composed] };
  const { headers, body } = await ada.post('/records', { ...expense, ...facts }, { 'idempotency-key': 'coffee' });
  expect([headers['idempotency-replayed'], body.id]).toEqual(['true', spent.id]);
});

test.each(spellings)('a budget over %j counts it', async (category) => {
  const created = await ada.post('/budgets', { ...plan, categories: [{ category }] });
  expect([created.status, created.body.categories]).toEqual([201, [{ category: composed }]]);
  const path = `/budgets/${created.body.id}/progress?date=${expense.date}&after=${spent.id}:${spent.version}`;
  expect((await asTold(() => ada.get(path))).body).toMatchObject({ spent: '12.50', byCategory: [{ category: composed, spent: '12.50' }] });
});

test.each(spellings)('a list that is asked for %j has it', async (name) => {
  const filters = [
    { category: { eq: name } },
    { category: { in: ['Rent', name] } },
    { category: { contains: name } },
    { tag: { eq: name } },
    { tag: { contains: name } },
    { description: { eq: `${name} Central` } },
    { description: { contains: name } },
  ];
  const asked = [{ category: name }, { tag: name }, { q: name }, ...filters.map((each) => ({ filters: JSON.stringify(each) }))];
  for (const query of asked) {
    const { body } = await ada.get(`/records?${new URLSearchParams(query).toString()}`);
    expect([query, body.items.map(({ id }: { id: string }) => id)]).toEqual([query, [spent.id]]);
  }
});

test.each(spellings)('a file that spells it %j has a duplicate of it', async (name) => {
  const file = Buffer.from(`Date,Amount,Currency,Text\n${expense.date},-12.50,EUR,${name} Central\n`);
  const options = { dryRun: true, mapping: { description: 'Text' } };
  expect((await importFile(ada, file, options)).rows).toMatchObject({ total: 1, duplicate: 1 });
});

test('a share of it shows it, and no more', async () => {
  await ada.post('/records', { ...expense, category: 'Cafe' });
  const scope = { kind: 'records', categories: [apart] };
  const shared = await ada.post('/users/share-permission', { granteeEmail: ben.email, access: 'view', scope });
  expect([shared.status, shared.body.scope.categories]).toEqual([201, [composed]]);
  const { body } = await eventually(
    () => ben.get(`/records?owner=${ada.id}`),
    ({ status }) => status === 200,
  );
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual([spent.id]);
});
