import type { People } from '@commonpurse/shared/access';
import type { Admit, Caller } from '@commonpurse/shared/http';
import type { SecretBox } from '@commonpurse/shared/secrets';
import type { DailyCounts, SecurityLog, ServiceDeps } from '@commonpurse/shared/service';
import type { AddressRequests } from './accounts/address-requests.ts';
import type { Usage } from './admins/usage.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { OutgoingMails } from './mails/outgoing-mails.ts';
import type { PasswordHashes } from './passwords/password-hashes.ts';
import type { ProvePassword } from './passwords/prove-password.ts';
import type { ChangeUser } from './people/change-user.ts';
import type { GuessThrottle } from './security/guess-throttle.ts';
import type { TokensFor } from './sessions/tokens.ts';
import type { AuthStore } from './store.ts';

/** Everything the use cases of auth work with; each takes the part it needs. */
export interface AuthDeps extends Pick<ServiceDeps, 'clock' | 'cache' | 'log' | 'peers' | 'installationKey'> {
  /** Who sends a request that an open endpoint takes; throws 401 where nobody is signed in. */
  readonly signedIn: (raw: Parameters<Admit>[0], requestId: string) => Promise<Caller>;
  readonly store: AuthStore;
  readonly people: People;
  readonly changeUser: ChangeUser;
  readonly hashes: PasswordHashes;
  /** Whether a password, in lower case, is one that everybody uses. */
  readonly isFrequent: (lowered: string) => boolean;
  readonly throttle: GuessThrottle;
  readonly provePassword: ProvePassword;
  readonly mails: OutgoingMails;
  readonly requests: AddressRequests;
  readonly signing: SigningKeys;
  readonly refreshKey: Buffer;
  readonly mailTokenKey: Buffer;
  readonly tokensFor: TokensFor;
  readonly secrets: SecretBox;
  /** false: the operator lets nobody enrol. */
  readonly twoFactorEnabled: boolean;
  readonly audit: SecurityLog;
  readonly counts: DailyCounts;
  readonly usage: Usage;
}
