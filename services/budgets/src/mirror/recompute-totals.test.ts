import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import { overriding } from '@commonpurse/shared/testing';
import type { BudgetsStore } from '../store.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import { type DayKey, dayKeyId } from './day-key.ts';
import { addUpDays, outdated, readTotals, recomputeTotals } from './recompute-totals.ts';

const key: DayKey = { ownerId: 'ada', day: '2026-01-10', category: 'Food', currency: 'EUR' };
const id = dayKeyId(key);

describe('A day total', () => {
  let documents: DocumentStore;
  let store: BudgetsStore;
  beforeEach(async () => {
    ({ documents, store } = await openEmptyStore());
  });
  afterEach(() => documents.close());
  const spend = (amountMinor: number) => store.mirror.insert({ _id: `r${amountMinor}`, version: 1, ownerId: 'ada', key: id, amountMinor });
  const total = async () => {
    const { sumMinor, records } = (await store.totals.get(id))!;
    return [sumMinor, records];
  };
  /** A recomputation that has added up, and is held up before it writes, until what is given has been done. */
  const lateBy = (meanwhile: () => Promise<void>): BudgetsStore => {
    let late = true;
    const mirror = Object.create(store.mirror, {
      sum: {
        value: async (...given: Parameters<typeof store.mirror.sum>) => {
          const added = await store.mirror.sum(...given);
          if (late) {
            late = false;
            await meanwhile();
          }
          return added;
        },
      },
    }) as typeof store.mirror;
    return { ...store, mirror };
  };

  test('is what the mirror adds up to, whatever was read of it before', async () => {
    const [read, added] = [await readTotals(store, [key]), await addUpDays(store, [key])];
    await spend(100);
    await recomputeTotals(store, [key]);
    await spend(20);
    expect(await outdated(store, [key])).toEqual([key]);
    await recomputeTotals(store, [key, key], { read, added });
    expect([await total(), await outdated(store, [key])]).toEqual([[120, 2], []]);
  });

  test('is not set back by one who had added up before another did, not even where that one had nothing to change', async () => {
    await spend(100);
    await recomputeTotals(store, [key]);
    await store.mirror.replace({ _id: 'r100', version: 2, ownerId: 'ada' }, 1);
    const late = lateBy(async () => {
      await store.mirror.replace({ _id: 'r100', version: 3, ownerId: 'ada', key: id, amountMinor: 100 }, 2);
      await recomputeTotals(store, [key]);
    });
    await recomputeTotals(late, [key]);
    expect(await total()).toEqual([100, 1]);
  });

  test('is as right among many that are made at once, the rest of which another overtakes', async () => {
    const days = Array.from({ length: 450 }, (_, at): DayKey => ({ ...key, category: `c${String(at).padStart(3, '0')}` }));
    const spendOn = (day: DayKey, version: number, amountMinor: number) => ({
      _id: `on-${day.category}`,
      version,
      ownerId: 'ada',
      key: dayKeyId(day),
      amountMinor,
    });
    await store.mirror.insertMany(days.map((day, at) => spendOn(day, 1, at)));
    await recomputeTotals(store, days.slice(0, 250));
    const [known, unknown, emptied] = [days[7]!, days[300]!, days[8]!];
    await store.mirror.replace(spendOn(known, 2, 1_007), 1);
    await store.mirror.replace({ _id: `on-${emptied.category}`, version: 2, ownerId: 'ada' }, 1);
    const late = lateBy(async () => {
      await store.mirror.replace(spendOn(known, 3, 2_007), 2);
      await store.mirror.replace(spendOn(unknown, 2, 2_300), 1);
      await recomputeTotals(store, [known, unknown]);
    });
    await recomputeTotals(late, [...days, known]);
    expect(await outdated(store, days)).toEqual([]);
    const sums = new Map((await store.totals.find({})).map(({ category, sumMinor, records }) => [category, [sumMinor, records]]));
    expect([known, unknown, emptied, days[449]!].map(({ category }) => sums.get(category))).toEqual([
      [2_007, 1],
      [2_300, 1],
      [0, 0],
      [449, 1],
    ]);
  });

  test('lets everybody else in between where it is one of thousands', async () => {
    const days = Array.from({ length: 4_000 }, (_, at): DayKey => ({ ...key, category: `c${at}` }));
    let [asked, askedBeforeAnyWasWritten] = [0, 0];
    const mirror = overriding(store.mirror, {
      sum: (...given: Parameters<typeof store.mirror.sum>) => {
        asked += 1;
        return store.mirror.sum(...given);
      },
    });
    const totals = overriding(store.totals, {
      insertMany: async (...given: Parameters<typeof store.totals.insertMany>) => {
        const written = await store.totals.insertMany(...given);
        askedBeforeAnyWasWritten ||= asked;
        return written;
      },
    });
    await recomputeTotals({ mirror, totals }, days);
    expect([askedBeforeAnyWasWritten, await store.totals.count({})]).toEqual([4, 4_000]);
  });

  test('is not set back by one who had read it before all was removed and made anew', async () => {
    await spend(100);
    await recomputeTotals(store, [key]);
    const late = lateBy(async () => {
      await store.totals.remove([id]);
      await spend(20);
      await recomputeTotals(store, [key]);
    });
    await recomputeTotals(late, [key]);
    expect(await total()).toEqual([120, 2]);
  });
});
