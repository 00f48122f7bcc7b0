import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { gatherByOwner, type Rests } from './gather.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs that end when told. */
function heldRuns(rests?: Rests) {
  const runs: { items: readonly string[]; done: PromiseWithResolvers<void> }[] = [];
  const gather = gatherByOwner((items: readonly string[]) => {
    const done = Promise.withResolvers<void>();
    runs.push({ items, done });
    return done.promise;
  }, rests);
  const begun = async (count: number): Promise<void> => {
    while (runs.length < count) await turn();
  };
  return { runs, gather, begun };
}

describe('What is gathered', () => {
  test('is done together when it comes in the same turn, or while a run is under way', async () => {
    const { runs, gather, begun } = heldRuns();
    const first = [gather('ada', 'a'), gather('ada', 'b')];
    await begun(1);
    const later = [gather('ada', 'c'), gather('ada', 'd')];
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([['a', 'b']]);
    runs[0]!.done.resolve();
    await Promise.all(first);
    await begun(2);
    expect(runs[1]!.items).toEqual(['c', 'd']);
    runs[1]!.done.resolve();
    await Promise.all(later);
    const last = gather('ada', 'e');
    await begun(3);
    expect(runs[2]!.items).toEqual(['e']);
    runs[2]!.done.resolve();
    await last;
  });

  test('of one owner does not wait for that of another', async () => {
    const { runs, gather, begun } = heldRuns();
    const all = [gather('ada', 'a'), gather('bob', 'b')];
    await begun(2);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b']]);
    for (const { done } of runs) done.resolve();
    await Promise.all(all);
  });

  test('rests as long as the run before took, at most as long as it may, and not at all before the first', async () => {
    const clock = fakeClock();
    const { runs, gather, begun } = heldRuns({ clock, restMsMax: 1_000, itemsMax: 9 });
    const itemsAfterRests: (readonly string[])[] = [];
    for (const [tookMs, restMs] of [
      [300, 300],
      [5_000, 1_000],
    ] as const) {
      const first = gather('ada', 'first');
      await begun(runs.length + 1);
      clock.advance(tookMs);
      runs.at(-1)!.done.resolve();
      await first;
      await turn();
      const later = [gather('ada', 'a')];
      clock.advance(restMs - 1);
      await turn();
      later.push(gather('ada', 'b'));
      await turn();
      const before = runs.length;
      clock.advance(1);
      await begun(before + 1);
      itemsAfterRests.push(runs.at(-1)!.items);
      runs.at(-1)!.done.resolve();
      await Promise.all(later);
      await turn();
    }
    expect(itemsAfterRests).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('rests no longer once enough of it waits, whether it came before the rest or in it', async () => {
    const clock = fakeClock();
    const { runs, gather, begun } = heldRuns({ clock, restMsMax: 1_000, itemsMax: 2 });
    const all = [gather('ada', 'a')];
    await begun(1);
    clock.advance(500);
    all.push(gather('ada', 'b'), gather('ada', 'c'));
    runs[0]!.done.resolve();
    await begun(2);
    clock.advance(500);
    runs[1]!.done.resolve();
    await all.at(-1);
    all.push(gather('ada', 'd'));
    await turn();
    all.push(gather('ada', 'e'));
    await begun(3);
    expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d', 'e']]);
    runs[2]!.done.resolve();
    await Promise.all(all);
  });

  test('fails for what can not be done, and for nothing that came with it', async () => {
    const done: string[] = [];
    const gather = gatherByOwner(async (items: readonly string[]) => {
      await turn();
      if (items.includes('poison')) throw new Error('away');
      done.push(...items);
    });
    const outcomes = await Promise.allSettled(['a', 'poison', 'b'].map((item) => gather('ada', item)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(done.toSorted()).toEqual(['a', 'b']);
    await gather('ada', 'c');
    expect(done).toHaveLength(3);
  });
});
