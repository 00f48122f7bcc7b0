import { type Doubles, runHistory } from './store-history.ts';

/** The first of these seeds whose history fails, with what it says; null when none does. */
export async function firstFault(from: number, count: number, doubles: Doubles = {}): Promise<string | null> {
  for (let seed = from; seed < from + count; seed += 1) {
    try {
      await runHistory(seed, doubles);
    } catch (error) {
      return `seed ${seed}: ${(error as Error).message} (npm run test:faults -- --seed ${seed})`;
    }
  }
  return null;
}
