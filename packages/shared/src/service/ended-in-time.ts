import type { Clock } from './clock.ts';

/** Resolves when the work is over, and after so long in any case: a stop does not wait for a server that hangs. */
export async function endedInTime(work: Promise<unknown>, clock: Clock, msMax: number): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, clock.delay(msMax, enough.signal)]);
  enough.abort();
}
