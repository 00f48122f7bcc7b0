import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Doc, Documents } from '@commonpurse/shared/documents';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { fakeClock, type FakeClock, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';
import { type PlayedRecords, playRecords } from '../testing/played-records.ts';
import { changed, expense, recordChanged } from '../testing/told-records.ts';

const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };

/** Writes to these collections fail, as if the process died right there: nothing is acknowledged, what came before is durable. */
function failing(deps: ServiceDeps, broken: ReadonlySet<string>, died: () => void): ServiceDeps {
  const collection: ServiceDeps['documents']['collection'] = async <T extends Doc>(declaration: { name: string; indexes: [] }) => {
    const documents = await deps.documents.collection<T>(declaration);
    const guard =
      <A extends unknown[], R>(method: (...given: A) => Promise<R>) =>
      (...given: A): Promise<R> => {
        if (!broken.has(declaration.name)) return method.apply(documents, given);
        died();
        return Promise.reject(new Error('it dies here'));
      };
    const writes: Partial<Documents<T>> = {
      insert: guard(documents.insert),
      insertMany: guard(documents.insertMany),
      replace: guard(documents.replace),
    };
    return new Proxy(documents, {
      get: (target, name) => {
        const value: unknown = Reflect.get(writes, name) ?? Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  return { ...deps, documents: { ...deps.documents, collection } };
}

describe('After a crash', () => {
  let harness: TestService;
  let clock: FakeClock;
  let ada: TestUser;
  /** Of the process that is running first; the one after it is sound. */
  const broken = new Set<string>();
  let starts = 0;
  let deaths = 0;
  let records: PlayedRecords;
  beforeEach(async () => {
    broken.clear();
    starts = 0;
    deaths = 0;
    clock = fakeClock();
    records = playRecords(clock);
    records.available = false;
    harness = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), {
      clock,
      peers: { records: records.peer },
      deps: (deps) => failing(deps, (starts += 1) === 1 ? broken : new Set(), () => (deaths += 1)),
    });
    ada = await harness.user();
  });
  afterEach(() => harness.stop());
  const fired = (): unknown[] =>
    harness.published
      .filter(({ type }) => type === 'budget.threshold-crossed')
      .map(({ data }) => (data as { thresholdPercent: number }).thresholdPercent);
  const spentOf = async (id: string): Promise<string> => (await harness.as(ada).get(`/budgets/${id}/progress?date=2026-01-15`)).body.spent;
  /** Time passes in small steps until the check holds: waiting deliveries are tried again. */
  const later = <T>(check: () => Promise<T> | T): Promise<T> =>
    harness.until(async () => {
      clock.advance(100);
      return check();
    });

  test.each(['mirror', 'day-totals', 'period-spendings', 'periods'])(
    'in the middle of a record, at %s, nothing is swallowed',
    async (place) => {
      const id = (await harness.as(ada).post('/budgets', groceries)).body.id;
      broken.add(place);
      const delivered = harness.publish(recordChanged(expense({ ownerId: ada.id, amountMinor: 8_500 })));
      await harness.until(() => deaths > 0);
      broken.clear();
      let isDelivered = false;
      void delivered.then(() => (isDelivered = true));
      await later(() => isDelivered && fired().length === 1);
      expect([fired(), await spentOf(id)]).toEqual([[80], '85.00']);
    },
  );

  test.each(['periods', 'period-spendings'])(
    'right after a budget was created, at %s, it alerts once the service is back',
    async (place) => {
      await harness.publish(recordChanged(expense({ ownerId: ada.id, amountMinor: 12_000 })));
      broken.add(place);
      const { status, body } = await harness.as(ada).post('/budgets', groceries);
      expect(status).toBe(201);
      await harness.until(() => deaths > 0);
      let back = false;
      const restarted = harness.restart().then(() => (back = true));
      await later(() => back);
      await restarted;
      await later(() => fired().length === 2);
      ada = await harness.user({ ...ada.person });
      expect([fired(), await spentOf(body.id)]).toEqual([[80, 100], '120.00']);
    },
  );

  test('right after a budget was lowered, nothing is told of an expense that is gone, and all of what is there', async () => {
    const id = (await harness.as(ada).post('/budgets', { ...groceries, amount: '1000.00' })).body.id;
    const [gone, stays] = [9_000, 8_500].map((amountMinor) => expense({ ownerId: ada.id, amountMinor }));
    for (const record of [gone!, stays!]) await harness.publish(recordChanged(record));
    const deletion = changed(gone!, { deleted: true });
    records.available = true;
    records.write(deletion.record, stays!);
    broken.add('periods');
    await harness.as(ada).patch(`/budgets/${id}`, { amount: '100.00' });
    await harness.until(() => deaths > 0);
    let back = false;
    const restarted = harness.restart().then(() => (back = true));
    await later(() => back);
    await restarted;
    await later(() => fired().length > 0);
    await harness.publish(deletion.event);
    ada = await harness.user({ ...ada.person });
    expect([fired(), await spentOf(id)]).toEqual([[80], '85.00']);
  });
});
