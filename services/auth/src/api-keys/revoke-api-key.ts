import { notFound } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { SignedIn } from '../passwords/prove-password.ts';

/** Ends a key: by the time this resolves no service takes it any more. 404 where there is no such key: another request may have ended it just now, or
 *  died in between, so that is not said before every service knows, either. */
export async function revokeApiKey(
  { changeUser, audit }: Pick<AuthDeps, 'changeUser' | 'audit'>,
  { userId, sessionId }: SignedIn,
  keyId: string,
  client: Client,
): Promise<void> {
  const revoked = await changeUser(userId, { by: userId, requestId: client.requestId }, ({ apiKeys = [] }) => {
    const left = apiKeys.filter(({ id }) => id !== keyId);
    if (left.length === apiKeys.length) return { change: null, standsAlready: true, result: false };
    return {
      change: { apiKeys: left },
      told: { action: 'key-revoked', change: { before: { id: keyId }, after: null } },
      result: true,
    };
  });
  if (!revoked?.result) throw notFound();
  audit.info('authn_token_revoked', { userId, sessionId, keyId, requestId: client.requestId, ip: client.ip, reason: 'API key' });
}
