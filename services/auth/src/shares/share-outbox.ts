import { ShareChanged } from '@commonpurse/shared/contracts';
import type { Doc, OutboxEntry } from '@commonpurse/shared/documents';
import { eventOfEntry, type Outbox } from '@commonpurse/shared/messaging';
import { addressId } from '../accounts/address.ts';
import type { User } from '../accounts/user.ts';
import type { ChangeUser } from '../people/change-user.ts';
import { bindInvitations } from './bind-shares.ts';
import { ownerNames } from './list-shares.ts';
import type { Share } from './share.ts';
import { shareView } from './share-view.ts';
import { settleShare, type SettleDeps } from './settle-share.ts';

/** How the relay tells of shares. Before it tells of a write it brings the share home: so it finishes what a request that died has begun,
 *  and nobody hears of a share that does not hold yet. */
export const shareOutbox = (deps: SettleDeps): Outbox<Share> => ({
  aggregate: 'share',
  documents: deps.store.shares,
  render: async (entry, share) => {
    if (isPending(entry, share)) await settleShare(deps, share, originOf(entry));
    const nameOf = await ownerNames(deps, [share]);
    const data = {
      action: entry.action,
      share: shareView(share, nameOf(share.ownerId)),
      granteeId: share.granteeId,
      ended: share.endedAt !== undefined,
    };
    // The schema judges it: an entry is what this feature has written, or damage.
    return [eventOfEntry(ShareChanged, entry, share._id, data as ShareChanged)];
  },
});

/** How the relay tells of accounts: before it says that there is a new person, what was waiting for them has reached them. */
export const withInvitations = (outbox: Outbox<User>, deps: SettleDeps): Outbox<User> => ({
  ...outbox,
  render: async (entry, user) => {
    if (entry.version === 1 && isPending(entry, user)) await bindInvitations(deps, addressId(user.email), originOf(entry));
    return outbox.render(entry, user);
  },
});

/** Changes accounts; a change that makes a new person of one also brings them what was waiting for their address. */
export const welcoming =
  (deps: SettleDeps): ChangeUser =>
  async (userId, origin, decide) => {
    let isNew = false;
    const changed = await deps.changeUser(userId, origin, (user, nowMs) => {
      const decision = decide(user, nowMs);
      isNew = user.personVersion === 0 && decision.change !== null && decision.told !== undefined;
      return decision;
    });
    if (changed !== null && isNew) await bindInvitations(deps, addressId(changed.user.email), origin);
    return changed;
  };

/** The changes feed renders what was told long ago, too; then there is nothing left to do. */
const isPending = (entry: OutboxEntry, doc: Doc): boolean => (doc.outbox ?? []).some(({ id }) => id === entry.id);
const originOf = ({ by, requestId }: OutboxEntry) => ({ by, requestId });
