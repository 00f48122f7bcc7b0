import { invalid } from '@commonpurse/shared/http';
import { PeerUnavailable, type ServiceName } from '@commonpurse/shared/service';
import type { AuthDeps } from '../auth-deps.ts';
import type { Analytics } from './analytics-schemas.ts';

const dayMs = 24 * 60 * 60 * 1000;
const daysDefault = 30;
const daysMax = 366;

interface CountedDay {
  readonly day: string;
  readonly counts: Readonly<Record<string, number>>;
}
type Deps = Pick<AuthDeps, 'store' | 'clock' | 'counts' | 'usage' | 'peers'>;

/** Figures about the system: how many, and never whose or what. Each service is asked for its own; one that is away is named. */
export async function readAnalytics(
  deps: Deps,
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  requestId: string,
): Promise<Analytics> {
  const period = periodOf(asked, deps.clock.now());
  const [users, activeUsers, own, ...others] = await Promise.all([
    countUsers(deps),
    deps.usage.activeUsers(period.from, period.to),
    ownDays(deps, period),
    ...peers.map((name) => daysOf(deps, name, period, requestId)),
  ]);
  const known = [own, ...others.flatMap((days) => days ?? [])];
  const records = others[peers.indexOf('records')] ?? [];
  return {
    ...period,
    users,
    activeUsers,
    registrations: seriesOf(own, 'registrations'),
    logins: loginsOf(own),
    records: records.flatMap(({ day, counts }) => createdOf(day, counts)),
    errors: seriesOf(known.flat(), 'errors'),
    unavailable: peers.filter((_, at) => others[at] === null),
  };
}

const peers = ['records', 'budgets', 'notifications'] as const satisfies readonly ServiceName[];

/** @throws Refusal 400 for days that are in the wrong order or too many */
function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }, nowMs: number): { from: string; to: string } {
  const last = to ?? dayOf(nowMs);
  const first = from ?? dayOf(Date.parse(last) - (daysDefault - 1) * dayMs);
  if (first > last) throw invalid('/from', 'period-invalid', 'from is not after to');
  if (Date.parse(last) - Date.parse(first) >= daysMax * dayMs) throw invalid('/from', 'period-too-long', `Ask for ${daysMax} days at most`);
  return { from: first, to: last };
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

async function countUsers({ store: { users } }: Deps): Promise<Analytics['users']> {
  const verified = { personVersion: { $gt: 0 } };
  const [total, disabled, admins, twoFactor, pending] = await Promise.all([
    users.count(verified),
    users.count({ ...verified, status: 'disabled' }),
    users.count({ ...verified, role: 'admin' }),
    users.count({ ...verified, 'twoFactor.enabledAt': { $gt: '' } }),
    users.count({ personVersion: 0 }),
  ]);
  return { total, active: total - disabled, disabled, admins, twoFactor, unverified: pending };
}

const ownDays = async ({ counts }: Deps, { from, to }: { from: string; to: string }): Promise<CountedDay[]> =>
  (await counts.read(from, to)).map(({ _id, counts: counted }) => ({ day: _id, counts: counted }));

/** null: it is away. */
async function daysOf(
  deps: Deps,
  service: ServiceName,
  { from, to }: { from: string; to: string },
  requestId: string,
): Promise<CountedDay[] | null> {
  try {
    const path = `/internal/daily-counts?from=${from}&to=${to}`;
    return (await deps.peers.get<{ days: CountedDay[] }>(service, path, { requestId })).days;
  } catch (error) {
    if (error instanceof PeerUnavailable) return null;
    throw error;
  }
}

/** The sums by day of what is counted under a name, without the days on which there is none. */
function seriesOf(days: readonly CountedDay[], name: string): { day: string; count: number }[] {
  const sums = new Map<string, number>();
  for (const { day, counts } of days) if (counts[name]) sums.set(day, (sums.get(day) ?? 0) + counts[name]);
  return [...sums].map(([day, count]) => ({ day, count })).toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

const loginsOf = (days: readonly CountedDay[]): Analytics['logins'] =>
  days
    .map(({ day, counts }) => ({ day, succeeded: counts['logins-succeeded'] ?? 0, failed: counts['logins-failed'] ?? 0 }))
    .filter(({ succeeded, failed }) => succeeded + failed > 0);

const createdOf = (day: string, counts: CountedDay['counts']): Analytics['records'] =>
  Object.entries(counts).flatMap(([name, count]) =>
    name.startsWith('created-') ? [{ day, type: name.slice('created-'.length), count }] : [],
  );
