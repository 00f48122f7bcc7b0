import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock, startTestService, type TestAnswer, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import { playRecords } from '../testing/played-records.ts';
import { changed, expense, recordChanged } from '../testing/told-records.ts';
import { newBudgetExample } from '../plans/examples.ts';
import { progressExample } from './routes.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };

describe('Progress', () => {
  let harness: TestService;
  const clock = fakeClock();
  const records = playRecords(clock);
  beforeAll(async () => {
    harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), {
      clock,
      peers: { records: records.peer },
    });
  });
  afterAll(() => harness.stop());
  const budgetOf = async (user: TestUser, facts: object = {}): Promise<string> => {
    const { status, body } = await harness.as(user).post('/budgets', { ...groceries, ...facts });
    expect([status, body]).toEqual([201, expect.anything()]);
    return `/budgets/${body.id}/progress`;
  };

  test('is answered as the documentation shows', async () => {
    const ada = await harness.user();
    const path = await budgetOf(ada, newBudgetExample);
    const ownerId = ada.id;
    const told = [
      expense({ ownerId, amountMinor: 10_000 }),
      expense({ ownerId, amountMinor: 2_050, category: 'Drinks' }),
      expense({ ownerId, amountMinor: 7_777, category: 'Rent' }),
      expense({ ownerId, amountMinor: 500, currency: 'USD' }),
      expense({ ownerId, amountMinor: 500, date: '2025-12-31' }),
      expense({ ownerId, amountMinor: 500, type: 'income', category: null, source: 'Salary' }),
      expense({ ownerId: 'somebody-else', amountMinor: 500 }),
    ];
    for (const record of told) await harness.publish(recordChanged(record));
    const { status, body } = await harness.as(ada).get(`${path}?date=2026-01-15`);
    expect([status, body]).toEqual([200, progressExample]);
  });

  test('is of today in the owner’s zone', async () => {
    clock.set(Date.parse('2026-01-31T12:00:00Z'));
    const kiribati = await harness.user({ timeZone: 'Pacific/Kiritimati' });
    const { body } = await harness.as(kiribati).get(await budgetOf(kiribati));
    expect([body.period, body.daysLeft]).toEqual([{ start: '2026-02-01', end: '2026-02-28' }, 27]);
    clock.set(Date.parse('2026-01-15T12:00:00Z'));
  });

  test('without a date is of today’s period, and of the nearest one when today is outside', async () => {
    const ada = await harness.user();
    const underWay = await budgetOf(ada, { startDate: '2025-12-10', endDate: '2026-03-10' });
    expect((await harness.as(ada).get(underWay)).body.period).toEqual({ start: '2026-01-01', end: '2026-01-31' });
    const over = await budgetOf(ada, { startDate: '2025-01-10', endDate: '2025-03-10' });
    expect((await harness.as(ada).get(over)).body.period).toEqual({ start: '2025-03-01', end: '2025-03-10' });
    const ahead = await budgetOf(ada, { startDate: '2026-05-10' });
    const { body } = await harness.as(ada).get(ahead);
    expect([body.period, body.daysLeft]).toEqual([{ start: '2026-05-10', end: '2026-05-31' }, 22]);
  });

  test.each([
    ['2025-12-31', 'outside-budget'],
    ['2026-07-01', 'outside-budget'],
    ['2026-02-30', 'invalid-format'],
    ['soon', 'invalid-format'],
    ['1899-12-31', 'date-too-early'],
  ])('of %s is refused: %s', async (date, code) => {
    const ada = await harness.user();
    const path = await budgetOf(ada, { endDate: '2026-06-30' });
    const { status, body } = await harness.as(ada).get(`${path}?date=${date}`);
    expect([status, body.errors.map((error: { path: string; code: string }) => [error.path, error.code])]).toEqual([
      400,
      [['/date', code]],
    ]);
  });

  test('counts the record that the client has just written', async () => {
    const ada = await harness.user();
    const path = await budgetOf(ada);
    const first = expense({ ownerId: ada.id, amountMinor: 1000 });
    const second = changed(first, { amountMinor: 2500 });
    await harness.publish(recordChanged(first));
    const asked = harness.as(ada).get(`${path}?after=${first.id}:2`);
    await harness.until(async () => (await harness.as(ada).get(path)).status === 200);
    await harness.publish(second.event);
    expect((await asked).body.spent).toBe('25.00');
    expect((await harness.as(ada).get(`${path}?after=${first.id}:1`)).body.spent).toBe('25.00');
  });

  test('also after an income, which counts nowhere', async () => {
    const ada = await harness.user();
    const path = await budgetOf(ada);
    const income = expense({ ownerId: ada.id, type: 'income', category: null, source: 'Salary' });
    await harness.publish(recordChanged(income));
    expect((await harness.as(ada).get(`${path}?after=${income.id}:1`)).body.spent).toBe('0.00');
  });

  /** Sent, and time passing until the answer is there. */
  async function asTimePasses(path: string, user: TestUser): Promise<TestAnswer> {
    let done = false;
    const asked = harness.as(user).get(path);
    void asked.then(() => (done = true));
    await harness.until(() => (clock.advance(100), done));
    clock.set(Date.parse('2026-01-15T12:00:00Z'));
    return asked;
  }

  test('says that it can not tell yet when a record that was written does not arrive', async () => {
    const ada = await harness.user();
    const late = expense({ ownerId: ada.id, version: 3 });
    records.write(late);
    const { status, headers, body } = await asTimePasses(`${await budgetOf(ada)}?after=${late.id}:2`, ada);
    expect([status, headers['retry-after'], body.code]).toEqual([503, '1', 'service-unavailable']);
  });

  test('waits for no record that is not there, is another’s, or has not come so far, and tells them not apart', async () => {
    const [ada, eve] = [await harness.user(), await harness.user()];
    const path = await budgetOf(ada);
    const [foreign, own] = [expense({ ownerId: eve.id }), expense({ ownerId: ada.id })];
    for (const record of [foreign, own]) {
      records.write(record);
      await harness.publish(recordChanged(record));
    }
    const answers = await Promise.all(
      ['absent:1', `${foreign.id}:1`, `${own.id}:2`].map((after) => asTimePasses(`${path}?after=${after}`, ada)),
    );
    for (const { status, body } of answers) {
      expect([status, body.errors]).toEqual([400, [{ path: '/after', code: 'record-unknown', message: expect.any(String) }]]);
      expect({ ...body, requestId: '' }).toEqual({ ...answers[0]!.body, requestId: '' });
    }
  });

  test('says so when records can not be asked whether there is such a record', async () => {
    const ada = await harness.user();
    const path = `${await budgetOf(ada)}?after=absent:1`;
    records.available = false;
    const { status, headers } = await asTimePasses(path, ada);
    records.available = true;
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });

  test('tells who may see the budget, but not the record, nothing of whether it has arrived', async () => {
    const ada = await harness.user();
    const path = await budgetOf(ada);
    const seen = expense({ ownerId: ada.id });
    records.write(seen);
    await harness.publish(recordChanged(seen));
    const grant = (scope: object) => ({ shareId: 's', version: 1, ownerId: ada.id, access: 'view' as const, scope, expiresAt: null });
    const of = async (...scopes: object[]): Promise<TestAnswer> => {
      const bob = await harness.user({ grants: scopes.map(grant) as never });
      return asTimePasses(`${path}?after=${seen.id}:1`, bob);
    };
    expect((await of({ kind: 'budgets' })).body.errors).toMatchObject([{ path: '/after', code: 'record-unknown' }]);
    expect((await of({ kind: 'budgets' }, { kind: 'records' })).status).toBe(200);
  });

  test.each(['r1', 'r1:0', ':1', 'r1:x', 'r1:1:2'])('after %s is refused', async (after) => {
    const ada = await harness.user();
    const { status, body } = await harness.as(ada).get(`${await budgetOf(ada)}?after=${after}`);
    expect([status, body.errors[0].path]).toEqual([400, '/after']);
  });

  test('stays exact, and tellable, for absurd sums', async () => {
    const ada = await harness.user();
    const path = await budgetOf(ada);
    const amountMinor = 9_999_999_999_999;
    for (let index = 0; index < 3; index += 1) await harness.publish(recordChanged(expense({ ownerId: ada.id, amountMinor })));
    const { body } = await harness.as(ada).get(path);
    expect([body.spent, body.remaining, body.percent]).toEqual(['299999999999.97', '-299999999899.97', 300000000000]);
  });
});
