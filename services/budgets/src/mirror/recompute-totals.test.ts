import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentStore } from '@commonpurse/shared/documents';
import type { BudgetsStore } from '../store.ts';
import { openEmptyStore } from '../testing/open-store.ts';
import { type DayKey, dayKeyId } from './day-key.ts';
import { outdated, readTotals, recomputeTotals } from './recompute-totals.ts';

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
    const read = await readTotals(store, [key]);
    await spend(100);
    await recomputeTotals(store, [key]);
    await spend(20);
    expect(await outdated(store, [key])).toEqual([key]);
    await recomputeTotals(store, [key, key], read);
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
