import type { Clock } from './clock.ts';

/** Of the ten seconds that a stop has. */
const workMsMax = 3_000;

/** Resolves when the work is over, and after so long in any case: a stop does not wait for a server that hangs, for what is owed stays so.
 *  @param msMax default: what one job may take of a stop */
export async function endedInTime(work: Promise<unknown>, clock: Clock, msMax = workMsMax): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, clock.delay(msMax, enough.signal)]);
  enough.abort();
}
