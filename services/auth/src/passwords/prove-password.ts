import { notFound } from '@commonpurse/shared/http';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import { normalisedPassword, wrongPassword } from './password.ts';

/** Whoever is signed in, by session. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
}

/** Makes sure that whoever is signed in knows the password too; answers the account it was compared with. 403 where it is wrong (with 401
 *  a client would refresh its tokens), 429 after too many wrong ones. */
export type ProvePassword = (who: SignedIn, password: string, client: Client) => Promise<User>;

export const createProvePassword =
  ({ store, hashes, throttle, audit }: Pick<AuthDeps, 'store' | 'hashes' | 'throttle' | 'audit'>): ProvePassword =>
  async ({ userId, sessionId }, password, client) => {
    const user = await store.users.get(userId);
    if (user === null) throw notFound();
    return throttle.guess({ address: addressId(user.email), apart: sessionId, client }, async (failed) => {
      if (await hashes.matches(normalisedPassword(password), user.passwordHash)) return user;
      await failed();
      audit.warn('authn_login_fail', { userId, sessionId, requestId: client.requestId, ip: client.ip, reason: 'password of a session' });
      throw wrongPassword();
    });
  };
