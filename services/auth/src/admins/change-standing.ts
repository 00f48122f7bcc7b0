import { DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import { checkIfMatch, type IfMatch, notFound } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Decision, Origin } from '../people/change-user.ts';
import { type AdminRoll, emptyRoll, type PendingStanding, rollId, settledRoll, type Standing, withDecision } from './admin-roll.ts';

interface StandingCommand {
  readonly userId: string;
  readonly role?: User['role'] | undefined;
  readonly status?: User['status'] | undefined;
  readonly ifMatch: IfMatch;
}
type Deps = Pick<AuthDeps, 'store' | 'changeUser' | 'audit'>;

/** Changes somebody's role or status. The roll decides by compare-and-set, then the account is written; a process that dies in between leaves
 *  the decision in the roll, and whoever comes next carries it out first. 404, 409 `last-admin`, 412. */
export async function changeStanding(deps: Deps, command: StandingCommand, origin: Origin): Promise<User> {
  for (;;) {
    const roll = await settledRollNow(deps);
    const user = await deps.store.users.get(command.userId);
    if (user === null || user.personVersion === 0) throw notFound();
    checkIfMatch(user.profileVersion, command.ifMatch);
    const { role = user.role, status = user.status } = command;
    if (role === user.role && status === user.status && isListed(roll, user)) return user;
    const decided: PendingStanding = { userId: user._id, role, status, ...origin };
    try {
      await settle(deps, await deps.store.rolls.replace(withDecision(roll, decided), roll.version));
    } catch (error) {
      if (error instanceof StaleVersion) continue;
      throw error;
    }
    tellAudit(deps, user, decided);
    return (await deps.store.users.get(user._id)) ?? user;
  }
}

const isListed = (roll: AdminRoll, { _id, role, status }: User): boolean =>
  roll.userIds.includes(_id) === (role === 'admin' && status === 'active');

/** The roll with nothing left to be done. */
async function settledRollNow(deps: Deps): Promise<AdminRoll> {
  for (;;) {
    const roll = (await deps.store.rolls.get(rollId)) ?? (await openRoll(deps));
    if (roll === null) continue;
    if (roll.pending === null) return roll;
    await settle(deps, roll);
  }
}

/** null: another one was first. */
async function openRoll({ store }: Deps): Promise<AdminRoll | null> {
  try {
    return await store.rolls.insert(emptyRoll);
  } catch (error) {
    if (error instanceof DuplicateKey) return null;
    throw error;
  }
}

/** Carries out what the roll says is pending. Several may, at once or late: each decision has its number, and an account that has heard a
 *  later one heeds no earlier one. */
async function settle({ store, changeUser }: Deps, roll: AdminRoll): Promise<void> {
  const { pending, version } = roll;
  if (pending === null) return;
  await changeUser(pending.userId, pending, (user) => withStanding(user, pending, version));
  try {
    await store.rolls.replace(settledRoll(roll, pending), version);
  } catch (error) {
    if (!(error instanceof StaleVersion)) throw error;
  }
}

/** Disabling ends everything by which the account is entered; enabling brings none of it back. */
function withStanding(user: User, { role, status }: Standing, decision: number): Decision<null> {
  if ((user.standingDecision ?? 0) >= decision) return { change: null, standsAlready: true, result: null };
  const ended = status === 'disabled' ? { sessions: [], challenges: [], apiKeys: [] } : {};
  const before = { role: user.role, status: user.status };
  return {
    change: { role, status, standingDecision: decision, ...ended },
    told: { action: 'standing-changed', change: { before, after: { role, status } } },
    showsInProfile: true,
    result: null,
  };
}

function tellAudit({ audit }: Deps, before: User, { userId, role, status, by, requestId }: PendingStanding): void {
  const facts = { userId: by, requestId, target: userId };
  if (before.role !== role) audit.warn('privilege_permissions_changed', { ...facts, reason: `${before.role} to ${role}` });
  if (before.status !== status) audit.warn(status === 'disabled' ? 'user_disabled' : 'user_enabled', facts);
}
