import { Refusal } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import { isGood, tokenHash } from './mail-token.ts';

/** Whoever has the token reads the address's mail: from here on there is such a person. Each token works once. */
export async function verifyEmail(
  { store, clock, changeUser, audit }: Pick<AuthDeps, 'store' | 'clock' | 'changeUser' | 'audit'>,
  token: string,
  client: Client,
): Promise<void> {
  const hashed = tokenHash(token);
  const holder = await store.userByTokenHash(hashed);
  if (holder === null || !isGood(holder.tokens, 'verify-email', hashed, clock.now())) throw tokenInvalid();
  await changeUser(holder._id, { by: holder._id, requestId: client.requestId }, (user, nowMs) => {
    if (!isGood(user.tokens, 'verify-email', hashed, nowMs)) throw tokenInvalid();
    return {
      change: {
        verifiedAt: new Date(nowMs).toISOString(),
        tokens: user.tokens.filter(({ purpose }) => purpose !== 'verify-email'),
        mails: user.mails.filter(({ kind }) => kind !== 'verify-email'),
      },
      told: { action: 'created', change: { before: null, after: { email: user.email, ...user.profile } } },
      result: null,
    };
  });
  audit.info('user_verified', { userId: holder._id, requestId: client.requestId, ip: client.ip });
}

const tokenInvalid = (): Refusal => new Refusal('token-invalid', 'This link was used before, replaced by a newer one, or is too old');
