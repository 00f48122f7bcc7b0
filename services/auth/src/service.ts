import { availableParallelism } from 'node:os';
import type { Mailer } from '@commonpurse/shared/mail';
import { createService, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { answerMailRequest } from './accounts/request-link.ts';
import { accountRoutes } from './accounts/routes.ts';
import type { AuthDeps } from './auth-deps.ts';
import type { AuthConfig } from './config.ts';
import { keyRoutes } from './keys/routes.ts';
import { derivedKey, openSigningKey } from './keys/signing-key.ts';
import { letters } from './mails/letters.ts';
import { createOutgoingMails, type OutgoingMails } from './mails/outgoing-mails.ts';
import { openFrequentPasswords } from './passwords/frequent-passwords.ts';
import { createPasswordHashes } from './passwords/password-hashes.ts';
import { createProvePassword } from './passwords/prove-password.ts';
import { passwordRoutes } from './passwords/routes.ts';
import { type ChangeUser, createChangeUser } from './people/change-user.ts';
import { ownPeople } from './people/people.ts';
import { peopleRoutes } from './people/routes.ts';
import { createStamps } from './people/stamps.ts';
import { userOutbox } from './people/user-outbox.ts';
import { profileRoutes } from './profile/routes.ts';
import { createGuessThrottle } from './security/guess-throttle.ts';
import { createSecurityLog } from './security/security-log.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { type AuthStore, openAuthStore } from './store.ts';
import { ticketRoutes } from './tickets/routes.ts';

export interface AuthServiceDeps extends ServiceDeps {
  readonly config: AuthConfig;
  readonly mailer: Mailer;
  /** Where links in mails lead; default: PUBLIC_URL. A function where the gateway's port is known only later. */
  readonly publicUrl?: () => string;
  /** bcrypt's; default 12. Less is for tests. */
  readonly passwordCost?: number;
}

/** How many may wait for bcrypt: some 15 s of work for one core. */
const passwordsWaitingMax = 64;

export async function createAuthService(given: AuthServiceDeps): Promise<Service> {
  const store = await openAuthStore(given.documents);
  const stamps = createStamps({ ...given, store });
  const deps = authDeps(given, store, createChangeUser({ store, stamps, clock: given.clock }));
  const { signing, people, mails } = deps;
  const routes = [accountRoutes, passwordRoutes, sessionRoutes, ticketRoutes, profileRoutes].flatMap((routesOf) => routesOf(deps));
  return createService({
    name: 'auth',
    deps: given,
    endpoints: [...routes, ...keyRoutes(signing), ...peopleRoutes(people)],
    outboxes: [userOutbox(store)],
    history: store.history,
    people,
    jwks: { keyFor: async (kid) => (kid === signing.kid ? signing.publicKey : null) },
    jobs: [{ name: 'stamps', start: async () => stamps.start(), stop: () => stamps.stop() }, mails.job],
  });
}

function authDeps(given: AuthServiceDeps, store: AuthStore, changeUser: ChangeUser): AuthDeps {
  const { clock, cache, installationKey, config } = given;
  const mailTokenKey = derivedKey(installationKey, 'mail tokens');
  const concurrency = Math.max(1, availableParallelism() - 1);
  const audit = createSecurityLog(given.log);
  const hashes = createPasswordHashes({ cost: given.passwordCost ?? 12, concurrency, waitingMax: passwordsWaitingMax });
  const throttle = createGuessThrottle({ cache, failuresPerMinute: config.RATE_LIMIT_AUTH?.failuresPerMinute ?? null, audit });
  return {
    store,
    clock,
    cache,
    installationKey,
    changeUser,
    mailTokenKey,
    people: ownPeople({ store, clock }),
    hashes,
    isFrequent: openFrequentPasswords(),
    throttle,
    provePassword: createProvePassword({ store, hashes, throttle, audit }),
    mails: outgoingMails(given, { store, changeUser, mailTokenKey }),
    signing: openSigningKey(config.JWT_PRIVATE_KEY),
    refreshKey: derivedKey(installationKey, 'refresh tokens'),
    audit,
  };
}

function outgoingMails(given: AuthServiceDeps, own: { store: AuthStore; changeUser: ChangeUser; mailTokenKey: Buffer }): OutgoingMails {
  return createOutgoingMails({
    ...given,
    ...own,
    textOf: letters({ tokenKey: own.mailTokenKey, publicUrl: given.publicUrl ?? (() => given.config.PUBLIC_URL), clock: given.clock }),
    answerRequest: (request) => answerMailRequest(own, request),
  });
}
