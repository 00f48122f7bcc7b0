import { type Rebuild, rebuildsCollection } from '@commonpurse/shared/messaging';
import type { Doc, Documents } from '@commonpurse/shared/documents';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import type { InstanceStatus, ServiceDeps } from '@commonpurse/shared/service';
import { fakeClock, shareable, startSecondInstance, startTestService, type TestAnswer } from '@commonpurse/shared/testing';
import type { DayTotal } from '../mirror/day-total.ts';
import type { MirroredRecord } from '../mirror/mirrored-record.ts';
import { createBudgetsService } from '../service.ts';
import { playRecords } from './played-records.ts';
import { expense, recordChanged } from './told-records.ts';

const create = (deps: ServiceDeps) => createBudgetsService({ ...deps, config: { BUDGET_ALERTS: true } });
const food = { name: 'Food', amount: '100.00', currency: 'EUR', period: 'monthly', startDate: '2026-01-01' };

export type TestBudgets = Awaited<ReturnType<typeof createTestBudgets>>;

/** Budgets with one of 100 euros, of which 120 are spent, and the feed of records that says so. */
export async function createTestBudgets() {
  const clock = fakeClock();
  const feed: DomainEvent[] = [];
  let held: Promise<void> = Promise.resolve();
  const records = playRecords(clock);
  const changes = async () => {
    await held;
    return { events: feed, next: null, now: new Date(clock.now()).toISOString() };
  };
  const harness = await startTestService(create, {
    clock,
    peers: { records: (call) => (call.path.startsWith('/internal/changes') ? changes() : records.peer(call)) },
    deps: (deps) => ({ ...deps, documents: shareable(deps.documents) }),
  });
  const ada = await harness.user();
  const budget: string = (await harness.as(ada).post('/budgets', food)).body.id;
  const progress = (query = ''): Promise<TestAnswer> => harness.as(ada).get(`/budgets/${budget}/progress${query}`);
  const spend = async (amountMinor: number): Promise<void> => {
    const record = expense({ ownerId: ada.id, amountMinor });
    records.write(record);
    const event = recordChanged(record);
    feed.push(event);
    await harness.publish(event);
  };
  const crossings = (): unknown[] =>
    harness.published
      .filter(({ type }) => type === 'budget.threshold-crossed')
      .map(({ data }) => (data as { thresholdPercent: number }).thresholdPercent);
  const collection = <T extends Doc>(name: string): Promise<Documents<T>> => harness.deps.documents.collection<T>({ name, indexes: [] });
  const rebuilds = (): Promise<Documents<Rebuild>> => harness.deps.documents.collection<Rebuild>(rebuildsCollection);
  const phase = async (): Promise<string | undefined> => {
    const { body } = (await harness.internal().get('/internal/ops/status')) as { body: InstanceStatus };
    return body.rebuild?.phase;
  };
  /** Time passes as long as it takes. */
  const untilPhase = (wanted: string): Promise<unknown> =>
    harness.until(async () => {
      if ((await phase()) === wanted) return true;
      clock.advance(1_000);
      return false;
    });

  for (const amountMinor of [7_000, 1_500, 3_500]) await spend(amountMinor);
  await harness.until(() => crossings().length === 2);
  const before = (await progress()).body;
  return {
    before: { ...before, asOf: undefined },
    told: feed.map(({ subject }) => subject).toSorted(),
    spend,
    crossings,
    untilPhase,
    untilDone: () => untilPhase('done'),
    rebuild: () => harness.internal().post('/internal/ops/rebuild'),
    restart: () => harness.restart(),
    stop: () => harness.stop(),
    /** Without the instant, which is another one each time. */
    progress: async (query = ''): Promise<TestAnswer> => {
      const answer = await progress(query);
      return { ...answer, body: { ...answer.body, asOf: undefined } };
    },
    mirrored: async () => (await (await collection<MirroredRecord>('mirror')).find({})).map(({ _id }) => _id).toSorted(),
    /** From now on the feed does not answer until what is returned is called. */
    holdFeed: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    /** A record that never was, a newer version than there is of another, and totals that follow from neither. */
    leadAstray: async (): Promise<void> => {
      const [mirror, totals] = [await collection<MirroredRecord>('mirror'), await collection<DayTotal>('day-totals')];
      const [real] = await mirror.find({}, { limit: 1 });
      const { _id, version, ownerId } = real!;
      await mirror.replace({ _id, version: version + 10, ownerId }, version);
      await mirror.insert({ ...strip(real!), _id: 'nobody-knows-it' });
      for (const total of await totals.find({}))
        await totals.replace({ ...strip(total), version: total.version + 1, sumMinor: 1 }, total.version);
      const [total] = await totals.find({}, { limit: 1 });
      await totals.insert({ ...strip(total!), _id: `${total!._id}-later`, day: '2026-02-01', sumMinor: 500, records: 1 });
      await (await collection('period-spendings')).remove((await (await collection('period-spendings')).find({})).map((doc) => doc._id));
    },
    /** As an instance leaves it that dies in the middle. */
    leaveBehind: async (at: Rebuild['phase']): Promise<void> => {
      const instant = new Date(clock.now()).toISOString();
      const mirror = await collection<MirroredRecord>('mirror');
      await mirror.remove((await mirror.find({})).map(({ _id }) => _id));
      await (await rebuilds()).insert({ _id: 'records', version: 7, phase: at, startedAt: instant, aliveAt: instant, finishedAt: null });
    },
    secondInstance: async () => {
      const second = await startSecondInstance(harness, create);
      return {
        progress: async () => {
          const answer = await second.call(ada, 'GET', `/budgets/${budget}/progress`);
          return { ...answer, body: { ...answer.body, asOf: undefined } };
        },
        stop: () => second.stop(),
      };
    },
  };
}

const strip = <T extends Doc>({ changedAt: _changedAt, ...rest }: T): Omit<T, 'changedAt'> => rest;
