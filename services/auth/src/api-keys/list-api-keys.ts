import { arrayPage, type ListQuery, type Page } from '@commonpurse/shared/http';
import type { AuthDeps } from '../auth-deps.ts';
import type { ApiKey } from './api-key.ts';
import type { ApiKeyView } from './schemas.ts';

/** The keys of a person, newest first; those that have expired too, until they are deleted. */
export async function listApiKeys(
  { store, installationKey }: Pick<AuthDeps, 'store' | 'installationKey'>,
  userId: string,
  query: ListQuery,
): Promise<Page<ApiKeyView>> {
  const user = await store.users.get(userId);
  const scope = { installationKey, userId, route: '/auth/api-keys', sort: '-createdAt', filter: null };
  const keyOf = ({ createdAt, id }: ApiKey): string => `${createdAt} ${id}`;
  return arrayPage({ items: user?.apiKeys ?? [], query, scope, render: apiKeyView, keyOf });
}

export const apiKeyView = ({ id, name, scopes, expiresAt, createdAt, lastUsedAt }: ApiKey): ApiKeyView => ({
  id,
  name,
  scopes: [...scopes],
  expiresAt,
  createdAt,
  lastUsedAt,
});
