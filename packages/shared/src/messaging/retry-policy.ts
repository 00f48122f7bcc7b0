/** How often and when something that failed is tried again. */
export interface RetryPolicy {
  /** The first one included; at least 1. */
  readonly tries: number;
  /** How long to wait after so many failures (from 1). */
  delayMs(failures: number): number;
}

export interface GrowingDelays {
  readonly tries: number;
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

export const growingDelays = ({ tries, firstMs, factor, maxMs }: GrowingDelays): RetryPolicy => ({
  tries,
  delayMs: (failures) => Math.min(firstMs * factor ** (failures - 1), maxMs),
});

/** What has waited for a fault to end is tried again so soon after it, at the latest: the rest of the 30 s in which everything heals is for what
 *  then follows. Delays that grew on would be as long as the fault was. */
const pauseMsMax = 5_000;

/** A handler is tried for three minutes: longer than any fault that is meant to heal by itself. */
export const handlerRetries: RetryPolicy = growingDelays({ tries: 37, firstMs: 100, factor: 2.5, maxMs: pauseMsMax });

/** For what may never be given up (relaying, parking): for ever. */
export const endlessRetries: RetryPolicy = growingDelays({ tries: Infinity, firstMs: 100, factor: 2, maxMs: pauseMsMax });
