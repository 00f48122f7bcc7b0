import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { createFireAhead } from '../fire-ahead.ts';
import { createFollow } from '../follow-records.ts';
import { createLook, type Look } from '../look.ts';
import { gatherByOwner } from '../mirror/gather.ts';
import { keepRecords } from '../mirror/keep-records.ts';
import { keysTold, spentTold, type ToldRecord } from '../mirror/mirrored-record.ts';
import { type BudgetDoc, newBudget } from '../plans/budget.ts';
import type { BudgetsStore } from '../store.ts';
import { type Judge, simulateMirror, type StartConsumer } from '../testing/simulate-mirror.ts';
import { createNearness } from './nearness.ts';

const clock = fakeClock();
const thresholds = [25, 50, 100, 150];
const budgetOf = (ownerId: string): BudgetDoc => {
  const alerts = thresholds.map((thresholdPercent) => ({ thresholdPercent, channels: [] }));
  const content = { name: '', amountMinor: 400, currency: 'EUR', startDate: '2026-01-01', endDate: null, categories: [], alerts };
  const kinds = { period: 'yearly' as const, rollover: { mode: 'none' as const }, enforcement: 'notify' as const };
  const at = '2026-01-15T12:00:00.000Z';
  return { ...newBudget({ ...content, ...kinds }, { id: `budget-${ownerId}`, ownerId, monthStartDay: 1, at }), changedAt: at };
};
const budgets = {
  find: async ({ ownerId }: { ownerId: string }) => [budgetOf(ownerId)],
  getMany: async (ids: readonly string[]) => ids.map((id) => budgetOf(id.replace('budget-', ''))),
};

/** A process as the service is one, with another part where that is planted. */
const processOf =
  (planted: { readonly look?: Look }): StartConsumer =>
  (stored) => {
    const store = { ...stored, budgets } as unknown as BudgetsStore;
    const nearness = createNearness();
    const { look = createLook({ store, clock, alerts: true, nearness }) } = planted;
    const follow = createFollow({ store, look, fireAhead: createFireAhead({ store, clock, nearness }), live: { touched: () => {} } });
    const gather = gatherByOwner(async (tellings: readonly (readonly ToldRecord[])[]) => {
      const told = tellings.flat();
      const keep = () => keepRecords(stored.mirror, told);
      await follow({ told: told.flatMap(keysTold), spent: told.flatMap(spentTold), keep, cause: { by: 'ada', requestId: 'r' } });
    });
    return (told) => gather(told[0]?.record.ownerId ?? 'nobody', told);
  };

/** Each threshold that is reached in the end has fired; each that has fired did so once, and has told so once. */
const judge: Judge = async ({ periods }, { newest }) => {
  const wrong: string[] = [];
  for (const ownerId of ['ada', 'bob']) {
    const counted = newest.filter(
      (each) => each.ownerId === ownerId && each.type === 'expense' && !each.deleted && each.currency === 'EUR',
    );
    const spentMinor = counted.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const [state] = await periods.find({ ownerId });
    const fired = state?.fired.map(({ thresholdPercent }) => thresholdPercent) ?? [];
    const missing = thresholds.filter((percent) => spentMinor * 100 >= percent * 400 && spentMinor > 0 && !fired.includes(percent));
    wrong.push(...missing.map((percent) => `${ownerId} has spent ${spentMinor} and was not told of ${percent} %`));
    if (new Set(fired).size < fired.length) wrong.push(`${ownerId} was told of ${fired.join()}`);
    if ((state?.outbox ?? []).length !== fired.length) wrong.push(`${ownerId} has other events than ${fired.join()}`);
  }
  return wrong;
};

async function firstFault(start: StartConsumer, seeds: number): Promise<string | null> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const wrong = await simulateMirror(seed, start, judge);
    if (wrong.length > 0) return `seed ${seed}: ${wrong.join(', ')}`;
  }
  return null;
}

describe('Alerts', () => {
  test('fire once each, and all that are reached, whatever is lost, late, repeated or killed on the way', async () => {
    expect(await firstFault(processOf({}), 100)).toBeNull();
  });

  test('are missed, as the simulation finds, where nothing but what fires ahead fires', async () => {
    expect(await firstFault(processOf({ look: async () => {} }), 100)).toMatch(/^seed \d+: /);
  });
});
