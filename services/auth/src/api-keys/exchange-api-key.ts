import { notFound, readApiKey, signAccessToken } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import { type ApiKey, isKey, isUseDue, keyLives } from './api-key.ts';

/** Short, because the key's scopes are in it; that the key still lives, every service asks of the person for every request. */
const keyTokenSeconds = 60;

interface KeyToken {
  readonly token: string;
  readonly userId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}
type Deps = Pick<AuthDeps, 'store' | 'clock' | 'signing' | 'changeUser' | 'audit'>;

/** Gives a short scoped token for a key. Alike for a key that never was, was revoked, has expired, or whose owner is disabled: 404. */
export async function exchangeApiKey(deps: Deps, key: string, requestId: string): Promise<KeyToken> {
  const living = await findLivingKey(deps, key, requestId);
  if (living === null) throw notFound();
  const { user, stored } = living;
  const { clock, signing, audit } = deps;
  const nowMs = clock.now();
  if (isUseDue(stored, nowMs)) await noteUse(deps, user, stored, requestId);
  audit.info('authn_key_used', { userId: user._id, keyId: stored.id, requestId });
  const claims = { userId: user._id, sessionId: stored.id, role: user.role, scopes: stored.scopes, lifetimeSeconds: keyTokenSeconds };
  const token = signAccessToken(claims, { ...signing.current(), nowMs });
  return { token, userId: user._id, expiresAt: Math.floor(nowMs / 1000) + keyTokenSeconds };
}

/** What is kept of a key, and whose it is; null for one that never was, was revoked, has expired, or whose owner is disabled. */
export async function findLivingKey(
  { store, clock, audit }: Pick<Deps, 'store' | 'clock' | 'audit'>,
  key: string,
  requestId: string,
): Promise<{ readonly user: User; readonly stored: ApiKey } | null> {
  const named = readApiKey(key);
  const user = named && (await store.userByApiKey(named.id));
  const stored = user?.apiKeys?.find(({ id }) => id === named?.id);
  if (user && stored && isKey(stored, key) && keyLives(stored, clock.now()) && user.status === 'active') return { user, stored };
  audit.warn('authn_token_invalid', { requestId, reason: 'API key', ...(named && { keyId: named.id }) });
  return null;
}

/** Nobody else is told, and nothing else waits for it. */
async function noteUse({ changeUser }: Deps, { _id }: User, { id }: ApiKey, requestId: string): Promise<void> {
  await changeUser(_id, { by: _id, requestId }, ({ apiKeys = [] }, nowMs) => {
    const lastUsedAt = new Date(nowMs).toISOString();
    const due = apiKeys.some((one) => one.id === id && isUseDue(one, nowMs));
    return { change: due ? { apiKeys: apiKeys.map((one) => (one.id === id ? { ...one, lastUsedAt } : one)) } : null, result: null };
  });
}
