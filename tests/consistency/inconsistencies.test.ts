import { afterEach, describe, expect, test } from '@jest/globals';
import { cleanUp, launch, type RunningSystem } from '../e2e/support/launch.ts';
import { type Person, signUp } from '../e2e/support/person.ts';
import { importFile } from '../e2e/support/upload.ts';
import { inconsistencies, lastingInconsistencies } from './inconsistencies.ts';

afterEach(cleanUp);

const expense = { type: 'expense', amount: '12.50', currency: 'EUR', date: '2024-03-02', category: 'Food' };
const statement = 'Date,Description,Amount,Category\n2024-03-04,Bakery,-3.20,Food\n2024-04-05,Cinema,-9.00,Fun\n';

/** Records that come, change, go and come back, by hand and by import; budgets that count them. */
async function live(system: RunningSystem, email: string): Promise<Person> {
  const person = await signUp(system, email, { baseCurrency: 'EUR' });
  const plan = { name: 'Food', amount: '20.00', currency: 'EUR', period: 'monthly', startDate: '2024-03-01' };
  await person.post('/budgets', { ...plan, categories: [{ category: 'Food', amount: '10.00' }] });
  await person.post('/budgets', { ...plan, name: 'All', period: 'yearly' });
  const ids: string[] = [];
  for (const amount of ['12.50', '7.49', '0.01', '3.00']) ids.push((await person.post('/records', { ...expense, amount })).body.id);
  await person.post('/records', { type: 'income', amount: '100.00', currency: 'EUR', date: '2024-03-31', source: 'Job' });
  await person.post('/records', { ...expense, currency: 'USD' });
  await person.call('PATCH', `/records/${ids[0]}`, { body: { amount: '11.00', date: '2024-04-30' } });
  for (const id of ids.slice(1, 3)) await person.call('DELETE', `/records/${id}`);
  await person.post(`/records/${ids[1]}/restore`);
  await importFile(person, Buffer.from(statement), { defaults: { currency: 'EUR' } });
  const reverted = await importFile(person, Buffer.from(statement.replaceAll('.', '1.')), { defaults: { currency: 'EUR' } });
  await person.post(`/records/imports/${reverted.id}/revert`);
  return person;
}

describe('a walk through a running system', () => {
  test('finds everything added up right, and is over as soon as it is', async () => {
    const system = await launch();
    const people = [await live(system, 'ann@home.example'), await live(system, 'bob@home.example')];
    expect(await lastingInconsistencies(system.url, people)).toEqual([]);
  });

  test('says what it could not ask', async () => {
    const system = await launch();
    const ann = await signUp(system, 'ann@home.example');
    const stranger: Person = { ...ann, get: (path) => ann.call('GET', path, { token: 'nobody' }) };
    await expect(inconsistencies(system.url, stranger)).rejects.toThrow('GET /records?sort=createdAt&limit=200 answered 401');
    expect(await lastingInconsistencies(system.url, [stranger], 0)).toEqual([expect.stringContaining('answered 401')]);
  });
});
