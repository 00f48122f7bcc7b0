import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { type Draft, DuplicateKey } from '@commonpurse/shared/documents';
import { instantOf } from '@commonpurse/shared/service';
import type { AuthDeps } from '../auth-deps.ts';
import { checkPassword, normalisedPassword } from '../passwords/password.ts';
import type { Client } from '../client.ts';
import { addressId } from './address.ts';
import type { RegistrationRequest } from './address-request.ts';
import { openedAccount, registeredAgain } from './registration.ts';
import type { Profile } from './user.ts';

interface RegisterCommand {
  readonly email: string;
  readonly password: string;
  readonly profile: Profile;
}

/** Notes that somebody wants an account. One hash and one durable write for any address; whether it has an account is looked up afterwards. */
export async function requestRegistration(
  { store, clock, hashes, isFrequent, requests }: Pick<AuthDeps, 'store' | 'clock' | 'hashes' | 'isFrequent' | 'requests'>,
  { email, password: given, profile }: RegisterCommand,
  { requestId, ip }: Client,
): Promise<void> {
  const password = normalisedPassword(given);
  checkPassword('/password', password, email, isFrequent);
  const registration = { email, passwordHash: await hashes.hash(password), profile, mailId: randomUUID() };
  const asked = { address: addressId(email), requestId, ip, at: instantOf(clock) };
  const request: Draft<RegistrationRequest> = { _id: randomUUIDv7(), version: 1, kind: 'register', ...asked, registration };
  requests.take(await store.addressRequests.insert(request));
}

type Deps = Pick<AuthDeps, 'store' | 'clock' | 'changeUser' | 'mails' | 'mailTokenKey' | 'audit'>;

/** Opens the account that was asked for, or tells the owner of the one there is. */
export async function registerAccount(deps: Deps, request: RegistrationRequest): Promise<void> {
  const userId = await claimAddress(deps, request.address);
  await saveRegistration(deps, userId, request);
  deps.mails.send(userId, request.registration.mailId);
}

/** The account that the address belongs to from now on, whether or not it was claimed before. */
async function claimAddress({ store }: Deps, _id: string): Promise<string> {
  for (;;) {
    const claim = await store.addresses.get(_id);
    if (claim !== null) return claim.userId;
    try {
      return (await store.addresses.insert({ _id, userId: randomUUIDv7(), version: 1 })).userId;
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
    }
  }
}

async function saveRegistration(deps: Deps, userId: string, { registration, requestId, ip }: RegistrationRequest): Promise<void> {
  const { store, clock, changeUser, mailTokenKey, audit } = deps;
  const facts = { userId, requestId, ip };
  const again = (): ReturnType<typeof changeUser<boolean>> =>
    changeUser(userId, { by: userId, requestId }, (user, nowMs) => ({
      change: registeredAgain(user, registration, mailTokenKey, nowMs),
      result: user.verifiedAt === null,
    }));
  const known = await again();
  if (known) return audit.info(known.result ? 'user_registered' : 'user_registration_existing', facts);
  try {
    await store.users.insert(openedAccount(userId, registration, mailTokenKey, clock.now()));
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    await again();
  }
  audit.info('user_registered', facts);
}
