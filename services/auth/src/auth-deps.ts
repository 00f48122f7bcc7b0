import type { People } from '@commonpurse/shared/access';
import type { ServiceDeps } from '@commonpurse/shared/service';
import type { SigningKey } from './keys/signing-key.ts';
import type { OutgoingMails } from './mails/outgoing-mails.ts';
import type { PasswordHashes } from './passwords/password-hashes.ts';
import type { ProvePassword } from './passwords/prove-password.ts';
import type { ChangeUser } from './people/change-user.ts';
import type { GuessThrottle } from './security/guess-throttle.ts';
import type { SecurityLog } from './security/security-log.ts';
import type { AuthStore } from './store.ts';

/** Everything the use cases of auth work with; each takes the part it needs. */
export interface AuthDeps extends Pick<ServiceDeps, 'clock' | 'cache' | 'installationKey'> {
  readonly store: AuthStore;
  readonly people: People;
  readonly changeUser: ChangeUser;
  readonly hashes: PasswordHashes;
  /** Whether a password, in lower case, is one that everybody uses. */
  readonly isFrequent: (lowered: string) => boolean;
  readonly throttle: GuessThrottle;
  readonly provePassword: ProvePassword;
  readonly mails: OutgoingMails;
  readonly signing: SigningKey;
  readonly refreshKey: Buffer;
  readonly mailTokenKey: Buffer;
  readonly audit: SecurityLog;
}
