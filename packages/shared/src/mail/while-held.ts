import type { Clock } from '../service/clock.ts';

interface Hold {
  readonly clock: Clock;
  /** How long others leave alone what is held, unless that is prolonged. */
  readonly leaseMs: number;
  readonly prolong: () => Promise<unknown>;
}

/** Does the work, and holds what it is about three times in each lease: a mail server may take longer than a lease lasts. */
export async function whileHeld<T>(hold: Hold, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const holding = keepHolding(hold, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await holding;
  }
}

async function keepHolding({ clock, leaseMs, prolong }: Hold, over: AbortSignal): Promise<void> {
  for (;;) {
    await clock.delay(leaseMs / 3, over);
    if (over.aborted) return;
    // Where it fails the store is away, so nobody else can take it either, or somebody has; the next time tells, or the end.
    await prolong().catch(() => undefined);
  }
}
