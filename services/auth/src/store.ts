import type { Documents, DocumentStore } from '@commonpurse/shared/documents';
import { createHistory, type HistoryLine } from '@commonpurse/shared/messaging';
import type { AddressClaim } from './accounts/address-claim.ts';
import type { User } from './accounts/user.ts';
import type { MailRequest } from './mails/mail-request.ts';
import { type Share, sharesCollection } from './shares/share.ts';

export interface AuthStore {
  readonly users: Documents<User>;
  readonly addresses: Documents<AddressClaim>;
  readonly mailRequests: Documents<MailRequest>;
  readonly shares: Documents<Share>;
  readonly history: Documents<HistoryLine>;
  /** The account an address belongs to. Two reads whether there is one or not. */
  userByAddress(addressId: string): Promise<User | null>;
  userBySession(sessionId: string): Promise<User | null>;
  userByTokenHash(hash: string): Promise<User | null>;
  userByChallengeHash(hash: string): Promise<User | null>;
  userByApiKey(keyId: string): Promise<User | null>;
  /** Those with a mail that nobody is sending any more at `instant`. */
  usersWithMails(instant: string, limit: number): Promise<User[]>;
}

/** Nobody's id. */
const noUser = 'nobody';

export async function openAuthStore(documents: DocumentStore): Promise<AuthStore> {
  const users = await documents.collection<User>({
    name: 'users',
    indexes: [
      { name: 'session', fields: ['sessions.id'], sparse: true },
      { name: 'token', fields: ['tokens.hash'], sparse: true },
      { name: 'api-key', fields: ['apiKeys.id'], sparse: true },
      { name: 'challenge', fields: ['challenges.hash'], sparse: true },
      { name: 'mail', fields: ['mails.claimedUntil', '_id'], sparse: true },
    ],
  });
  const addresses = await documents.collection<AddressClaim>({ name: 'addresses', indexes: [] });
  const shares = await documents.collection<Share>(sharesCollection);
  const mailRequests = await documents.collection<MailRequest>({ name: 'mail-requests', indexes: [] });
  const one = async (path: string, value: string): Promise<User | null> => (await users.find({ [path]: value }, { limit: 1 }))[0] ?? null;
  return {
    users,
    addresses,
    mailRequests,
    shares,
    history: await createHistory(documents),
    userByAddress: async (addressId) => users.get((await addresses.get(addressId))?.userId ?? noUser),
    userBySession: (sessionId) => one('sessions.id', sessionId),
    userByTokenHash: (hash) => one('tokens.hash', hash),
    userByApiKey: (keyId) => one('apiKeys.id', keyId),
    userByChallengeHash: (hash) => one('challenges.hash', hash),
    usersWithMails: (instant, limit) =>
      users.find(
        { 'mails.claimedUntil': { $lte: instant } },
        {
          sort: [
            ['mails.claimedUntil', 1],
            ['_id', 1],
          ],
          limit,
        },
      ),
  };
}
