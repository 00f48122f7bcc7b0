import type { Mailer } from '@commonpurse/shared/mail';
import { createSecretBox } from '@commonpurse/shared/secrets';
import { createService, type Job, openDailyCounts, type Service, type ServiceDeps } from '@commonpurse/shared/service';
import { createUserIndexing } from './admins/index-users.ts';
import type { AuthConfig } from './config.ts';
import { createAuthDeps } from './create-auth-deps.ts';
import { openSigningKey } from './keys/signing-key.ts';
import { openSigningKeys } from './keys/signing-keys.ts';
import { createChangeUser } from './people/change-user.ts';
import { peopleRoutes } from './people/routes.ts';
import { createStamps } from './people/stamps.ts';
import { type BcryptThreads, openBcryptThreads } from './passwords/open-bcrypt-threads.ts';
import { userOutbox } from './people/user-outbox.ts';
import { authPersonalData } from './personal-data.ts';
import { authRoutes } from './routes.ts';
import { shareOutbox, welcoming, withInvitations } from './shares/share-outbox.ts';
import { openAuthStore } from './store.ts';

export interface AuthServiceDeps extends ServiceDeps {
  readonly config: AuthConfig;
  readonly mailer: Mailer;
  /** Where links in mails lead; default: PUBLIC_URL. A function where the gateway's port is known only later. */
  readonly publicUrl?: () => string;
  /** Default: threads of its own. Tests do without. */
  readonly bcrypt?: BcryptThreads;
  /** bcrypt's; default 12. Less is for tests. */
  readonly passwordCost?: number;
}

/** The auth service: accounts, sessions, two-factor login, API keys, shares, administrators, and who people are for all other services. */
export async function createAuthService(given: AuthServiceDeps): Promise<Service> {
  const store = await openAuthStore(given.documents);
  const stamps = createStamps({ ...given, store });
  const settling = { store, clock: given.clock, changeUser: createChangeUser({ store, stamps, clock: given.clock }) };
  const counts = await openDailyCounts(given);
  const secrets = createSecretBox(given.config.ENCRYPTION_KEYS);
  const configured = openSigningKey(given.config.JWT_PRIVATE_KEY);
  const signing = await openSigningKeys({ ...given, store, secrets, configured });
  const bcrypt = given.bcrypt ?? openBcryptThreads();
  const deps = createAuthDeps(given, { store, changeUser: welcoming(settling), counts, signing, secrets, bcrypt });
  const { people, mails, requests } = deps;
  return createService({
    name: 'auth',
    deps: given,
    endpoints: [...authRoutes(deps), ...peopleRoutes(people)],
    outboxes: [withInvitations(userOutbox(store), settling), shareOutbox(settling)],
    history: store.history,
    personal: authPersonalData(settling),
    counts,
    people,
    jwks: signing.verification,
    jobs: [
      { name: 'stamps', start: async () => stamps.start(), stop: () => stamps.stop() },
      // of all that runs beside the requests only this needs passwords
      closing(bcrypt, requests.job),
      mails.job,
      signing.job,
      deps.usage.job,
      createUserIndexing(deps),
    ],
  });
}

const closing = (threads: BcryptThreads, job: Job): Job => ({
  ...job,
  stop: async () => {
    try {
      await job.stop();
    } finally {
      await threads.close();
    }
  },
});
