import { upsertNewer } from '@commonpurse/shared/documents';
import { Refusal } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import { bytesOf, bytesToOneMax, expiredShare, isLiving, type Share } from './share.ts';
import type { SharesDeps } from './shares-deps.ts';

type Deps = Pick<SharesDeps, 'store' | 'clock'>;

/** Living shares of one owner. */
const givenMax = 200;

/** Refuses one share more than an owner may have at a time. Those that have expired are put away, for nobody else can. */
export async function demandPlace({ store, clock }: Deps, ownerId: string): Promise<void> {
  const isRoom = async (): Promise<boolean> => (await store.shares.count({ ownerId, endedAt: null })) < givenMax;
  if (await isRoom()) return;
  const expired = await store.shares.find({ ownerId, endedAt: null, expiresAt: { $lte: instantOf(clock) } });
  for (const share of expired)
    await upsertNewer(store.shares, share._id, (now) => (now?.endedAt === undefined ? now && expiredShare(now) : null), share);
  if (!(await isRoom())) throw new Refusal('conflict', `At most ${givenMax} shares at a time; take one back first`);
}

/** Refuses what makes an owner's shares with one person too long for the account that has to hold them. Of shares made at the same instant more may
 *  pass: the account then holds the oldest (settle-share.ts).
 *  @param replaced the share whose terms these are to be, should there be one: what grows no longer than it was is always fine */
export async function demandBrevity(
  { store, clock }: Deps,
  { ownerId, granteeAddress, scope }: Pick<Share, 'ownerId' | 'granteeAddress' | 'scope'>,
  replaced: Share | null = null,
): Promise<void> {
  const bytes = bytesOf(scope);
  if (replaced !== null && bytes <= bytesOf(replaced.scope)) return;
  const given = await store.shares.find({ ownerId, endedAt: null });
  const others = given.filter((one) => one.granteeAddress === granteeAddress && one._id !== replaced?._id && isLiving(one, clock.now()));
  if (others.reduce((sum, one) => sum + bytesOf(one.scope), bytes) > bytesToOneMax)
    throw new Refusal('conflict', 'You name too much for this person one by one; take a share back, or share by type');
}
