import type { Clock } from '../../service/clock.ts';

interface WindowOptions {
  readonly clock: Clock;
  /** How many may be under way at once. */
  readonly size: number;
  /** Those under way for so long are called slow and give their places to others. */
  readonly slowAfterMs: number;
  /** With so many under way, slow ones included, everybody waits. */
  readonly sizeMax: number;
}

/** Bounds what is under way without letting a few that hang hold up the rest: a full window waits at most `slowAfterMs` for a place. */
export interface Window {
  /** Waits for a place; false when it was closed first. Call what `leave` gives when done. */
  enter(closed: AbortSignal): Promise<boolean>;
  /** Takes the place that `enter` granted; the returned function gives it back, once. */
  leave(): () => void;
}

export function createWindow({ clock, size, slowAfterMs, sizeMax }: WindowOptions): Window {
  let underWay = 0;
  /** Under way and not called slow. */
  let counted = 0;
  /** Raised whenever all that are counted are called slow at once. */
  let generation = 0;
  let waiting: (() => void)[] = [];
  const released = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const full = (): boolean => counted >= size || underWay >= sizeMax;

  const waitForPlace = async (closed: AbortSignal): Promise<void> => {
    const over = new AbortController();
    await Promise.race([released(), clock.delay(slowAfterMs, AbortSignal.any([closed, over.signal]))]);
    over.abort();
    if (!full() || underWay >= sizeMax) return;
    generation += 1;
    counted = 0;
  };
  return {
    async enter(closed) {
      while (full() && !closed.aborted) await waitForPlace(closed);
      return !closed.aborted;
    },
    leave() {
      const mine = generation;
      underWay += 1;
      counted += 1;
      return () => {
        underWay -= 1;
        if (mine === generation) counted -= 1;
        for (const wake of waiting) wake();
        waiting = [];
      };
    },
  };
}
