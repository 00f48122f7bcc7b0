import { leaseKey } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import type { ServiceDeps } from '@commonpurse/shared/service';
import type { Debts } from './stamp-debts.ts';

/** How long other services believe stamps without asking auth. */
const leaseMs = 2_000;
/** Long enough to be renewed in time when a try fails, or this process is busy. */
const renewMs = 500;
/** By how much a lease may outlive its time: the cache's clock is known to less than that. */
const slackMs = 1_000;

/** Lets the others believe what stamps say, for a moment at a time (docs/adr/stamps-under-a-lease.md). */
interface Lease {
  start(): void;
  stop(): Promise<void>;
  /** Notes that a stamp is owed, and resolves when nobody believes any more that it stands as it did: it was raised after all, or every lease
   *  is over that an instance may have given without knowing of the debt. Rejects when the debt can't be stored. */
  owe(userId: string, personVersion: number): Promise<void>;
}

type LeaseDeps = Pick<ServiceDeps, 'clock' | 'log'> & { readonly cache: Pick<Cache, 'run' | 'hold' | 'onNewRun'>; readonly debts: Debts };

export function createLease({ cache, clock, log, debts }: LeaseDeps): Lease {
  let stopped = false;
  let running = Promise.resolve();
  let pause = new AbortController();
  /** The lease's time begins before the debts are read: one that comes after that reading has the whole of it to wait out. */
  const renew = async (): Promise<void> => {
    const run = cache.run();
    if (run === null) return;
    const begunAt = performance.now();
    await debts.pay();
    await cache.hold(leaseKey, run, leaseMs - (performance.now() - begunAt));
  };
  const renewAgainAndAgain = async (): Promise<void> => {
    while (!stopped) {
      pause = new AbortController();
      await renew().catch((error: unknown) => log.warn({ err: error }, 'the lease on stamps was not renewed; trying again'));
      if (!stopped) await clock.delay(renewMs, pause.signal);
    }
  };
  return {
    start: () => {
      cache.onNewRun(() => pause.abort());
      running = renewAgainAndAgain();
    },
    stop: async () => {
      stopped = true;
      pause.abort();
      await running;
    },
    owe: (userId, personVersion) => owe({ clock, debts }, userId, personVersion),
  };
}

async function owe({ clock, debts }: Pick<LeaseDeps, 'clock' | 'debts'>, userId: string, personVersion: number): Promise<void> {
  const waiting = new AbortController();
  // Listens before the debt is there: whoever pays it may be quicker than the store's answer that it is.
  const forget = debts.onPaid(userId, personVersion, () => waiting.abort());
  try {
    await debts.owe(userId, personVersion);
    await clock.delay(leaseMs + slackMs, waiting.signal);
  } finally {
    forget();
  }
}
