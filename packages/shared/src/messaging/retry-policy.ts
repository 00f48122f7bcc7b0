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

/** A handler gets ten tries within three minutes: longer than any fault that is meant to heal by itself. */
export const handlerRetries: RetryPolicy = growingDelays({ tries: 10, firstMs: 100, factor: 2.5, maxMs: 60_000 });

/** For what may never be given up (relaying, parking): for ever, at most 10 s apart. */
export const endlessRetries: RetryPolicy = growingDelays({ tries: Infinity, firstMs: 100, factor: 2, maxMs: 10_000 });
