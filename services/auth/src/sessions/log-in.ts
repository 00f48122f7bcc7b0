import { randomUUID } from 'node:crypto';
import { Refusal } from '@commonpurse/shared/http';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { normalisedPassword } from '../passwords/password.ts';
import type { Decision } from '../people/change-user.ts';
import type { Client } from '../client.ts';
import { accountFingerprint } from '../security/security-log.ts';
import { isKnown, withDevice } from './device.ts';
import { newSession, type Session, withSession } from './session.ts';
import { type TokenPair, tokensFor } from './tokens.ts';

export interface LoginCommand {
  readonly email: string;
  readonly password: string;
  readonly deviceName: string | null;
}
type Deps = Pick<AuthDeps, 'store' | 'clock' | 'hashes' | 'changeUser' | 'throttle' | 'signing' | 'refreshKey' | 'audit'>;

/** Signs in with address and password. Known and unknown addresses take the same way, the comparison included. */
export async function logIn(deps: Deps, command: LoginCommand, client: Client): Promise<{ tokens: TokenPair; user: User }> {
  const { store, clock, hashes, throttle, audit } = deps;
  const address = addressId(command.email);
  const facts = { requestId: client.requestId, ip: client.ip, account: accountFingerprint(address) };
  const user = await store.userByAddress(address);
  const known = isKnown(user?.devices ?? [], client.network, clock.now());
  return throttle.guess({ address, apart: known ? client.network : null, client }, async (failed) => {
    const right = await hashes.matches(normalisedPassword(command.password), user?.passwordHash ?? null);
    if (right && user !== null) return openSession(deps, user, command.deviceName, client);
    await failed();
    audit.warn('authn_login_fail', facts);
    throw invalidCredentials();
  });
}

const invalidCredentials = (): Refusal => new Refusal('invalid-credentials', 'Wrong address or password');

async function openSession(deps: Deps, user: User, deviceName: string | null, client: Client): Promise<{ tokens: TokenPair; user: User }> {
  const facts = { userId: user._id, requestId: client.requestId, ip: client.ip };
  const session = newSession({ id: randomUUID(), deviceName, ip: client.ip, nowMs: deps.clock.now() });
  const opened = await deps
    .changeUser(user._id, { by: user._id, requestId: client.requestId }, (now, nowMs) => {
      // The password that was compared must still be the one.
      if (now.passwordHash !== user.passwordHash) throw invalidCredentials();
      return openedSession(now, session, client.network, nowMs);
    })
    .catch((error: unknown) => {
      if (error instanceof Refusal) deps.audit.warn('authn_login_fail', { ...facts, reason: error.code });
      throw error;
    });
  if (opened === null) throw invalidCredentials();
  deps.audit.info('authn_login_success', { ...facts, sessionId: session.id });
  return { tokens: tokensFor(deps, opened.user, session), user: opened.user };
}

/** @throws 403 where the right password is not enough */
function openedSession(user: User, session: Session, network: string, nowMs: number): Decision<null> {
  if (user.verifiedAt === null) throw new Refusal('email-not-verified', 'Confirm your address first: follow the link in the mail we sent');
  if (user.status === 'disabled') throw new Refusal('account-disabled', 'This account was disabled');
  const { id, deviceName } = session;
  return {
    change: { sessions: withSession(user.sessions, session, nowMs), devices: withDevice(user.devices, network, nowMs) },
    told: { action: 'signed-in', change: { before: null, after: { session: { id, deviceName } } } },
    result: null,
  };
}
