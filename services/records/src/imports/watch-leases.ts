import type { ImportDoc } from './import-job.ts';
import type { ImportWork } from './hold-import.ts';

/** Which imports nobody works on. Whoever works on one moves its version, at the least to prolong the lease: so one that was seen to rest for as
 *  long as a lease lasts is free. Only this instance's own clock counts, for those of others may be wrong. */
export interface LeaseWatch {
  /** How these are now: some of those that are looked through, a page at a time. */
  see(imports: readonly ImportDoc[]): void;
  /** All have been looked through, and there are no others than these. */
  forgetOthers(imports: readonly ImportDoc[]): void;
  isFree(job: ImportDoc): boolean;
  /** How long it takes until the next of them becomes free if its holder is gone, in milliseconds; Infinity: none has another holder. */
  readonly nextInMs: number;
}

interface Seen {
  readonly version: number;
  readonly sinceMs: number;
}

export function watchLeases({ clock, holder, leaseMs }: Pick<ImportWork, 'clock' | 'holder' | 'leaseMs'>): LeaseWatch {
  let resting = new Map<string, Seen>();
  const isOthers = ({ lease }: ImportDoc): boolean => lease !== null && lease.holder !== holder;
  return {
    see(imports) {
      const nowMs = clock.now();
      for (const job of imports) {
        const before = resting.get(job._id);
        // a clock that was set back begins anew
        const isResting = before?.version === job.version && before.sinceMs <= nowMs;
        if (!isOthers(job)) resting.delete(job._id);
        else if (!isResting) resting.set(job._id, { version: job.version, sinceMs: nowMs });
      }
    },
    forgetOthers(imports) {
      const known = new Set(imports.map(({ _id }) => _id));
      resting = new Map([...resting].filter(([id]) => known.has(id)));
    },
    isFree(job) {
      const seen = resting.get(job._id);
      return !isOthers(job) || (seen?.version === job.version && clock.now() - seen.sinceMs >= leaseMs);
    },
    get nextInMs() {
      const nowMs = clock.now();
      return Math.min(...[...resting.values()].map(({ sinceMs }) => Math.max(0, sinceMs + leaseMs - nowMs)));
    },
  };
}
