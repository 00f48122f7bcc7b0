import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import { PeerRefused, PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock, type FakePeer, startTestService, type TestClient, type TestService } from '@commonpurse/shared/testing';
import { createBudgetsService } from '../../services/budgets/src/service.ts';
import { RecordsConfig } from '../../services/records/src/config.ts';
import { filePart, optionsPart, upload } from '../../services/records/src/imports/testing/multipart.ts';
import { createRecordsService } from '../../services/records/src/service.ts';

const food = { type: 'expense', amount: '90.00', currency: 'EUR', date: '2026-01-10', category: 'Food' };
const plan = { name: 'Food', amount: '1000.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };
const clock = fakeClock();

describe('Budgets that hear of records late', () => {
  let records: TestService;
  let budgets: TestService;
  let away: boolean;
  let told: number;
  /** Of the same person. */
  let [write, budget]: [TestClient, TestClient] = [null!, null!];
  const asked: string[] = [];
  const recordsPeer: FakePeer = async ({ method, path, body }) => {
    // what they hear is for the test to say
    if (path.startsWith('/internal/changes')) return { events: [], next: null, now: new Date(clock.now()).toISOString() };
    asked.push(path);
    if (away) throw new PeerUnavailable('records are away');
    const peer = records.internal('budgets');
    const answer = await (method === 'GET' ? peer.get(path) : peer.post(path, body));
    if (answer.status !== 200) throw new PeerRefused('records', answer.status, answer.body);
    return answer.body;
  };
  beforeEach(async () => {
    [away, told] = [false, 0];
    records = await startTestService((deps) => createRecordsService({ ...deps, config: RecordsConfig.parse({}) }), { clock });
    budgets = await startTestService((deps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } }), {
      clock,
      peers: { records: recordsPeer },
    });
    const ada = await records.user();
    [write, budget] = [records.as(ada), budgets.as(await budgets.user({ ...ada.person }))];
    asked.length = 0;
  });
  afterEach(async () => {
    await budgets.stop();
    await records.stop();
  });

  const settled = (service: TestService): Promise<boolean> =>
    service.until(async () => {
      await service.bus.idle();
      return /outbox_pending\S* 0$/m.test(await service.service.metrics.metrics()) && service.bus.pending === 0;
    });
  /** What records have published since it was last asked for. */
  const news = async (): Promise<readonly DomainEvent[]> => {
    await settled(records);
    const events = records.published.slice(told).filter(({ type }) => type === 'record.changed' || type === 'records.imported');
    told = records.published.length;
    return events;
  };
  const hear = async (events: readonly DomainEvent[]): Promise<void> => {
    await Promise.all(events.map((event) => budgets.publish(event)));
    await settled(budgets);
  };
  const fired = async (): Promise<unknown[]> => {
    await settled(budgets);
    return budgets.published
      .filter(({ type }) => type === 'budget.threshold-crossed')
      .map(({ data }) => data as { thresholdPercent: number; spentMinor: number })
      .map(({ thresholdPercent, spentMinor }) => `${thresholdPercent} at ${spentMinor}`);
  };
  const spend = async (facts: object = {}): Promise<string> => (await write.post('/records', { ...food, ...facts })).body.id;
  const planned = async (facts: object = {}): Promise<string> => (await budget.post('/budgets', { ...plan, ...facts })).body.id;

  test.each<[string, (id: string) => Promise<unknown>]>([
    ['the amount of the budget is lowered', (id) => budget.patch(`/budgets/${id}`, { amount: '100.00' })],
    ['other categories count', (id) => budget.patch(`/budgets/${id}`, { amount: '100.00', categories: [{ category: 'Food' }] })],
    ['a budget is made', () => planned({ amount: '100.00', categories: [{ category: 'Food' }] })],
  ])('fire nothing for an expense that is deleted by then when %s, nor once they hear of it', async (_, change) => {
    const id = await planned();
    const expense = await spend();
    await hear(await news());
    expect((await write.delete(`/records/${expense}`)).status).toBe(204);
    await change(id);
    expect(await fired()).toEqual([]);
    await hear(await news());
    expect(await fired()).toEqual([]);
  });

  test('fire nothing for rows of an import that was taken back, whatever comes behind', async () => {
    await planned({ amount: '100.00' });
    const file = 'Date,Description,Amount,Currency\n2026-01-09,Market,-70.00,EUR\n';
    const answer = await upload(write, [optionsPart({ defaults: { category: 'Food' } }), filePart(file)]);
    const job = answer.headers['location']!;
    const until = (status: string) => records.until(async () => (await write.get(job)).body.status === status);
    await until('done');
    await hear(await news());
    await write.post(`${job}/revert`);
    await until('reverted');
    const revert = await news();
    await spend({ amount: '15.00' });
    await hear(await news());
    expect(await fired()).toEqual([]);
    await hear(revert);
    expect(await fired()).toEqual([]);
  });

  test('fire once, and for what there is, when a threshold is reached by what came behind what they have not heard of', async () => {
    await planned({ amount: '100.00' });
    const first = await spend({ amount: '70.00' });
    await hear(await news());
    await write.delete(`/records/${first}`);
    const deletion = await news();
    await spend({ amount: '25.00' });
    await hear(await news());
    expect(await fired()).toEqual([]);
    await spend({ amount: '60.00' });
    await hear(await news());
    expect(await fired()).toEqual(['80 at 8500']);
    await hear(deletion);
    expect(await fired()).toEqual(['80 at 8500']);
  });

  test('lose no alert and fire it once, whatever they hear of first', async () => {
    await planned({ amount: '100.00' });
    const ids = [await spend({ amount: '30.00' }), await spend({ amount: '55.00' })];
    const [first, second] = (await news()).toSorted((a, b) => ids.indexOf(a.subject) - ids.indexOf(b.subject));
    await hear([second!]);
    expect(await fired()).toEqual([]);
    await hear([first!]);
    expect(await fired()).toEqual(['80 at 8500']);
    await hear([second!, first!]);
    expect(await fired()).toEqual(['80 at 8500']);
  });

  test('fire by what they have heard while records are away, once', async () => {
    const id = await planned();
    await spend();
    const created = await news();
    away = true;
    await hear(created);
    await budget.patch(`/budgets/${id}`, { amount: '100.00' });
    expect(await fired()).toEqual(['80 at 9000']);
    away = false;
    await hear(created);
    await budget.patch(`/budgets/${id}`, { amount: '99.00' });
    expect(await fired()).toEqual(['80 at 9000']);
  });

  test('ask nothing for an expense that fires nothing, and once where many periods fire', async () => {
    await planned();
    await planned({ categories: [{ category: 'Food' }] });
    const dates = ['2025-03-01', '2025-04-10', '2025-04-11', '2025-08-30', '2026-01-02'];
    for (const date of dates) await spend({ date });
    await hear(await news());
    expect(asked).toEqual([]);
    await planned({ amount: '50.00', startDate: '2025-01-01' });
    expect((await fired()).toSorted()).toEqual([
      '100 at 18000',
      ...Array(3).fill('100 at 9000'),
      '80 at 18000',
      ...Array(3).fill('80 at 9000'),
    ]);
    expect(asked).toHaveLength(1);
  });
});
