import type { ShareView } from '@commonpurse/shared/contracts';
import { type Caller, listPage, type ListQuery, type Page } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import type { AuthStore } from '../store.ts';
import type { Share } from './share.ts';
import { shareView } from './share-view.ts';
import type { SharesDeps } from './shares-deps.ts';

type Deps = Pick<SharesDeps, 'store' | 'clock' | 'installationKey'>;

/** The living shares that somebody has received (`granteeId`) or given (`ownerId`), newest first. */
export async function listShares(deps: Deps, caller: Caller, side: 'granteeId' | 'ownerId', query: ListQuery): Promise<Page<ShareView>> {
  const { store, clock, installationKey } = deps;
  const { items, ...page } = await listPage({
    documents: store.shares,
    filter: () => ({ [side]: caller.userId, endedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: instantOf(clock) } }] }),
    sort: [
      ['createdAt', -1],
      ['_id', -1],
    ],
    query,
    scope: { installationKey, userId: caller.userId, route: `/users/shares/${side}`, sort: '-createdAt', filter: null },
    render: (share) => share,
  });
  const nameOf = await ownerNames(deps, items);
  return { ...page, items: items.map((share) => shareView(share, nameOf(share.ownerId))) };
}

/** What the owners of these shares are called now. */
export async function ownerNames(
  { store }: { readonly store: Pick<AuthStore, 'users'> },
  shares: readonly Share[],
): Promise<(ownerId: string) => string> {
  const owners = await store.users.getMany([...new Set(shares.map(({ ownerId }) => ownerId))]);
  const names = new Map(owners.map(({ _id, profile }) => [_id, profile.displayName]));
  return (ownerId) => names.get(ownerId) ?? '';
}
