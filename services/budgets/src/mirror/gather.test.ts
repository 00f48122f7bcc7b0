import { describe, expect, test } from '@jest/globals';
import type { DayKey } from './day-key.ts';
import { gatherByOwner } from './gather.ts';

const cause = { by: 'ada', requestId: 'r' };
const keyOf = (ownerId: string, day: string): DayKey => ({ ownerId, day, category: 'Food', currency: 'EUR' });

describe('What is gathered', () => {
  test('is followed at once when alone, and together when it comes meanwhile', async () => {
    const runs: { days: string[]; done: PromiseWithResolvers<void> }[] = [];
    const gather = gatherByOwner((keys) => {
      const done = Promise.withResolvers<void>();
      runs.push({ days: keys.map(({ day }) => day), done });
      return done.promise;
    });
    const first = gather('ada', [keyOf('ada', '1')], cause);
    const later = [gather('ada', [keyOf('ada', '2')], cause), gather('ada', [keyOf('ada', '3'), keyOf('ada', '4')], cause)];
    const other = gather('bob', [keyOf('bob', '5')], cause);
    expect(runs.map(({ days }) => days)).toEqual([['1'], ['5']]);
    for (const { done } of runs) done.resolve();
    await Promise.all([first, other]);
    await Promise.resolve();
    expect(runs.map(({ days }) => days)).toEqual([['1'], ['5'], ['2', '3', '4']]);
    runs[2]!.done.resolve();
    await Promise.all(later);
  });

  test('fails for those whose run failed, and for nobody else', async () => {
    let fail = true;
    const gather = gatherByOwner(async () => {
      await Promise.resolve();
      if (fail) throw new Error('away');
    });
    await expect(gather('ada', [keyOf('ada', '1')], cause)).rejects.toThrow('away');
    fail = false;
    await expect(gather('ada', [keyOf('ada', '1')], cause)).resolves.toBeUndefined();
  });
});
