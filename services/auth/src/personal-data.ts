import { type JsonObject, upsertNewer } from '@commonpurse/shared/documents';
import { type AnyPart, createPersonalData, idsBelow, type Part, type PersonalData, withHistory } from '@commonpurse/shared/personal-data';
import { instantOf } from '@commonpurse/shared/service';
import { addressId } from './accounts/address.ts';
import { erasedUser, isErased } from './accounts/erased-user.ts';
import type { User } from './accounts/user.ts';
import { rollWithout } from './admins/admin-roll.ts';
import { settlePerson, type SettleDeps } from './shares/settle-share.ts';
import { endedShare, type Share } from './shares/share.ts';
import type { AuthStore } from './store.ts';

type PersonalDeps = Omit<SettleDeps, 'store'> & { readonly store: AuthStore };

/** What auth keeps of a person. The account goes last: it is what their addresses are found by. */
export function authPersonalData(deps: PersonalDeps): PersonalData {
  const { activeDays, stampDebts, rolls } = deps.store;
  const parts: readonly AnyPart[] = [
    { documents: activeDays, where: (userId) => [{ userId }] },
    { documents: stampDebts, where: (userId) => [idsBelow(userId)] },
    {
      documents: rolls,
      where: (userId) => [{ userIds: userId }, { 'pending.userId': userId }],
      show: () => ({ role: 'admin' }),
      leave: rollWithout,
    },
    sharesPart(deps),
    accountPart(deps.store),
  ];
  return createPersonalData(parts);
}

/** What they share and what is shared with them. It has left the other one's account before it goes. */
function sharesPart(deps: PersonalDeps): Part<Share> {
  const { shares, history } = deps.store;
  const { belongings, before } = withHistory<Share>(history);
  return {
    documents: shares,
    where: (userId) => [{ ownerId: userId }, { granteeId: userId }],
    sort: [
      ['endedAt', 1],
      ['createdAt', 1],
      ['_id', 1],
    ],
    belongings,
    show: shownShare,
    before: async (share, userId) => {
      await before(share, userId);
      const at = instantOf(deps.clock);
      await upsertNewer(
        shares,
        share._id,
        (current) => (current?.endedAt === undefined ? current && endedShare(current, at) : null),
        share,
      );
      const other = share.ownerId === userId ? share.granteeId : share.ownerId;
      if (other !== null) await settlePerson(deps, other, { by: 'system', requestId: 'user-erased' });
    },
  };
}

function accountPart({ users, addresses, shares, history }: AuthStore): Part<User> {
  const { belongings, before } = withHistory<User>(history);
  const claim: AnyPart<User> = {
    documents: addresses,
    where: ({ _id: userId, email }) => [{ _id: addressId(email), userId }],
  };
  const invitations: AnyPart<User> = {
    documents: shares,
    where: ({ email }) => [{ granteeAddress: addressId(email), granteeId: null }],
    show: () => null,
    ...withHistory<Share>(history),
  };
  return {
    documents: users,
    where: (userId) => [{ _id: userId }],
    belongings: [...belongings, claim, invitations],
    before,
    show: (user) => (isErased(user) ? null : shownUser(user)),
    leave: (user) => (isErased(user) ? null : erasedUser(user)),
  };
}

const shownShare = ({ _id: id, ownerId, granteeEmail, access, scope, expiresAt, createdAt, endedAt }: Share): JsonObject => ({
  id,
  ownerId,
  granteeEmail,
  access,
  expiresAt,
  createdAt,
  endedAt,
  scope: { ...scope },
});

/** Without what only we are to know, or what is to be known by nobody: hashes, seeds, tokens. */
const shownUser = ({
  _id: id,
  email,
  profile,
  verifiedAt,
  role,
  status,
  createdAt,
  sessions,
  devices,
  apiKeys = [],
}: User): JsonObject => ({
  id,
  email,
  verifiedAt,
  role,
  status,
  createdAt,
  profile: { ...profile },
  sessions: sessions.map(({ id: session, deviceName, createdAt: since, lastUsedAt, ip }) => ({
    id: session,
    deviceName,
    createdAt: since,
    lastUsedAt,
    ip,
  })),
  devices: devices.map(({ network, lastAt }) => ({ network, lastAt })),
  apiKeys: apiKeys.map(({ id: key, name, createdAt: since, lastUsedAt }) => ({ id: key, name, createdAt: since, lastUsedAt })),
});

/** Collections that hold nothing of anybody, beside those that every service has, and why. */
export const holdsNobody: Readonly<Record<string, string>> = {
  'address-requests': 'what somebody asked for an address, whosever it is: carried out and removed at once',
  'signing-keys': 'keys of the installation',
};
