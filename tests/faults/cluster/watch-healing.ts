import { setTimeout as delay } from 'node:timers/promises';
import { read, readAll } from '../../consistency/gather-facts.ts';
import { goLive } from '../../e2e/support/live.ts';
import type { Person } from '../../e2e/support/person.ts';
import { adopt } from './checks.ts';
import type { Ledger } from './client.ts';
import { day, type Member } from './household.ts';
import { type Late, lateFigures } from './owed.ts';

/** One member who waits for what they are owed. */
interface Waiting {
  readonly who: string;
  /** What is late, by a few cheap calls. */
  readonly look: () => Promise<readonly Late[]>;
}
/** When everybody was shown what they are owed, to about a second, in milliseconds; and until when which figure was late, in words. */
interface Healing {
  readonly afterMs: number;
  readonly late: readonly string[];
}

const everyMs = 500;

/** Looks at each by itself, again and again, until nobody waits any more or there was time enough. Far cheaper than a look at every promise:
 *  it tells when the system was itself again, and not when somebody was done with looking. */
export async function watchHealing(waiting: readonly Waiting[], patienceMs: number): Promise<Healing> {
  const since = performance.now();
  const late = new Map<string, { untilMs: number; detail: string }>();
  const watch = async ({ who, look }: Waiting): Promise<number> => {
    for (;;) {
      const afterMs = performance.now() - since;
      const found = await look().catch((error: Error): Late[] => [{ figure: 'answer', detail: error.message }]);
      for (const { figure, detail } of found) late.set(`${figure} of ${who}`, { untilMs: afterMs, detail });
      if (found.length === 0 || afterMs >= patienceMs) return afterMs;
      await delay(everyMs);
    }
  };
  const afterMs = Math.max(0, ...(await Promise.all(waiting.map(watch))));
  const last = [...late].toSorted(([, a], [, b]) => b.untilMs - a.untilMs);
  return { afterMs, late: last.map(([what, { untilMs, detail }]) => `${what} at ${seconds(untilMs)}: ${detail}`) };
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Somebody whose clients wrote down what they were told. */
export const ofLedger = (url: string, ledger: Ledger): Waiting => ({
  who: ledger.member.email.split('@')[0]!,
  look: async () => {
    const person = await ledger.member.now();
    const [spentMinor, inbox, lastSeq] = [
      await spentOf(person, ledger.member),
      await read(person, '/notifications?limit=200'),
      await lastSeqOf(url, person),
    ];
    const alerts = (inbox.items as InboxItem[]).filter(({ type }) => type === 'budget.alert').map(({ data }) => data.thresholdPercent);
    const found = lateFigures(ledger.told.values(), { spentMinor, alerts, lastSeq });
    if (found.length > 0 && ledger.abandoned.size > 0) adopt(ledger, await readAll(person, '/records?sort=createdAt'));
    return found;
  },
});

/** Somebody each of whose imported rows is a cent. */
export const ofImporter = (member: Member, imported: ReadonlySet<string>): Waiting => ({
  who: member.email.split('@')[0]!,
  look: async () => {
    const spentMinor = await spentOf(await member.now(), member);
    return spentMinor === imported.size ? [] : [{ figure: 'progress', detail: `${spentMinor} spent instead of ${imported.size}` }];
  },
});

interface InboxItem {
  readonly type: string;
  readonly data: { readonly thresholdPercent: number };
}

async function spentOf(person: Person, { budgetId }: Member): Promise<number> {
  const { spent } = await read(person, `/budgets/${budgetId}/progress?date=${day}`);
  return Math.round(Number(spent) * 100);
}

async function lastSeqOf(url: string, person: Person): Promise<number> {
  const live = await goLive(url, person.tokens.accessToken);
  await live.close();
  return (live.frames[0]!.data as { lastSeq: number }).lastSeq;
}
