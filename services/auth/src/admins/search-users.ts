import { listPage, type ListQuery, type Page } from '@commonpurse/shared/http';
import { foldSearch } from '../accounts/search-keys.ts';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { FoundUser } from './schemas.ts';

/** People whose address or name begins with `q`, in the order in which they came. */
export function searchUsers(
  { store, installationKey }: Pick<AuthDeps, 'store' | 'installationKey'>,
  adminId: string,
  query: ListQuery & { readonly q: string },
): Promise<Page<FoundUser>> {
  const q = foldSearch(query.q);
  return listPage({
    documents: store.users,
    // Who has not verified the address is nobody yet.
    filter: () => ({ search: { $prefix: q }, personVersion: { $gt: 0 } }),
    sort: [['_id', 1]],
    query,
    scope: { installationKey, userId: adminId, route: '/users/search', sort: '_id', filter: q },
    render: foundUser,
  });
}

export const foundUser = ({ _id, email, profile, role, status, createdAt }: User): FoundUser => ({
  id: _id,
  email,
  displayName: profile.displayName,
  role,
  status,
  createdAt,
});
