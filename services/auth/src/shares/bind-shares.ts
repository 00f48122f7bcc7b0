import { StaleVersion } from '@commonpurse/shared/documents';
import { instantOf } from '@commonpurse/shared/service';
import type { Origin } from '../people/change-user.ts';
import { boundShare, isLiving, type Share } from './share.ts';
import { shareEntry } from './share-entry.ts';
import { settleShare, type SettleDeps } from './settle-share.ts';

type Deps = Pick<SettleDeps, 'store' | 'clock'>;

/** Gives a share that waits for an address to the person who has it by now, unless it is over: then nobody is told of it. The share as it is then;
 *  null: there is no such share.
 *  Who shows an address to be theirs looks for what waits there after that is stored, and who shares looks for the person after the share
 *  is stored: so one of them sees the other. */
export async function bindShare({ store, clock }: Deps, id: string, origin: Origin): Promise<Share | null> {
  for (;;) {
    const share = await store.shares.get(id);
    if (share === null || share.granteeId !== null || !isLiving(share, clock.now())) return share;
    const user = await store.userByAddress(share.granteeAddress);
    if (user === null || user.personVersion === 0) return share;
    const at = instantOf(clock);
    const draft = boundShare(share, user._id, at);
    try {
      return await store.shares.replace(draft, share.version, [shareEntry(draft, null, 'granted', origin, at)]);
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}

/** Everything that has waited for an address reaches its owner, who has just shown that it is theirs. */
export async function bindInvitations(deps: SettleDeps, address: string, origin: Origin): Promise<void> {
  const waiting = await deps.store.shares.find({ granteeAddress: address, granteeId: null, endedAt: null });
  for (const { _id } of waiting) {
    const bound = await bindShare(deps, _id, origin);
    if (bound !== null) await settleShare(deps, bound, origin);
  }
}
