import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { createFireAhead } from '../fire-ahead.ts';
import { createFollowImport } from '../follow-import.ts';
import { createFollow } from '../follow-records.ts';
import { createLookTogether, type LookTogetherDeps } from '../look-together.ts';
import { createLook, type Look } from '../look.ts';
import { type DayKey, distinctKeys } from '../mirror/day-key.ts';
import { gatherByOwner } from '../mirror/gather.ts';
import { keepRecords } from '../mirror/keep-records.ts';
import { keysTold, spentTold, type ToldRecord } from '../mirror/mirrored-record.ts';
import { type BudgetDoc, newBudget } from '../plans/budget.ts';
import { type BudgetsStore, spentInMirror } from '../store.ts';
import { type Judge, simulateMirror, type StartConsumer, type Stored } from '../testing/simulate-mirror.ts';
import type { SpentNow } from './evaluate-alerts.ts';
import { createNearness } from './nearness.ts';

const clock = fakeClock();
const thresholds = [25, 50, 100, 150];
const budgetsOf = (ownerId: string): BudgetDoc[] => {
  const alerts = thresholds.map((thresholdPercent) => ({ thresholdPercent, channels: [] }));
  const content = { name: '', amountMinor: 400, currency: 'EUR', startDate: '2026-01-01', endDate: null, categories: [], alerts };
  const kinds = { period: 'yearly' as const, rollover: { mode: 'none' as const }, enforcement: 'notify' as const };
  const at = '2026-01-15T12:00:00.000Z';
  return [1, 2].map((n) => ({
    ...newBudget({ ...content, ...kinds }, { id: `budget-${ownerId}-${n}`, ownerId, monthStartDay: 1, at }),
    changedAt: at,
  }));
};
const owners = ['ada', 'bob'];
const budgets = {
  find: async ({ ownerId }: { ownerId: string }) => budgetsOf(ownerId),
  get: async (id: string) => owners.flatMap(budgetsOf).find(({ _id }) => _id === id) ?? null,
  getMany: async (ids: readonly string[]) => owners.flatMap(budgetsOf).filter(({ _id }) => ids.includes(_id)),
};

interface Planted {
  /** By whom is said what was spent. */
  readonly spentNow?: (stored: Stored) => SpentNow;
  readonly look?: Look;
  /** What is told of as the rows of an import are. */
  readonly isImported?: (told: readonly ToldRecord[]) => boolean;
  readonly together?: Partial<LookTogetherDeps>;
}

/** A process as the service is one, with another part where that is planted. */
const processOf =
  ({ look: planted, isImported = () => false, together = {}, spentNow = ({ records }) => records.spentNow }: Planted): StartConsumer =>
  (stored) => {
    const store = { ...stored, budgets } as unknown as BudgetsStore;
    const deps = { store, clock, alerts: true, nearness: createNearness(), spentNow: spentNow(stored) };
    const look = planted ?? createLook(deps);
    const live = { touched: () => {} };
    const lookTogether = createLookTogether({ ...deps, look, ...together });
    const followImport = createFollowImport({ store, lookTogether, live });
    const follow = createFollow({ store, look, fireAhead: createFireAhead(deps), live, followMany: followImport });
    const cause = { by: 'ada', requestId: 'r' };
    const gather = gatherByOwner(async (tellings: readonly (readonly ToldRecord[])[]) => {
      const told = tellings.flat();
      const keep = () => keepRecords(stored.mirror, told);
      await follow({ told: told.flatMap(keysTold), spent: told.flatMap(spentTold), keep, cause });
    });
    const gatherKeys = gatherByOwner((chunks: readonly (readonly DayKey[])[]) => followImport(distinctKeys(chunks.flat()), cause));
    const ownerOf = (told: readonly ToldRecord[]): string => told[0]?.record.ownerId ?? 'nobody';
    return async (told) =>
      isImported(told) ? gatherKeys(ownerOf(told), await keepRecords(stored.mirror, told)) : gather(ownerOf(told), told);
  };

