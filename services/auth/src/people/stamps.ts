import { sentinelKey, stampKey } from '@commonpurse/shared/access';
import type { Cache } from '@commonpurse/shared/cache';
import type { ServiceDeps } from '@commonpurse/shared/service';
import type { User } from '../accounts/user.ts';
import type { AuthStore } from '../store.ts';

/** Tells every service, through the cache, which version of each person is the newest (DESIGN section 4). */
export interface Stamps {
  /** To be awaited before a change is acknowledged. Never rejects: while the cache is away the others ask here anyway, and the stamp is
   *  owed until it could be raised. */
  raise(userId: string, version: number): Promise<void>;
  /** Re-asserts everything in each new run of the cache, and only then lets the stamps count. */
  start(): void;
  stop(): Promise<void>;
}

type StampsDeps = Pick<ServiceDeps, 'cache' | 'clock' | 'log'> & { readonly store: Pick<AuthStore, 'users'> };

const retryMs = 250;
const pageSize = 500;

export function createStamps({ cache, clock, log, store }: StampsDeps): Stamps {
  const owed = new Map<string, number>();
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let asserted: string | null = null;
  let listening = false;

  const settled = (): boolean => stopping.signal.aborted || (owed.size === 0 && (!listening || asserted === cache.run()));
  const attempt = async (): Promise<void> => {
    for (const [userId, version] of owed) {
      await cache.raise(stampKey(userId), version);
      if (owed.get(userId) === version) owed.delete(userId);
    }
    const run = cache.run();
    if (!listening || run === null || run === asserted) return;
    await assertAll(store, cache);
    // The cache forgot again meanwhile: begin again.
    if (cache.run() !== run) return;
    await cache.set(sentinelKey, run);
    asserted = run;
  };
  const work = async (): Promise<void> => {
    while (!settled()) {
      try {
        await attempt();
      } catch (error) {
        log.warn({ err: error, owed: owed.size }, 'stamps could not be raised; trying again');
      }
      if (!settled()) await clock.delay(retryMs, stopping.signal);
    }
  };
  const kick = (): void => {
    running ??= work().finally(() => {
      running = null;
      // What came up in the very moment the work ended.
      if (!settled()) kick();
    });
  };
  return {
    raise: async (userId, version) => {
      try {
        await cache.raise(stampKey(userId), version);
      } catch (error) {
        log.warn({ err: error, userId }, 'a stamp is owed');
        owed.set(userId, Math.max(version, owed.get(userId) ?? 0));
        kick();
      }
    },
    start: () => {
      listening = true;
      cache.onNewRun(kick);
      kick();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Raises the stamp of every person there is. What changes meanwhile raises its own. */
async function assertAll(store: StampsDeps['store'], cache: Cache): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page: User[] = await store.users.find(
      {},
      { sort: [['_id', 1]], limit: pageSize, ...(after === undefined ? {} : { after: [after] }) },
    );
    const people = page.filter(({ personVersion }) => personVersion > 0);
    await Promise.all(people.map((user) => cache.raise(stampKey(user._id), user.personVersion)));
    after = page.at(-1)?._id;
    if (page.length < pageSize) return;
  }
}
