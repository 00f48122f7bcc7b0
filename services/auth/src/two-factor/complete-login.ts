import { randomUUID } from 'node:crypto';
import { Refusal } from '@commonpurse/shared/http';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { Decision } from '../people/change-user.ts';
import { isKnown } from '../sessions/device.ts';
import { openedSession } from '../sessions/opened-session.ts';
import { newSession, type Session } from '../sessions/session.ts';
import type { TokenPair } from '../sessions/token-pair.ts';
import { afterWrongCode, type Challenge, challengeHash, challengeInvalid, openChallenge, withoutChallenge } from './challenge.ts';
import { afterCode, isOn, seedPlace, type TwoFactor } from './two-factor.ts';

interface ChallengeAnswer {
  readonly challengeToken: string;
  readonly code: string;
}
type Deps = Pick<AuthDeps, 'store' | 'clock' | 'throttle' | 'changeUser' | 'secrets' | 'tokensFor' | 'audit'>;

/** Ends a login that the password began. The same write uses the code up, spends the challenge and opens the session, so however many try at
 *  once, one code lets one in. */
export async function completeLogin(deps: Deps, given: ChallengeAnswer, client: Client): Promise<{ tokens: TokenPair; user: User }> {
  const hashed = challengeHash(given.challengeToken);
  const holder = await deps.store.userByChallengeHash(hashed);
  if (holder === null) throw challengeInvalid();
  const facts = { userId: holder._id, requestId: client.requestId, ip: client.ip };
  const apart = isKnown(holder.devices, client.network, deps.clock.now()) ? client.network : null;
  return deps.throttle.guess({ address: addressId(holder.email), apart, client, ofCode: true }, async (failed) => {
    const answered = await answer(deps, holder._id, { ...given, hashed }, client);
    const session = answered?.result ?? null;
    if (!answered || session === null) {
      await failed();
      deps.audit.warn('authn_login_fail', { ...facts, reason: 'invalid-code' });
      throw new Refusal('invalid-code', 'Wrong code, or one that was used already');
    }
    deps.audit.info('authn_login_success', { ...facts, sessionId: session.id });
    return { tokens: deps.tokensFor(answered.user, session), user: answered.user };
  });
}

/** null as the result: the code was wrong, and counted against its challenge. */
function answer(deps: Deps, userId: string, given: ChallengeAnswer & { readonly hashed: string }, client: Client) {
  const id = randomUUID();
  return deps.changeUser<Session | null>(userId, { by: userId, requestId: client.requestId }, (user, nowMs) => {
    const challenges = user.challenges ?? [];
    const challenge = openChallenge(challenges, given.hashed, nowMs);
    const { twoFactor } = user;
    if (!isOn(twoFactor)) throw challengeInvalid();
    const openSeed = () => deps.secrets.open(twoFactor.seed, seedPlace(userId));
    const left = afterCode(twoFactor, openSeed, { userId, code: given.code }, nowMs);
    if (left === null) return { change: { challenges: afterWrongCode(challenges, challenge) }, result: null };
    const session = newSession({ id, deviceName: challenge.deviceName, ip: client.ip, nowMs });
    return entered(user, { challenge, left, session }, client, nowMs);
  });
}

interface Entry {
  readonly challenge: Challenge;
  readonly left: TwoFactor;
  readonly session: Session;
}
function entered(user: User, { challenge, left, session }: Entry, client: Client, nowMs: number): Decision<Session> {
  const opened = openedSession(user, session, client.network, nowMs);
  const challenges = withoutChallenge(user.challenges ?? [], challenge);
  return { ...opened, change: { ...opened.change, challenges, twoFactor: left }, result: session };
}
