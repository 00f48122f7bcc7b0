import { setTimeout as delay } from 'node:timers/promises';

/** So long after a fault a system may take to be itself again; the time it took is measured and told. It is meant to be itself within 30 s, on a
 *  machine that has nothing else to do. */
export const healMs = 60_000;

/** What is wrong though there was time to settle, in words, and after how long nothing was, or was found to stay. */
export interface Settled {
  readonly trouble: readonly string[];
  /** When the last look began, in milliseconds. */
  readonly afterMs: number;
}

/** Looks again and again for what is wrong, until nothing is or the system has had the time to settle. A look takes time, and what it reads
 *  changes meanwhile: only one that began after the time was up decides. One that fails is trouble like any other. */
export async function settle(look: () => Promise<readonly string[]>, patienceMs = healMs): Promise<Settled> {
  const since = performance.now();
  for (;;) {
    const afterMs = performance.now() - since;
    const trouble = await look().catch((error: Error) => [error.message]);
    if (trouble.length === 0 || afterMs >= patienceMs) return { trouble, afterMs };
    await delay(50);
  }
}
