import { describe, expect, test } from '@jest/globals';
import { gatherByOwner } from './gather.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs that end when told. */
function heldRuns() {
  const runs: { items: readonly string[]; done: PromiseWithResolvers<void> }[] = [];
  const gather = gatherByOwner((items: readonly string[]) => {
    const done = Promise.withResolvers<void>();
    runs.push({ items, done });
    return done.promise;
  });
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
