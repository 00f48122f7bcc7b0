import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asTold, eventually } from './support/eventually.ts';
import { expense, plan } from './support/household.ts';
import { cleanUp, launch, type RunningSystem } from './support/launch.ts';
import { ops } from './support/ops.ts';
import { type Person, signUp } from './support/person.ts';

describe('Whoever looks after a system', () => {
  let system: RunningSystem;
  let ann: Person;
  let budget: string;
  beforeAll(async () => {
    system = await launch();
    ann = await signUp(system, 'ann@home.example', { baseCurrency: 'EUR' });
    budget = (await ann.post('/budgets', plan)).body.id;
    for (const amount of ['6.00', '2.50', '3.00']) await ann.post('/records', { ...expense, amount });
    await eventually(progress, ({ spent }) => spent === '11.50');
    await eventually(alerts, (items) => items.length === 2);
  });
  afterAll(cleanUp);

  const progress = async (): Promise<{ spent?: string; asOf?: string }> =>
    (await ann.get(`/budgets/${budget}/progress?date=2024-03-31`)).body;
  const alerts = async (): Promise<{ id: string }[]> => (await ann.get('/notifications')).body.items;

  test('sees that everything is ready', async () => {
    const { code, out, err } = await ops(system, 'status');
    expect({ code, out, err }).toMatchObject({ code: 0, err: '' });
    for (const service of ['gateway', 'auth', 'records', 'budgets', 'notifications'])
      expect(out).toMatch(new RegExp(`^${service}(-\\d)? +ready `, 'm'));
    const told = JSON.parse((await ops(system, 'status', '--json')).out) as { service: string; status: { parked: number } | null }[];
    expect(told.filter(({ service }) => service !== 'gateway').map(({ status }) => status?.parked)).toEqual([0, 0, 0, 0]);
  });

  test('makes the first administrator, who gets in at once', async () => {
    const found = async () => (await ann.get('/users/search?q=ann')).status;
    const read = async () => (await ann.get(`/admin/users/${ann.id}`)).status;
    expect([await found(), await read()]).toEqual([403, 403]);
    expect(await ops(system, 'make-admin', 'nobody@home.example')).toEqual({
      code: 1,
      out: '',
      err: 'commonpurse: no verified account has the address nobody@home.example\n',
    });
    expect(await ops(system, 'make-admin', 'ann@home.example')).toEqual({
      code: 0,
      out: 'ann@home.example is an administrator\n',
      err: '',
    });
    expect([await found(), await read()]).toEqual([200, 200]);
  });

  test('finds nothing parked', async () => {
    expect(await ops(system, 'parked', 'list')).toEqual({ code: 0, out: 'nothing is parked\n', err: '' });
    expect((await ops(system, 'parked', 'list', 'budgets', '--json')).out).toBe('[]\n');
    expect((await ops(system, 'parked', 'replay', 'budgets', '--all')).out).toBe('0 of 0 events were handled\n');
  });

  test('has budgets made anew: the same progress, and nobody is alerted again', async () => {
    const { asOf: _before, ...before } = await progress();
    const told = await alerts();
    expect(await ops(system, 'rebuild', 'budgets')).toEqual({ code: 0, out: expect.stringMatching(/budgets: is done\n$/), err: '' });
    const { asOf: _after, ...after } = await progress();
    expect(after).toEqual(before);
    // it counts what comes after, too, by which time an alert that fired again would have come
    const { body: record } = await ann.post('/records', { ...expense, amount: '0.50' });
    const { body: now } = await asTold(() => ann.get(`/budgets/${budget}/progress?date=2024-03-31&after=${record.id}:1`));
    expect(now.spent).toBe('12.00');
    expect(await alerts()).toEqual(told);
    expect((await ops(system, 'rebuild', 'records')).code).toBe(1);
  });

  test('exchanges keys and seals, and nobody notices', async () => {
    expect(await ops(system, 'rotate-keys')).toMatchObject({ code: 0, out: expect.stringMatching(/^the key \S+ signs from \S+Z\n$/) });
    expect(await ops(system, 'reseal')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ secrets were sealed anew\n$/) });
    expect((await ann.get('/users/profile')).status).toBe(200);
  });

  test('is told when there is no system, and how to ask', async () => {
    await system.stop();
    const told = expect.stringMatching(/^commonpurse: no system runs with this DATA_DIR .*\n$/);
    expect(await ops(system, 'status')).toEqual({ code: 1, out: '', err: told });
    expect(await ops(system, 'statu')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('there is no command statu') });
  });
});
