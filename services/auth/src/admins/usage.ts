import { type Doc, type Documents, DuplicateKey } from '@commonpurse/shared/documents';
import type { Clock, DailyCounts, Job, SecurityEvent, SecurityFacts, ServiceDeps } from '@commonpurse/shared/service';

/** Somebody was active on a day: `_id` is `<day>|<userId>`, so that each counts once. */
export interface ActiveDay extends Doc {
  readonly day: string;
  readonly userId: string;
}

/** Learns from the security log who is active and how many log in. */
export interface Usage {
  heard(event: SecurityEvent, facts: SecurityFacts): void;
  /** How many people were active on each day on which any was, the latest included. */
  activeUsers(from: string, to: string): Promise<{ day: string; count: number }[]>;
  readonly job: Job;
}

const counted: Partial<Record<SecurityEvent, string>> = {
  authn_login_success: 'logins-succeeded',
  authn_login_fail: 'logins-failed',
  user_created: 'registrations',
};
/** Whoever does anything for longer than an access token lives renews it; programs have theirs exchanged. */
const signsOfLife: ReadonlySet<SecurityEvent> = new Set(['authn_login_success', 'session_renewed', 'authn_key_used']);

type Deps = { readonly activeDays: Documents<ActiveDay>; readonly counts: Pick<DailyCounts, 'count'>; readonly clock: Clock } & Pick<
  ServiceDeps,
  'log'
>;

export function createUsage({ activeDays, counts, clock, log }: Deps): Usage {
  const seen = createSeen();
  const writing = new Set<Promise<void>>();
  const note = (userId: string): void => {
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    if (!seen.isNew(day, userId)) return;
    const written: Promise<void> = write(activeDays, day, userId)
      .catch((error: unknown) => {
        seen.forget(userId);
        log.warn({ err: error }, 'that somebody was active could not be noted');
      })
      .finally(() => writing.delete(written));
    writing.add(written);
  };
  return {
    heard: (event, { userId }) => {
      const name = counted[event];
      if (name !== undefined) counts.count(name);
      if (userId !== undefined && signsOfLife.has(event)) note(userId);
    },
    activeUsers: async (from, to) => {
      await Promise.all(writing);
      const days = await activeDays.sum({ day: { $gte: from, $lte: to } }, { by: ['day'], of: 'version' });
      return days.map(({ key, count }) => ({ day: String(key[0]), count }));
    },
    job: {
      name: 'usage',
      start: async () => undefined,
      stop: async () => void (await Promise.all(writing)),
    },
  };
}

/** Those who were noted today already; most of what is heard needs no write. */
function createSeen(): { isNew(day: string, userId: string): boolean; forget(userId: string): void } {
  let today = '';
  const users = new Set<string>();
  return {
    isNew: (day, userId) => {
      if (day !== today) users.clear();
      today = day;
      if (users.has(userId)) return false;
      users.add(userId);
      return true;
    },
    forget: (userId) => void users.delete(userId),
  };
}

async function write(activeDays: Documents<ActiveDay>, day: string, userId: string): Promise<void> {
  try {
    await activeDays.insert({ _id: `${day}|${userId}`, version: 1, day, userId });
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
  }
}
