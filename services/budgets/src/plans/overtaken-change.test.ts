import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ServiceDeps } from '@commonpurse/shared/service';
import { overridingCollection, startTestService, type TestService, type TestUser } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../service.ts';

/** Whoever is the first to change a budget meets this before it is written. */
const beforeFirstChange =
  (meet: () => Promise<void>) =>
  (deps: ServiceDeps): ServiceDeps => {
    let met = false;
    const documents = overridingCollection(deps.documents, 'budgets', (budgets) => ({
      replace: async (...change) => {
        if (!met) {
          met = true;
          await meet();
        }
        return budgets.replace(...change);
      },
    }));
    return { ...deps, documents };
  };

describe('A change of a budget that another one overtakes', () => {
  let [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let harness: TestService;
  let ada: TestUser;
  let path: string;
  beforeEach(async () => {
    [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const meet = (): Promise<void> => {
      reached.resolve();
      return held.promise;
    };
    const deps = beforeFirstChange(meet);
    harness = await startTestService((given) => createBudgetsService({ ...given, config: { BUDGET_ALERTS: true } }), { deps });
    ada = await harness.user();
    const groceries = { name: 'Groceries', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
    path = `/budgets/${(await harness.as(ada).post('/budgets', groceries)).body.id}`;
  });
  afterEach(() => harness.stop());

  const overtaken = async (headers: Record<string, string> = {}) => {
    const slow = harness.as(ada).patch(path, { name: 'Food' }, { headers });
    await reached.promise;
    expect((await harness.as(ada).patch(path, { amount: '250.00' })).body.version).toBe(2);
    held.resolve();
    return slow;
  };

  test('is made on top of it', async () => {
    expect((await overtaken()).body).toMatchObject({ version: 3, name: 'Food', amount: '250.00' });
  });

  test('is refused where it was meant for what was there before', async () => {
    const { status, body, headers } = await overtaken({ 'If-Match': '"1"' });
    expect([status, body.code, headers['etag']]).toEqual([412, 'version-mismatch', '"2"']);
    expect((await harness.as(ada).get(path)).body).toMatchObject({ version: 2, name: 'Groceries' });
  });
});
