import { describe, expect, test } from '@jest/globals';
import { plantedBugs } from './store-doubles.ts';
import { type Doubles, runHistory } from './store-history.ts';

/** The first seed whose history fails, with what it says; null when none does. */
async function firstFault(from: number, count: number, doubles: Doubles = {}): Promise<string | null> {
  for (let seed = from; seed < from + count; seed += 1) {
    try {
      await runHistory(seed, doubles);
    } catch (error) {
      return `seed ${seed}: ${(error as Error).message} (npm run test:faults -- --seed ${seed})`;
    }
  }
  return null;
}

describe('the embedded store', () => {
  test('keeps its promises through 2,000 random histories of crashes and failing disks', async () => {
    expect(await firstFault(1, 2_000)).toBeNull();
  }, 900_000);
});

describe('the random histories find a store that', () => {
  test.each(Object.keys(plantedBugs))(
    '%s',
    async (name) => {
      expect(await firstFault(1, 1_500, plantedBugs[name])).not.toBeNull();
    },
    120_000,
  );
});
