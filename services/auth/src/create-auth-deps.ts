import { availableParallelism } from 'node:os';
import type { People } from '@commonpurse/shared/access';
import {
  bearerOf,
  createAdmit,
  createVerifyBearer,
  type Jwks,
  keyIsNotEnough,
  looksLikeApiKey,
  unauthenticated,
} from '@commonpurse/shared/http';
import type { SecretBox } from '@commonpurse/shared/secrets';
import { createSecurityLog, type DailyCounts, securityStream } from '@commonpurse/shared/service';
import { type AddressRequests, createAddressRequests } from './accounts/address-requests.ts';
import { registerAccount } from './accounts/register-account.ts';
import { mailLink } from './accounts/request-link.ts';
import { createUsage } from './admins/usage.ts';
import { findLivingKey } from './api-keys/exchange-api-key.ts';
import type { AuthDeps } from './auth-deps.ts';
import { derivedKey } from './keys/signing-key.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import { letters } from './mails/letters.ts';
import { createOutgoingMails, type OutgoingMails } from './mails/outgoing-mails.ts';
import { openFrequentPasswords } from './passwords/frequent-passwords.ts';
import { type Bcrypt, createPasswordHashes, type PasswordHashes } from './passwords/password-hashes.ts';
import { createProvePassword } from './passwords/prove-password.ts';
import type { ChangeUser } from './people/change-user.ts';
import { ownPeople } from './people/people.ts';
import { createGuessThrottle } from './security/guess-throttle.ts';
import type { AuthServiceDeps } from './service.ts';
import { createTokensFor } from './sessions/tokens.ts';
import type { AuthStore } from './store.ts';

/** How many may wait for bcrypt, and how long: who waits longer than the gateway does gets no answer at all. */
const waitingPasswords = { waitingMax: 64, waitMsMax: 15_000 };

interface AuthGround {
  readonly store: AuthStore;
  readonly changeUser: ChangeUser;
  readonly counts: DailyCounts;
  readonly signing: SigningKeys;
  readonly secrets: SecretBox;
  readonly bcrypt: Bcrypt;
}

/** Everything the use cases work with, made of what the service is given and its store. */
export function createAuthDeps(given: AuthServiceDeps, { store, changeUser, counts, signing, secrets, bcrypt }: AuthGround): AuthDeps {
  const { clock, cache, log, peers, installationKey, config } = given;
  const mailTokenKey = derivedKey(installationKey, 'mail tokens');
  const refreshKey = derivedKey(installationKey, 'refresh tokens');
  const people = ownPeople({ store, clock });
  const usage = createUsage({ activeDays: store.activeDays, counts, clock, log });
  const audit = createSecurityLog(securityStream(given, 'auth'), usage.heard);
  const hashes = passwordHashes(given, bcrypt);
  const mails = outgoingMails(given, { store, changeUser, mailTokenKey });
  const throttle = createGuessThrottle({ cache, failuresPerMinute: config.RATE_LIMIT_AUTH?.failuresPerMinute ?? null, audit });
  return {
    store,
    clock,
    cache,
    log,
    peers,
    installationKey,
    changeUser,
    mailTokenKey,
    refreshKey,
    signing,
    people,
    audit,
    counts,
    usage,
    hashes,
    throttle,
    signedIn: createSignedIn(given, { store, audit, people, jwks: signing.verification }),
    isFrequent: openFrequentPasswords(),
    provePassword: createProvePassword({ store, hashes, throttle, audit }),
    mails,
    requests: addressRequests(given, { store, changeUser, mailTokenKey, clock, mails, audit }),
    tokensFor: createTokensFor({ signing, refreshKey, clock }),
    secrets,
    twoFactorEnabled: config.TWO_FACTOR_ENABLED ?? config['2FA_ENABLED'] ?? true,
  };
}

interface SignedInGround extends Pick<AuthDeps, 'store' | 'audit'> {
  readonly people: People;
  readonly jwks: Jwks;
}

/** The gateway exchanges no key for what is open, so one comes here as it is; whether it lives or not, it signs nobody in. */
function createSignedIn({ clock, internalKey }: AuthServiceDeps, { store, audit, people, jwks }: SignedInGround): AuthDeps['signedIn'] {
  const verify = createVerifyBearer({ jwks, clock });
  const admit = createAdmit({
    self: 'auth',
    internalKey,
    clock,
    verify,
    identify: (claims, requestId) => people.identify(claims, requestId),
  });
  return async (raw, requestId) => {
    const token = bearerOf(raw.headers.authorization);
    if (token === null || !looksLikeApiKey(token)) return (await admit(raw, 'session', requestId))!;
    const living = await findLivingKey({ store, clock, audit }, token, requestId);
    if (living === null) throw unauthenticated();
    throw keyIsNotEnough(living.user._id);
  };
}

function outgoingMails(given: AuthServiceDeps, own: Pick<AuthDeps, 'store' | 'changeUser' | 'mailTokenKey'>): OutgoingMails {
  const publicUrl = given.publicUrl ?? (() => given.config.PUBLIC_URL ?? 'http://localhost:8080');
  const textOf = letters({ tokenKey: own.mailTokenKey, publicUrl, clock: given.clock });
  return createOutgoingMails({ ...given, ...own, textOf });
}

type ToFulfil = Pick<AuthDeps, 'store' | 'clock' | 'changeUser' | 'mailTokenKey' | 'mails' | 'audit'>;

function addressRequests({ log, clock }: AuthServiceDeps, own: ToFulfil): AddressRequests {
  return createAddressRequests({
    log,
    clock,
    store: own.store,
    fulfil: (request) => (request.kind === 'register' ? registerAccount(own, request) : mailLink(own, request)),
  });
}

/** As many at once as there are cores but one; each has a thread, which holds some megabytes, so a few at most. */
function passwordHashes({ passwordCost = 12, clock }: AuthServiceDeps, bcrypt: Bcrypt): PasswordHashes {
  const concurrency = Math.min(Math.max(1, availableParallelism() - 1), 4);
  return createPasswordHashes({ bcrypt, cost: passwordCost, concurrency, ...waitingPasswords, clock });
}
