import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { DuplicateKey, StaleVersion } from '@commonpurse/shared/documents';
import type { AuthDeps } from '../auth-deps.ts';
import { checkPassword, normalisedPassword } from '../passwords/password.ts';
import type { Client } from '../client.ts';
import { addressId } from './address.ts';
import { openedAccount, registeredAgain, type Registration } from './registration.ts';
import type { Profile } from './user.ts';

export interface RegisterCommand {
  readonly email: string;
  readonly password: string;
  readonly profile: Profile;
}
type Deps = Pick<AuthDeps, 'store' | 'clock' | 'hashes' | 'isFrequent' | 'changeUser' | 'mails' | 'mailTokenKey' | 'audit'>;

/** Opens an account, or tells the owner of the one there is. Known and unknown addresses take the same way: one hash, two reads, two
 *  durable writes, and a mail that goes out afterwards. */
export async function registerAccount(deps: Deps, command: RegisterCommand, client: Client): Promise<void> {
  const password = normalisedPassword(command.password);
  checkPassword('/password', password, command.email, deps.isFrequent);
  const passwordHash = await deps.hashes.hash(password);
  const asked: Registration = { email: command.email, passwordHash, profile: command.profile, mailId: randomUUID() };
  const userId = await claimAddress(deps, addressId(command.email));
  await saveRegistration(deps, userId, asked, client);
  deps.mails.send(userId, asked.mailId);
}

/** The account that the address belongs to from now on, whether or not it was claimed before. Always one durable write. */
async function claimAddress({ store }: Deps, _id: string): Promise<string> {
  for (;;) {
    const claim = await store.addresses.get(_id);
    try {
      const { userId, version } = claim ?? { userId: randomUUIDv7(), version: 0 };
      const draft = { _id, userId, version: version + 1 };
      await (claim === null ? store.addresses.insert(draft) : store.addresses.replace(draft, version));
      return userId;
    } catch (error) {
      if (!(error instanceof DuplicateKey) && !(error instanceof StaleVersion)) throw error;
    }
  }
}

/** Always one durable write. */
async function saveRegistration(deps: Deps, userId: string, asked: Registration, client: Client): Promise<void> {
  const { store, clock, changeUser, mailTokenKey, audit } = deps;
  const facts = { userId, requestId: client.requestId, ip: client.ip };
  const again = (): ReturnType<typeof changeUser<boolean>> =>
    changeUser(userId, { by: userId, requestId: client.requestId }, (user, nowMs) => ({
      change: registeredAgain(user, asked, mailTokenKey, nowMs),
      result: user.verifiedAt === null,
    }));
  const known = await again();
  if (known) return audit.info(known.result ? 'user_registered' : 'user_registration_existing', facts);
  try {
    await store.users.insert(openedAccount(userId, asked, mailTokenKey, clock.now()));
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    await again();
  }
  audit.info('user_registered', facts);
}
