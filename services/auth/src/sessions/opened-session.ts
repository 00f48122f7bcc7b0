import { Refusal } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { Decision } from '../people/change-user.ts';
import { withDevice } from './device.ts';
import { type Session, withSession } from './session.ts';

/** @throws Refusal 403 where the right password is not enough */
export function checkMayEnter(user: User): void {
  if (user.verifiedAt === null) throw new Refusal('email-not-verified', 'Confirm your address first: follow the link in the mail we sent');
  if (user.status === 'disabled') throw new Refusal('account-disabled', 'This account was disabled');
}

/** What signing in from this network changes.
 *  @throws Refusal 403 where the account may not be entered */
export function openedSession(user: User, session: Session, network: string, nowMs: number): Decision<null> {
  checkMayEnter(user);
  const { id, deviceName } = session;
  return {
    change: { sessions: withSession(user.sessions, session, nowMs), devices: withDevice(user.devices, network, nowMs) },
    told: { action: 'signed-in', change: { before: null, after: { session: { id, deviceName } } } },
    result: null,
  };
}
