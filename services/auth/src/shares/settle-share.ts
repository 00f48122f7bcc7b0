import type { Grant } from '@commonpurse/shared/contracts';
import { type Sort, upsertNewer } from '@commonpurse/shared/documents';
import { type Clock, createTurnstile, type Turnstile } from '@commonpurse/shared/service';
import type { Decision, ChangeUser, Origin } from '../people/change-user.ts';
import type { AuthStore } from '../store.ts';
import { bytesOf, bytesToOneMax, grantOf, isLiving, rewrittenShare, type Share } from './share.ts';

export interface SettleDeps {
  readonly store: Pick<AuthStore, 'users' | 'shares' | 'userByAddress'>;
  readonly changeUser: ChangeUser;
  readonly clock: Clock;
}

/** Brings a share home: into the accounts of its grantee and its owner. Once it resolves, every service judges by the share as it is
 *  stored, or as it was changed since. Both accounts are recomputed from the living shares, so whoever does it, whenever, and however often,
 *  the outcome is the same. One that waits for somebody costs as much as one that has reached somebody: how long it takes tells nobody who is
 *  registered. */
export async function settleShare(deps: SettleDeps, share: Share, origin: Origin): Promise<void> {
  const { granteeId, ownerId } = share;
  await Promise.all([
    granteeId === null ? settleNobody(deps, share) : settlePerson(deps, granteeId, origin),
    settlePerson(deps, ownerId, origin),
  ]);
}

/** Of each store one, for this process. */
const turnstiles = new WeakMap<SettleDeps['store'], Turnstile>();

/** What a person is granted and whom they share with, as the shares say, by the time this resolves. All who want it of one account meanwhile are served
 *  together: each for itself would read all shares anew whenever another came first, and of two hundred shares at once nobody else would get a turn. */
export function settlePerson(deps: SettleDeps, userId: string, origin: Origin): Promise<void> {
  const turnstile = turnstiles.get(deps.store) ?? createTurnstile();
  turnstiles.set(deps.store, turnstile);
  return turnstile(userId, () => settleNow(deps, userId, origin));
}

/** Writes the account even where nothing differs: whoever has read the
 *  shares earlier, and comes to write what they said then, must find the account changed and read again. Where another has written the same just
 *  now, every service has to know of it before this resolves, too. */
async function settleNow(deps: SettleDeps, userId: string, origin: Origin): Promise<void> {
  const { store, changeUser } = deps;
  for (let settled = false; !settled;) {
    // The account first: what the shares say is then never older than the account that it is written over.
    const seen = await store.users.get(userId);
    if (seen === null || seen.personVersion === 0) return;
    const said = await sharesOf(deps, userId);
    const same = sameShares({ grants: seen.grants ?? [], sharedWith: seen.sharedWith ?? [] }, said);
    const decision: Omit<Decision<boolean>, 'result'> = same
      ? { change: {}, standsAlready: true }
      : { change: { ...said }, told: { action: 'shares-changed', change: null } };
    const changed = await changeUser<boolean>(userId, origin, (user) =>
      user.version === seen.version ? { ...decision, result: true } : { change: null, result: false },
    );
    settled = changed === null || changed.result;
  }
}

interface SharesOf {
  readonly grants: readonly Grant[];
  readonly sharedWith: readonly string[];
}
async function sharesOf({ store, clock }: SettleDeps, userId: string): Promise<SharesOf> {
  const holds = (share: Share): boolean => isLiving(share, clock.now());
  const [grants, given] = await Promise.all([heldGrants(store, userId, holds), store.shares.find({ ownerId: userId, endedAt: null })]);
  return { grants, sharedWith: [...new Set(given.filter(holds).flatMap(({ granteeId }) => granteeId ?? []))].toSorted() };
}

/** What an account holds of what others share with it, as JSON: it is written and sent to every service whole, with each login, and a
 *  database takes no document of any size. Anybody may share with anybody, so what is beyond waits until something before it is over. */
const heldBytesMax = 512 * 1024;
const readAtOnce = 100;

/** The oldest first: of one owner's no more than these may name for one person, however many were made at once. */
async function heldGrants({ shares }: SettleDeps['store'], granteeId: string, holds: (share: Share) => boolean): Promise<Grant[]> {
  const grants: Grant[] = [];
  const bytesFrom = new Map<string, number>();
  let bytes = 0;
  let last: Share | undefined;
  for (;;) {
    const after = last && { after: [last.createdAt, last._id] };
    const some = await shares.find({ granteeId, endedAt: null }, { sort: oldestFirst, limit: readAtOnce, ...after });
    for (const grant of some.filter(holds).map(grantOf)) {
      const fromOwner = (bytesFrom.get(grant.ownerId) ?? 0) + bytesOf(grant.scope);
      bytesFrom.set(grant.ownerId, fromOwner);
      if (fromOwner > bytesToOneMax) continue;
      bytes += Buffer.byteLength(JSON.stringify(grant));
      if (bytes > heldBytesMax) return grants;
      grants.push(grant);
    }
    if (some.length < readAtOnce) return grants;
    last = some.at(-1);
  }
}

const oldestFirst: Sort = [
  ['createdAt', 1],
  ['_id', 1],
];

const sameShares = (one: SharesOf, other: SharesOf): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The reads and the durable write that somebody's account would take. */
async function settleNobody(deps: SettleDeps, share: Share): Promise<void> {
  const { shares, users } = deps.store;
  await users.get(share.granteeAddress);
  await sharesOf(deps, share.granteeAddress);
  await upsertNewer(shares, share._id, (current) => current && rewrittenShare(current));
}
