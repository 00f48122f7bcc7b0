import { type Caller, createOnce, fingerprintOf, idempotentId, invalid, notFound, type Refusal } from '@commonpurse/shared/http';
import { instantOf } from '@commonpurse/shared/service';
import { addressId } from '../accounts/address.ts';
import { bindShare } from './bind-shares.ts';
import { checkTerms, termsAsked } from './check-terms.ts';
import { demandBrevity, demandPlace } from './demand-room.ts';
import type { NewShareRequest } from './schemas.ts';
import { firstShare, type Grantee, newShare, type Share } from './share.ts';
import { shareEntry } from './share-entry.ts';
import type { SharesDeps } from './shares-deps.ts';
import { settleShare } from './settle-share.ts';

interface CreateShare {
  readonly caller: Caller;
  readonly body: NewShareRequest;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

/** Shares something, once for each idempotency key. It holds by the time this resolves; where the address is nobody's yet it waits for them.
 *  Refuses: 400, 404 for an unknown `granteeId`, 409 beyond 200 living shares or 64 KiB of scopes for one person, 422 `idempotency-key-reused`. */
export async function createShare(deps: SharesDeps, command: CreateShare): Promise<{ share: Share; replayed: boolean }> {
  const { store, clock, installationKey } = deps;
  const { caller, body, requestId, idempotencyKey: key } = command;
  const id = idempotentId({ installationKey, userId: caller.userId, method: 'POST', route: '/users/share-permission', key });
  // What was good the first time need not be so any more; a repeated request is not judged again.
  const known = key === null ? null : await store.shares.get(id);
  // Before who it is for: what is wrong with the terms is said before that there is no such person.
  const terms = known === null ? await checkTerms(deps, caller.userId, body, requestId) : termsAsked(body);
  const grantee = await granteeOf(deps, caller, body);
  const at = instantOf(clock);
  const draft = {
    ...newShare(terms, { id, ownerId: caller.userId, grantee, showsId: 'granteeId' in body, at }),
    ...(key === null ? {} : { ownerNameFirst: caller.person.displayName }),
  };
  const origin = { by: caller.userId, requestId };
  const { doc, replayed } = await createOnce({
    documents: store.shares,
    draft,
    entries: [shareEntry(draft, null, 'granted', origin, at)],
    fingerprint: key === null ? null : fingerprintOf({ ...terms, grantee: 'granteeId' in body ? body.granteeId : grantee.address }),
    firstState: firstShare,
    demandRoom: async () => {
      await demandPlace(deps, caller.userId);
      await demandBrevity(deps, draft);
    },
  });
  // Also of a repeated request: the first may have died before this.
  await settleShare(deps, (await bindShare(deps, id, origin)) ?? doc, origin);
  return { share: doc, replayed };
}

async function granteeOf({ store }: SharesDeps, caller: Caller, body: NewShareRequest): Promise<Grantee> {
  if ('granteeId' in body) {
    if (body.granteeId === caller.userId) throw oneself('/granteeId');
    const user = await store.users.get(body.granteeId);
    if (user === null || user.personVersion === 0) throw notFound();
    return { email: user.email, address: addressId(user.email), id: user._id };
  }
  const address = addressId(body.granteeEmail);
  if (address === addressId(caller.person.email)) throw oneself('/granteeEmail');
  const user = await store.userByAddress(address);
  return { email: body.granteeEmail, address, id: user !== null && user.personVersion > 0 ? user._id : null };
}

const oneself = (path: string): Refusal => invalid(path, 'grantee-is-owner', 'It is yours already');