/** What has fired is what was spent at some moment, all at once. */
const neverSpent: Judge = async ({ periods }, _, records) =>
  (await periods.find({})).flatMap(({ ownerId, fired }) =>
    fired
      .filter(({ spentMinor }) => !records.everSpent(ownerId).has(spentMinor))
      .map(({ spentMinor }) => `${ownerId} was told of ${spentMinor}, which never was spent`),
  );

/** Each threshold that is reached in the end has fired; each that has fired did so once, and has told so once. */
const missedOrTwice: Judge = async ({ periods }, { newest }) => {
  const wrong: string[] = [];
  for (const { ownerId, _id: budgetId } of owners.flatMap(budgetsOf)) {
    const counted = newest.filter(
      (each) => each.ownerId === ownerId && each.type === 'expense' && !each.deleted && each.currency === 'EUR',
    );
    const spentMinor = counted.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const state = (await periods.find({ ownerId })).find((each) => each.budgetId === budgetId);
    const fired = state?.fired.map(({ thresholdPercent }) => thresholdPercent) ?? [];
    const missing = thresholds.filter((percent) => spentMinor * 100 >= percent * 400 && spentMinor > 0 && !fired.includes(percent));
    wrong.push(...missing.map((percent) => `${budgetId} has spent ${spentMinor} and was not told of ${percent} %`));
    if (new Set(fired).size < fired.length) wrong.push(`${budgetId} was told of ${fired.join()}`);
    if ((state?.outbox ?? []).length !== fired.length) wrong.push(`${budgetId} has other events than ${fired.join()}`);
  }
  return wrong;
};

const all: Judge = async (...ended) => [...(await missedOrTwice(...ended)), ...(await neverSpent(...ended))];

async function firstFault(start: StartConsumer, judge: Judge = all): Promise<string | null> {
  for (let seed = 1; seed <= 100; seed += 1) {
    const wrong = await simulateMirror(seed, start, judge);
    if (wrong.length > 0) return `seed ${seed}: ${wrong.join(', ')}`;
  }
  return null;
}

describe('Alerts', () => {
  test('fire once each, and all that are reached, whatever is lost, late, repeated or killed on the way', async () => {
    expect(await firstFault(processOf({}))).toBeNull();
  });

  test.each([
    ['what comes together', 2],
    ['all that comes', 1],
  ])('fire once each, and all that are reached, where %s is followed as an import', async (_, leastRecords) => {
    expect(await firstFault(processOf({ isImported: ({ length }) => length >= leastRecords }))).toBeNull();
  });

  const byMirror = ({ mirror }: Stored): SpentNow => spentInMirror({ mirror });
  /** Of every two questions one finds records away. */
  const byEither = (stored: Stored): SpentNow => {
    let asked = 0;
    return (ownerId, days) => ((asked += 1) % 2 === 0 ? stored.records.spentNow : byMirror(stored))(ownerId, days);
  };

  test.each([
    ['is away', byMirror],
    ['comes and goes', byEither],
  ])('fire once each, and all that are reached, where records %s', async (_, spentNow) => {
    expect(await firstFault(processOf({ spentNow }), missedOrTwice)).toBeNull();
    expect(await firstFault(processOf({ spentNow, isImported: () => true }), missedOrTwice)).toBeNull();
  });

  test('tell of what never was spent, as the simulation finds, where the mirror decides', async () => {
    expect(await firstFault(processOf({ spentNow: byMirror }), neverSpent)).toMatch(/^seed \d+: /);
  });

  test('are missed, as the simulation finds, where those of many periods do not fire', async () => {
    const silent = processOf({ isImported: () => true, together: { alerts: false } });
    expect(await firstFault(silent)).toMatch(/^seed \d+: /);
  });

  test('are missed, as the simulation finds, where nothing but what fires ahead fires', async () => {
    expect(await firstFault(processOf({ look: async () => {} }))).toMatch(/^seed \d+: /);
  });
});
