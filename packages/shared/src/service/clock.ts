/** Time as an argument. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts (never rejects). */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  delay: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

/** The last one that was asked for: of those who ask within a millisecond only the first has to wait until it is spelled out, and all hold the
 *  same string. */
let latest = { ms: Number.NaN, instant: '' };

/** RFC 3339 UTC with milliseconds.
 *  @param ms since the epoch
 *  @throws RangeError for what is no instant */
export function instantAt(ms: number): string {
  if (ms !== latest.ms) latest = { ms, instant: new Date(ms).toISOString() };
  return latest.instant;
}

/** Now, as `instantAt` spells it. */
export const instantOf = (clock: Clock): string => instantAt(clock.now());
