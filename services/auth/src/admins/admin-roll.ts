import { type Doc, type Draft } from '@commonpurse/shared/documents';
import { Refusal } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';

/** What an administrator decides about an account. */
export interface Standing {
  readonly role: User['role'];
  readonly status: User['status'];
}

/** A decision that is made, and may still have to be written into the account. */
export interface PendingStanding extends Standing {
  readonly userId: string;
  readonly by: string;
  readonly requestId: string;
}

/** Who the active administrators are. The one document that every change of a role or a status goes through, one after the other: so there is
 *  always one left, whoever demotes whom at the same moment. */
export interface AdminRoll extends Doc {
  readonly userIds: readonly string[];
  readonly pending: PendingStanding | null;
}

export const rollId = 'admins';
export const emptyRoll: Draft<AdminRoll> = { _id: rollId, version: 1, userIds: [], pending: null };

/** @throws Refusal 409 where nobody would be left */
export function withDecision(roll: AdminRoll, decided: PendingStanding): Draft<AdminRoll> {
  const left = afterDecision(roll.userIds, decided);
  if (roll.userIds.length > 0 && left.length === 0) throw new Refusal('last-admin', 'Make somebody else an administrator first');
  return { _id: rollId, version: roll.version + 1, userIds: roll.userIds, pending: decided };
}

/** The roll once the account says what was decided. */
export const settledRoll = (roll: AdminRoll, decided: PendingStanding): Draft<AdminRoll> => ({
  _id: rollId,
  version: roll.version + 1,
  userIds: afterDecision(roll.userIds, decided),
  pending: null,
});

/** Without somebody who is gone; null: they are not on it. Who decides over accounts sees to it that somebody is left. */
export function rollWithout({ version, userIds, pending }: AdminRoll, userId: string): Draft<AdminRoll> | null {
  if (!userIds.includes(userId) && pending?.userId !== userId) return null;
  const left = userIds.filter((id) => id !== userId);
  return { _id: rollId, version: version + 1, userIds: left, pending: pending?.userId === userId ? null : pending };
}

function afterDecision(userIds: readonly string[], { userId, role, status }: PendingStanding): readonly string[] {
  const others = userIds.filter((id) => id !== userId);
  return role === 'admin' && status === 'active' ? [...others, userId] : others;
}
