import type { CollectionDeclaration, Documents, DocumentStore, Sort } from '@commonpurse/shared/documents';
import { createHistory, type HistoryLine } from '@commonpurse/shared/messaging';
import type { AddressClaim } from './accounts/address-claim.ts';
import type { AddressRequest } from './accounts/address-request.ts';
import type { User } from './accounts/user.ts';
import type { AdminRoll } from './admins/admin-roll.ts';
import type { ActiveDay } from './admins/usage.ts';
import type { StoredSigningKey } from './keys/key-ring.ts';
import type { StampDebt } from './people/stamp-debts.ts';
import { type Share, sharesCollection } from './shares/share.ts';

/** The collections that auth owns, and what users are looked up by. */
export interface AuthStore {
  readonly users: Documents<User>;
  readonly addresses: Documents<AddressClaim>;
  readonly addressRequests: Documents<AddressRequest>;
  readonly shares: Documents<Share>;
  /** One document: who the active administrators are. */
  readonly rolls: Documents<AdminRoll>;
  readonly activeDays: Documents<ActiveDay>;
  readonly stampDebts: Documents<StampDebt>;
  readonly signingKeys: Documents<StoredSigningKey>;
  readonly history: Documents<HistoryLine>;
  /** The account an address belongs to. Two reads whether there is one or not. */
  userByAddress(addressId: string): Promise<User | null>;
  userBySession(sessionId: string): Promise<User | null>;
  userByTokenHash(hash: string): Promise<User | null>;
  userByChallengeHash(hash: string): Promise<User | null>;
  userByApiKey(keyId: string): Promise<User | null>;
  /** Those with a mail that nobody is sending any more at `instant`, by id.
   *  @param after the id of the last one already seen */
  usersWithMails(instant: string, page: { readonly after: string | null; readonly limit: number }): Promise<User[]>;
}

/** An id that no user has: an unknown address costs as many reads as a known one. */
const noUser = 'nobody';

const usersCollection: CollectionDeclaration = {
  name: 'users',
  indexes: [
    { name: 'session', fields: ['sessions.id'], sparse: true },
    { name: 'token', fields: ['tokens.hash'], sparse: true },
    { name: 'api-key', fields: ['apiKeys.id'], sparse: true },
    { name: 'challenge', fields: ['challenges.hash'], sparse: true },
    { name: 'search', fields: ['search', '_id'], sparse: true },
    { name: 'mail', fields: ['mails.claimedUntil', '_id'], sparse: true },
  ],
};

export async function openAuthStore(documents: DocumentStore): Promise<AuthStore> {
  const users = await documents.collection<User>(usersCollection);
  const addresses = await documents.collection<AddressClaim>({ name: 'addresses', indexes: [] });
  return {
    users,
    addresses,
    addressRequests: await documents.collection<AddressRequest>({ name: 'address-requests', indexes: [] }),
    shares: await documents.collection<Share>(sharesCollection),
    signingKeys: await documents.collection<StoredSigningKey>({ name: 'signing-keys', indexes: [] }),
    activeDays: await documents.collection<ActiveDay>({
      name: 'active-days',
      cold: true,
      indexes: [
        { name: 'day', fields: ['day'] },
        { name: 'user', fields: ['userId'] },
      ],
    }),
    rolls: await documents.collection<AdminRoll>({ name: 'admin-rolls', indexes: [] }),
    stampDebts: await documents.collection<StampDebt>({ name: 'stamp-debts', indexes: [] }),
    history: await createHistory(documents),
    ...queriesOf(users, addresses),
  };
}

function queriesOf(users: Documents<User>, addresses: Documents<AddressClaim>) {
  const one = async (path: string, value: string): Promise<User | null> => (await users.find({ [path]: value }, { limit: 1 }))[0] ?? null;
  const sort: Sort = [['_id', 1]];
  return {
    userByAddress: async (addressId: string) => users.get((await addresses.get(addressId))?.userId ?? noUser),
    userBySession: (sessionId: string) => one('sessions.id', sessionId),
    userByTokenHash: (hash: string) => one('tokens.hash', hash),
    userByApiKey: (keyId: string) => one('apiKeys.id', keyId),
    userByChallengeHash: (hash: string) => one('challenges.hash', hash),
    usersWithMails: (instant: string, { after, limit }: Parameters<AuthStore['usersWithMails']>[1]) =>
      users.find({ 'mails.claimedUntil': { $lte: instant } }, { sort, limit, ...(after === null ? {} : { after: [after] }) }),
  };
}
