import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSystemGround, type SystemGround } from '@commonpurse/shared/testing/servers';
import { connect } from 'amqplib';
import { eventually } from '../support/eventually.ts';
import { cleanUp, launch, type RunningSystem } from '../support/launch.ts';
import { ops } from '../support/ops.ts';
import { type Person, signUp } from '../support/person.ts';
import { processesIn } from '../support/systems.ts';
import { importFile } from '../support/upload.ts';

const rows = 2_000;
const statement = ['Date,Description,Amount,Category', ...Array.from({ length: rows }, (_, n) => `2024-03-1${n % 10},Row ${n},-0.01,Food`)];
const food = { name: 'Food', amount: '15.00', currency: 'EUR', period: 'monthly', startDate: '2024-03-01' };
const patienceMs = 120_000;

describe('operators of several processes', () => {
  let ground: SystemGround;
  let system: RunningSystem;
  let ann: Person;
  let budget: string;
  beforeAll(async () => {
    ground = await openSystemGround();
    system = await launch({ env: ground.variables, args: ['--scale', 'budgets=2'] });
    ann = await signUp(system, 'ann@home.example', { baseCurrency: 'EUR' });
    budget = (await ann.post('/budgets', food)).body.id;
    await importFile(ann, Buffer.from(statement.join('\n')));
    await eventually(progress, ({ body }) => body.spent === '20.00', patienceMs);
    await eventually(alerts, (items) => items.length === 2, patienceMs);
  });
  afterAll(async () => {
    await cleanUp();
    await ground.drop();
  });
  const progress = () => ann.get(`/budgets/${budget}/progress?date=2024-03-31`);
  const alerts = async (): Promise<unknown[]> =>
    ((await ann.get('/notifications')).body.items as { type: string }[]).filter(({ type }) => type === 'budget.alert');
  const budgets = async () => (await processesIn(system.dataDir)).filter(({ service }) => service === 'budgets');

  test('see every instance', async () => {
    const { code, out } = await ops(system, 'status');
    expect([code, out]).toEqual([0, expect.stringMatching(/^budgets-1 +ready[^]*^budgets-2 +ready/m)]);
  });

  test('have budgets made anew, also when every instance dies meanwhile', async () => {
    const { asOf: _asOf, ...before } = (await progress()).body;
    const told = await alerts();
    await ops(system, 'rebuild', 'budgets', '--no-wait');
    for (const { pid } of await budgets()) process.kill(pid!, 'SIGKILL');
    await eventually(budgets, (both) => both.every(({ state, restarts }) => state === 'ready' && restarts > 0), patienceMs);
    const { body: after } = await eventually(progress, ({ status }) => status === 200, patienceMs);
    expect(after).toEqual({ ...before, asOf: expect.any(String) });
    expect(await alerts()).toEqual(told);
  });

  test('find what no handler can read, and drop it', async () => {
    const broker = await connect(ground.variables.RABBITMQ_URL);
    const channel = await broker.createConfirmChannel();
    channel.publish('commonpurse.events', 'record.changed', Buffer.from('{ "id": "poison", "type": "record.changed" }'));
    await channel.waitForConfirms();
    await broker.close();
    const list = async () => (await ops(system, 'parked', 'list')).out;
    const found = await eventually(list, (out) => /budgets:.*since/s.test(out) && /notifications:.*since/s.test(out), patienceMs);
    expect((await ops(system, 'status')).out).toMatch(/^budgets-2: see npm run ops -- parked list budgets$/m);
    expect(found).toMatch(/^budgets:.+\n {2}since \S+Z: InvalidEvent/m);
    expect((await ops(system, 'parked', 'replay', 'budgets', '--all')).code).toBe(1);
    for (const service of ['budgets', 'notifications'])
      expect(await ops(system, 'parked', 'drop', service, '--all')).toMatchObject({ code: 0, out: '1 of 1 events were dropped\n' });
    expect(await list()).toBe('nothing is parked\n');
  });
});
