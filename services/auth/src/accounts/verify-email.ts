import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import { isGood, tokenHash, tokenInvalid } from './mail-token.ts';
import { withoutLinks } from './mailed-link.ts';

/** Whoever has the token reads the address's mail: from here on there is such a person. Each token works once. */
export async function verifyEmail(
  { store, changeUser, audit }: Pick<AuthDeps, 'store' | 'changeUser' | 'audit'>,
  token: string,
  client: Client,
): Promise<void> {
  const hashed = tokenHash(token);
  const holder = await store.userByTokenHash(hashed);
  if (holder === null) throw tokenInvalid();
  await changeUser(holder._id, { by: holder._id, requestId: client.requestId }, (user, nowMs) => {
    if (!isGood(user.tokens, 'verify-email', hashed, nowMs)) throw tokenInvalid();
    return {
      change: {
        verifiedAt: new Date(nowMs).toISOString(),
        ...withoutLinks(user, ['verify-email']),
      },
      told: { action: 'created', change: { before: null, after: { email: user.email, ...user.profile } } },
      result: null,
    };
  });
  audit.info('user_created', { userId: holder._id, requestId: client.requestId, ip: client.ip });
}
