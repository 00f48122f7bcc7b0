import { notFound } from '@commonpurse/shared/http';
import { isLiving, type Share } from './share.ts';
import { settleShare } from './settle-share.ts';
import type { SharesDeps } from './shares-deps.ts';

/** A living share that this person has given or received, or 404. What is over is brought home before that is said: the request that ended
 *  it may have died in between. */
export async function findShare(deps: SharesDeps, userId: string, id: string, requestId: string): Promise<Share> {
  const share = await deps.store.shares.get(id);
  if (share === null || (share.ownerId !== userId && share.granteeId !== userId)) throw notFound();
  if (isLiving(share, deps.clock.now())) return share;
  if ((share.outbox ?? []).length > 0) await settleShare(deps, share, { by: userId, requestId });
  throw notFound();
}
