import { randomInt, randomUUID } from 'node:crypto';
import { apiKeyOf, apiKeySecretLength, base62, invalid, Refusal } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { SignedIn } from '../passwords/prove-password.ts';
import { demandSession } from '../sessions/session.ts';
import { type ApiKey, keyHash, keysMax, type Scope } from './api-key.ts';

interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
}

/** Makes a key. The key itself is answered here and nowhere else: only its hash is kept. */
export async function createApiKey(
  { clock, changeUser, audit }: Pick<AuthDeps, 'clock' | 'changeUser' | 'audit'>,
  { userId, sessionId }: SignedIn,
  asked: NewKey,
  client: Client,
): Promise<{ stored: ApiKey; key: string }> {
  const nowMs = clock.now();
  if (asked.expiresAt !== null && Date.parse(asked.expiresAt) <= nowMs)
    throw invalid('/expiresAt', 'expires-in-past', 'Choose a moment that is still to come');
  const id = randomUUID();
  const key = apiKeyOf(id, Array.from({ length: apiKeySecretLength }, () => base62(randomInt(62))).join(''));
  const stored: ApiKey = { id, ...asked, hash: keyHash(key), createdAt: new Date(nowMs).toISOString(), lastUsedAt: null };
  await changeUser(userId, { by: userId, requestId: client.requestId }, (user) => {
    demandSession(user, sessionId);
    const keys = user.apiKeys ?? [];
    if (keys.length >= keysMax) throw new Refusal('conflict', `There are ${keysMax} keys already; delete one first`);
    return {
      change: { apiKeys: [...keys, stored] },
      told: { action: 'key-created', change: { before: null, after: { id, name: stored.name, scopes: stored.scopes } } },
      result: null,
    };
  });
  audit.info('authn_token_created', { userId, sessionId, keyId: id, requestId: client.requestId, ip: client.ip, reason: 'API key' });
  return { stored, key };
}
