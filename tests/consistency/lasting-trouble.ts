import { setTimeout as delay } from 'node:timers/promises';

/** A system is itself again within 30 s of a fault; how long it took is measured and told, and a machine with much else to do is given time:
 *  only what is still wrong after this long is broken. */
export const healMs = 120_000;

/** Looks again and again for what is wrong, in words, until nothing is or the system has had the time to settle. A look that fails is trouble
 *  like any other. */
export async function lastingTrouble(look: () => Promise<readonly string[]>, patienceMs = healMs): Promise<readonly string[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const lines = await look().catch((error: Error) => [error.message]);
    if (lines.length === 0 || performance.now() > until) return lines;
    await delay(50);
  }
}
