import type { Clock } from '../service/clock.ts';

/** Time that stands still until told to move. */
export interface FakeClock extends Clock {
  /** Moves on, and resolves every delay that has come due, in order. */
  advance(ms: number): void;
  /** Jumps to an instant (milliseconds since the epoch), also backwards. */
  set(ms: number): void;
}

interface Waiting {
  readonly dueAt: number;
  readonly resolve: () => void;
}

/** @param startMs milliseconds since the epoch; default 2026-01-15T12:00:00Z */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 15, 12)): FakeClock {
  let now = startMs;
  let waiting: Waiting[] = [];
  const wake = (): void => {
    const due = waiting.filter((one) => one.dueAt <= now).toSorted((a, b) => a.dueAt - b.dueAt);
    waiting = waiting.filter((one) => one.dueAt > now);
    for (const one of due) one.resolve();
  };
  const set = (ms: number): void => {
    now = ms;
    wake();
  };
  return {
    now: () => now,
    set,
    advance: (ms) => set(now + ms),
    delay: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const one = { dueAt: now + ms, resolve };
        waiting.push(one);
        signal?.addEventListener('abort', () => {
          waiting = waiting.filter((other) => other !== one);
          resolve();
        });
      }),
  };
}
