import { forbidden } from '@commonpurse/shared/access';
import { StaleVersion } from '@commonpurse/shared/documents';
import { type ChangeTarget, checkIfMatch } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import { checkTerms } from './check-terms.ts';
import { demandBrevity } from './demand-room.ts';
import { findShare } from './find-share.ts';
import type { ShareRequest } from './schemas.ts';
import { changedShare, endedShare, type Share, type ShareDraft } from './share.ts';
import { type ShareAction, shareEntry } from './share-entry.ts';
import { settleShare } from './settle-share.ts';
import type { SharesDeps } from './shares-deps.ts';

/** Gives a share other terms; they hold by the time this resolves. Refuses: 400, 404, 403 for its grantee, 412, 409
 *  where the scopes for one person grow beyond 64 KiB. */
export async function changeShare(deps: SharesDeps, target: ChangeTarget, body: ShareRequest): Promise<Share> {
  const { userId } = target.caller;
  const terms = await checkTerms(deps, userId, body, target.requestId);
  return move(deps, target, (share, at) => {
    if (share.ownerId !== userId) throw forbidden();
    return { draft: changedShare(share, terms, at), action: 'changed', demand: () => demandBrevity(deps, { ...share, ...terms }, share) };
  });
}

/** Its owner takes it back, or its grantee leaves it: nothing of it works any more once this resolves. Refuses: 404, 412. */
export const endShare = (deps: SharesDeps, target: ChangeTarget): Promise<Share> =>
  move(deps, target, (share, at) => ({
    draft: endedShare(share, at),
    action: share.ownerId === target.caller.userId ? 'revoked' : 'left',
  }));

interface Move {
  readonly draft: ShareDraft;
  readonly action: ShareAction;
  /** What is refused last of all. */
  readonly demand?: () => Promise<void>;
}

/** The share first, then the accounts: what is written of a share is done sooner or later, whatever dies in between, and nothing is said
 *  before it is done. */
async function move(deps: SharesDeps, target: ChangeTarget, decide: (share: Share, at: string) => Move): Promise<Share> {
  const { caller, id, ifMatch, requestId } = target;
  const origin = { by: caller.userId, requestId };
  for (;;) {
    const share = await findShare(deps, caller.userId, id, requestId);
    const at = instantOf(deps.clock);
    const { draft, action, demand } = decide(share, at);
    checkIfMatch(share.shareVersion, ifMatch);
    await demand?.();
    try {
      const moved = await deps.store.shares.replace(draft, share.version, [shareEntry(draft, share, action, origin, at)]);
      await settleShare(deps, moved, origin);
      return moved;
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
    }
  }
}
