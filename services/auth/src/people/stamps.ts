import { sentinelKey, stampKey } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import type { ServiceDeps } from '@commonpurse/shared/service';
import type { User } from '../accounts/user.ts';
import type { AuthStore } from '../store.ts';
import { createDebts } from './stamp-debts.ts';
import { createLease } from './stamp-lease.ts';

/** Tells every service, through the cache, which version of each person is the newest (docs/adr/stamps-are-person-versions.md). */
export interface Stamps {
  /** To be awaited before a change is acknowledged. While the cache is away the stamp is owed, and this resolves once the others are sure
   *  to ask here. Rejects when not even the debt could be stored. */
  raise(userId: string, version: number): Promise<void>;
  /** From now on re-asserts everything in each new run of the cache, and only then lets the stamps count. */
  start(): void;
  stop(): Promise<void>;
}

type StampsDeps = Pick<ServiceDeps, 'cache' | 'clock' | 'log'> & { readonly store: Pick<AuthStore, 'users' | 'stampDebts'> };

const retryMs = 250;
const pageSize = 500;

export function createStamps(deps: StampsDeps): Stamps {
  const { cache, log } = deps;
  const debts = createDebts({ debts: deps.store.stampDebts, cache });
  const lease = createLease({ ...deps, debts });
  const assertion = createAssertion(deps);
  const worker = createWorker(deps, { isDone: () => assertion.isMade(), attempt: () => assertion.make() });
  return {
    raise: async (userId, version) => {
      try {
        await cache.raise(stampKey(userId), version);
      } catch (error) {
        log.warn({ err: error, userId }, 'a stamp is owed');
        await lease.owe(userId, version);
      }
    },
    start: () => {
      assertion.begin();
      cache.onNewRun(worker.kick);
      worker.kick();
      lease.start();
    },
    stop: async () => {
      await Promise.all([worker.stop(), lease.stop()]);
    },
  };
}

/** Everything said again once in each run of the cache, and the sentinel that says so. */
function createAssertion({ cache, store }: StampsDeps) {
  let wanted = false;
  let made: string | null = null;
  return {
    begin: (): void => {
      wanted = true;
    },
    /** While the cache is away there is nothing to be done: its return is a new run, or the old one. */
    isMade: (): boolean => !wanted || cache.run() === null || cache.run() === made,
    make: async (): Promise<void> => {
      const run = cache.run();
      if (!wanted || run === null || run === made) return;
      await assertAll(store, cache);
      // The cache forgot again meanwhile: begin again.
      if (cache.run() !== run) return;
      await cache.set(sentinelKey, run);
      made = run;
    },
  };
}

/** One at a time, again and again until it is done. */
function createWorker({ clock, log }: StampsDeps, work: { isDone(): boolean; attempt(): Promise<void> }) {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  const isOver = (): boolean => stopping.signal.aborted || work.isDone();
  const untilOver = async (): Promise<void> => {
    while (!isOver()) {
      try {
        await work.attempt();
      } catch (error) {
        log.warn({ err: error }, 'stamps could not be raised; trying again');
      }
      if (!isOver()) await clock.delay(retryMs, stopping.signal);
    }
  };
  const kick = (): void => {
    running ??= untilOver().finally(() => {
      running = null;
      // What came up in the very moment the work ended.
      if (!isOver()) kick();
    });
  };
  return {
    kick,
    stop: async (): Promise<void> => {
      stopping.abort();
      await running;
    },
  };
}

/** Raises the stamp of every person there is. What changes meanwhile raises its own. */
async function assertAll(store: Pick<AuthStore, 'users'>, cache: Cache): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const position = after === undefined ? {} : { after: [after] };
    const page: User[] = await store.users.find({}, { sort: [['_id', 1]], limit: pageSize, ...position });
    const people = page.filter(({ personVersion }) => personVersion > 0);
    await Promise.all(people.map((user) => cache.raise(stampKey(user._id), user.personVersion)));
    after = page.at(-1)?._id;
    if (page.length < pageSize) return;
  }
}
