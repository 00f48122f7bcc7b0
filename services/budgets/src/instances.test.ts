import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Service, ServiceDeps } from '@commonpurse/shared/service';
import {
  fakeClock,
  type SecondInstance,
  shareable,
  startSecondInstance,
  startTestService,
  type TestService,
  type TestUser,
  withOwnWrites,
} from '@commonpurse/shared/testing';
import { createBudgetsService } from './service.ts';
import { type PlayedRecords, playRecords } from './testing/played-records.ts';
import { changed, expense, recordChanged } from './testing/told-records.ts';

const create = (deps: ServiceDeps): Promise<Service> => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } });
const food = { name: 'Food', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01', endDate: '2026-01-31' };

describe('two instances of budgets on one store', () => {
  let first: TestService;
  let second: SecondInstance;
  let ada: TestUser;
  let budget: string;
  let owner: PlayedRecords;

  beforeEach(async () => {
    owner = playRecords();
    first = await startTestService(create, {
      peers: { records: owner.peer },
      deps: (deps) => ({ ...deps, documents: withOwnWrites(shareable(deps.documents)) }),
    });
    second = await startSecondInstance(first, create);
    ada = await first.user();
    budget = (await first.as(ada).post('/budgets', food)).body.id;
  });
  afterEach(async () => {
    await second.stop();
    await first.stop();
  });
  const dealt = (at: number): { publish: TestService['publish'] } => (at % 2 === 0 ? first : second.bus);
  const crossings = (): Set<string> =>
    new Set([...first.published, ...second.published].filter(({ type }) => type === 'budget.threshold-crossed').map(({ id }) => id));

  test('count every record once and fire each threshold once, whoever of them is told what, in whatever order', async () => {
    const records = Array.from({ length: 60 }, (_, n) => expense({ ownerId: ada.id, amountMinor: 100 + n, date: `2026-01-1${n % 10}` }));
    const grown = records.map((record) => changed(record, { amountMinor: record.amountMinor + 50 }));
    owner.write(...grown.map(({ record }) => record));
    const events = [
      ...grown.map(({ event }) => event),
      ...records.map((record) => recordChanged(record)),
      ...grown.map(({ event }) => event),
    ];
    await Promise.all(events.map((event, at) => dealt(at + (at % 3)).publish(event)));
    const cents = grown.reduce((sum, { record }) => sum + record.amountMinor, 0);
    for (const ask of [
      () => first.as(ada).get(`/budgets/${budget}/progress?date=2026-01-15`),
      () => second.call(ada, 'GET', `/budgets/${budget}/progress?date=2026-01-15`),
    ])
      expect((await ask()).body.spent).toBe((cents / 100).toFixed(2));
    await first.until(() => crossings().size === 2);
  });

  test('fire nothing for what is gone, whichever of them hears of that last, and once what is reached', async () => {
    const [gone, stays] = [9_000, 7_000].map((amountMinor) => expense({ ownerId: ada.id, amountMinor }));
    const deletion = changed(gone!, { deleted: true });
    owner.write(deletion.record, stays!);
    await Promise.all([first.publish(recordChanged(gone!)), second.bus.publish(recordChanged(stays!))]);
    await second.call(ada, 'PATCH', `/budgets/${budget}`, { body: { name: 'Renamed' } });
    await first.as(ada).patch(`/budgets/${budget}`, { amount: '99.00' });
    await Promise.all([first.bus.idle(), second.bus.idle()]);
    expect(crossings().size).toBe(0);
    await second.bus.publish(deletion.event);
    const more = expense({ ownerId: ada.id, amountMinor: 1_000 });
    owner.write(more);
    await Promise.all([first.publish(recordChanged(more)), second.bus.publish(recordChanged(more))]);
    await first.until(() => crossings().size === 1);
    expect((await first.as(ada).get(`/budgets/${budget}/progress?date=2026-01-15`)).body.spent).toBe('80.00');
  });

  test('progress waits at one for a record that the other is told of', async () => {
    const record = expense({ ownerId: ada.id, amountMinor: 4_200 });
    owner.write(record);
    // its patience ends by a clock that moves as far as it has to
    const clock = fakeClock(Date.now());
    const patient = await startSecondInstance(first, create, clock);
    let over = false;
    const asked = patient.call(ada, 'GET', `/budgets/${budget}/progress?date=2026-01-15&after=${record.id}:1`).finally(() => (over = true));
    await first.until(() => (clock.advance(10), owner.asked.length > 0));
    await first.publish(recordChanged(record));
    await first.until(() => (clock.advance(10), over));
    expect(await asked).toMatchObject({ status: 200, body: { spent: '42.00' } });
    await patient.stop();
  });
});
