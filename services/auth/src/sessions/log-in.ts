import { randomBytes, randomUUID } from 'node:crypto';
import { Refusal } from '@commonpurse/shared/http';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { normalisedPassword } from '../passwords/password.ts';
import type { Client } from '../client.ts';
import { accountFingerprint } from '../security/account-fingerprint.ts';
import { newChallenge, withChallenge } from '../two-factor/challenge.ts';
import { isOn } from '../two-factor/two-factor.ts';
import { isKnown } from './device.ts';
import { checkMayEnter, openedSession } from './opened-session.ts';
import { newSession } from './session.ts';
import type { TokenPair } from './token-pair.ts';

interface LoginCommand {
  readonly email: string;
  readonly password: string;
  readonly deviceName: string | null;
}
/** Signed in; or the password was right and a code is still to come. */
type LoginOutcome = { readonly tokens: TokenPair; readonly user: User } | { readonly challengeToken: string };
type Deps = Pick<AuthDeps, 'store' | 'clock' | 'hashes' | 'changeUser' | 'throttle' | 'tokensFor' | 'audit' | 'requests'>;

/** Signs in with address and password. Known and unknown addresses take the same way, the comparison included. */
export async function logIn(deps: Deps, command: LoginCommand, client: Client): Promise<LoginOutcome> {
  const { store, clock, hashes, throttle, audit } = deps;
  const address = addressId(command.email);
  const facts = { requestId: client.requestId, ip: client.ip, account: accountFingerprint(address) };
  // who has just registered is told that the address is not verified yet, not that there is no such account
  await deps.requests.settled(address);
  const user = await store.userByAddress(address);
  const known = isKnown(user?.devices ?? [], client.network, clock.now());
  return throttle.guess({ address, apart: known ? client.network : null, client }, async (failed) => {
    const right = await hashes.matches(normalisedPassword(command.password), user?.passwordHash ?? null);
    if (right && user !== null) return enter(deps, user, command.deviceName, client);
    await failed();
    audit.warn('authn_login_fail', facts);
    throw invalidCredentials();
  });
}

const invalidCredentials = (): Refusal => new Refusal('invalid-credentials', 'Wrong address or password');

async function enter(deps: Deps, user: User, deviceName: string | null, client: Client): Promise<LoginOutcome> {
  const facts = { userId: user._id, requestId: client.requestId, ip: client.ip };
  const session = newSession({ id: randomUUID(), deviceName, ip: client.ip, nowMs: deps.clock.now() });
  const challengeToken = randomBytes(32).toString('base64url');
  const entered = await deps
    .changeUser(user._id, { by: user._id, requestId: client.requestId }, (now, nowMs) => {
      // The password that was compared must still be the one.
      if (now.passwordHash !== user.passwordHash) throw invalidCredentials();
      if (!isOn(now.twoFactor)) return { ...openedSession(now, session, client.network, nowMs), result: true };
      checkMayEnter(now);
      const challenges = withChallenge(now.challenges ?? [], newChallenge(challengeToken, deviceName, nowMs), nowMs);
      return { change: { challenges }, result: false };
    })
    .catch((error: unknown) => {
      if (error instanceof Refusal) deps.audit.warn('authn_login_fail', { ...facts, reason: error.code });
      throw error;
    });
  if (entered === null) throw invalidCredentials();
  if (!entered.result) {
    deps.audit.info('authn_token_created', { ...facts, reason: 'challenge' });
    return { challengeToken };
  }
  deps.audit.info('authn_login_success', { ...facts, sessionId: session.id });
  return { tokens: deps.tokensFor(entered.user, session), user: entered.user };
}
