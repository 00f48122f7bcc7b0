import type { Clock } from '@commonpurse/shared/service';

/** Lanes wait for work, or for the time to look for some. */
export interface Bell {
  /** How often it was rung. */
  readonly rung: number;
  ring(): void;
  /** A ring while a lane was looking is not lost: `known` says which one it knew. */
  wait(known: number, withinMs: number): Promise<void>;
}

export function createBell({ clock }: { readonly clock: Pick<Clock, 'delay'> }, stopping: AbortSignal): Bell {
  let rung = 0;
  let next = new AbortController();
  return {
    get rung() {
      return rung;
    },
    ring: () => {
      rung += 1;
      next.abort();
      next = new AbortController();
    },
    wait: async (known, withinMs) => {
      // By the clock alone, which forgets whoever has waited long enough: for weeks nobody may ring.
      if (rung === known && !stopping.aborted) await clock.delay(withinMs, next.signal);
    },
  };
}
