import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { fakeClock, type FakeClock, overriding } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { type BudgetDoc, deletedBudget } from '../plans/budget.ts';
import type { BudgetsStore } from '../store.ts';
import { groceries } from '../testing/budgets.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import { createLiveProgress, type LiveProgress } from './live-progress.ts';
import { periodAt } from './period.ts';

describe('By the time that it is told, live progress', () => {
  let clock: FakeClock;
  let documents: DocumentStore;
  let store: { -readonly [K in keyof BudgetsStore]: BudgetsStore[K] };
  let budget: BudgetDoc;
  let live: LiveProgress;
  let told: string[];
  /** The owner is asked for, and not known before this is called. */
  let meet: () => void;
  beforeEach(async () => {
    clock = fakeClock();
    ({ documents, store } = await openEmptyStore(clock));
    budget = await store.budgets.insert(groceries('b1', []));
    told = [];
    const { promise, resolve } = Promise.withResolvers<never>();
    meet = () => resolve({ timeZone: 'UTC' } as never);
    const cache = { publish: async (_channel: string, message: string) => void told.push(message) };
    live = createLiveProgress({ store, ownerNow: () => promise, cache, clock, log: pino({ level: 'silent' }) });
  });
  afterEach(() => documents.close());
  const touch = (day: string): void => live.touched([{ budget, period: periodAt(budget, day)! }]);
  const tellings = async (): Promise<number> => {
    meet();
    await live.stop();
    return told.length;
  };

  test('is of what is current for the owner, not for others', async () => {
    clock.set(Date.parse('2026-02-01T06:00:00Z'));
    touch('2026-01-31');
    expect(await tellings()).toBe(0);
  });

  test('is of the period that has begun for the owner', async () => {
    clock.set(Date.parse('2026-02-01T06:00:00Z'));
    touch('2026-02-01');
    expect(await tellings()).toBe(1);
    expect(told[0]).toContain('"period":{"start":"2026-02-01","end":"2026-02-28"}');
  });

  test('is of no budget that was deleted meanwhile', async () => {
    await store.budgets.replace(deletedBudget(budget, '2026-01-15T12:00:00.000Z'), 1);
    touch('2026-01-15');
    expect(await tellings()).toBe(0);
  });

  test.each([
    ['emptying', 0],
    ['reading', 0],
    ['done', 1],
  ] as const)('is of no figures that are being made anew: while that is %s, %d', async (phase, count) => {
    const at = '2026-01-15T12:00:00.000Z';
    await store.rebuilds.insert({ _id: 'records', version: 1, phase, startedAt: at, aliveAt: at, finishedAt: null });
    touch('2026-01-15');
    expect(await tellings()).toBe(count);
  });

  test('is of no figures that were being made anew when they were read, though they are done since', async () => {
    const at = '2026-01-15T12:00:00.000Z';
    const facts = { startedAt: at, aliveAt: at, finishedAt: null };
    await store.rebuilds.insert({ _id: 'records', version: 1, phase: 'reading', ...facts });
    const { spendings } = store;
    const get = async (id: string) => {
      const found = await spendings.get(id);
      await store.rebuilds.replace({ _id: 'records', version: 2, phase: 'done', ...facts }, 1);
      return found;
    };
    store.spendings = overriding(spendings, { get });
    touch('2026-01-15');
    expect(await tellings()).toBe(0);
    expect((await store.rebuilds.get('records'))?.phase).toBe('done');
  });

  test('is waited for by who stops it, and begins no more', async () => {
    touch('2026-01-15');
    let stopped = false;
    const stopping = live.stop().then(() => (stopped = true));
    touch('2026-01-15');
    await store.budgets.get('b1');
    expect(stopped).toBe(false);
    meet();
    await stopping;
    expect(told).toHaveLength(1);
  });
});
