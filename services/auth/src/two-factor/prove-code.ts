import { notFound, Refusal } from '@commonpurse/shared/http';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { SignedIn } from '../passwords/prove-password.ts';
import type { Decision } from '../people/change-user.ts';
import { demandSession } from '../sessions/session.ts';
import { afterCode, seedPlace, type TwoFactor } from './two-factor.ts';

interface CodeGiven {
  readonly who: SignedIn;
  readonly code: string;
  readonly client: Client;
}
export type ProveCodeDeps = Pick<AuthDeps, 'store' | 'throttle' | 'changeUser' | 'secrets' | 'audit'>;

/** Decides about an account with a code of its second factor; the write that keeps the decision uses the code up.
 *  @param decide gets the second factor as it is without the code
 *  @throws Refusal 403 where the code is wrong or was used (with 401 a client would refresh its tokens), 429 after too many of them, 401 where the
 *  session has ended meanwhile, and what `check` throws */
export async function proveCode(
  { store, throttle, changeUser, secrets, audit }: ProveCodeDeps,
  { who: { userId, sessionId }, code, client }: CodeGiven,
  check: (user: User) => TwoFactor,
  decide: (user: User, left: TwoFactor, nowMs: number) => Decision<null>,
): Promise<void> {
  const known = await store.users.get(userId);
  if (known === null) throw notFound();
  await throttle.guess({ address: addressId(known.email), apart: sessionId, client, ofCode: true }, async (failed) => {
    const changed = await changeUser<boolean>(userId, { by: userId, requestId: client.requestId }, (user, nowMs) => {
      demandSession(user, sessionId);
      const twoFactor = check(user);
      const left = afterCode(twoFactor, () => secrets.open(twoFactor.seed, seedPlace(userId)), { userId, code }, nowMs);
      return left === null ? { change: null, result: false } : { ...decide(user, left, nowMs), result: true };
    });
    if (changed?.result) return;
    await failed();
    audit.warn('authn_login_fail', { userId, sessionId, requestId: client.requestId, ip: client.ip, reason: 'code of a session' });
    throw new Refusal('invalid-code', 'Wrong code, or one that was used already', { status: 403 });
  });
}
