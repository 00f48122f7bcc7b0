import { hash } from 'node:crypto';
import type { ServiceDeps } from '@commonpurse/shared/service';

/** What the security log tells of, in OWASP's logging vocabulary; those after the limits are words of our own. */
export type SecurityEvent =
  | 'user_created'
  | 'user_updated'
  | 'authz_change'
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_password_change'
  | 'authn_token_created'
  | 'authn_token_revoked'
  | 'authn_token_reuse'
  | 'session_renewed'
  | 'authz_fail'
  | 'authz_admin'
  | 'privilege_permissions_changed'
  | 'excess_rate_limit_exceeded'
  | 'user_disabled'
  | 'user_enabled'
  | 'crypt_key_rotated'
  | 'authn_two_factor_begun'
  | 'authn_two_factor_enabled'
  | 'authn_two_factor_disabled'
  | 'authn_recovery_codes_replaced'
  | 'authn_key_used'
  | 'authn_token_invalid'
  | 'authn_link_requested'
  | 'user_registered'
  | 'user_registration_existing';

export interface SecurityFacts {
  readonly requestId: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly keyId?: string;
  /** Who or what it was done to, where that is another account. */
  readonly target?: string;
  readonly ip?: string;
  /** Addresses are not written down; the same one has the same fingerprint. */
  readonly account?: string;
  readonly reason?: string;
  /** Id of the share that was granted, changed, revoked or left. */
  readonly share?: string;
}

/** Who did what to which account, never with what secret. */
export interface SecurityLog {
  info(event: SecurityEvent, facts: SecurityFacts): void;
  warn(event: SecurityEvent, facts: SecurityFacts): void;
}

/** @param heard is told of everything that is written */
export function createSecurityLog(log: ServiceDeps['log'], heard: SecurityLog['info'] = () => undefined): SecurityLog {
  const security = log.child({ stream: 'security' });
  const write =
    (level: 'info' | 'warn'): SecurityLog['info'] =>
    (event, facts) => {
      security[level]({ event, ...facts }, event);
      heard(event, facts);
    };
  return { info: write('info'), warn: write('warn') };
}

/** Names an address in the log without writing it down. */
export const accountFingerprint = (addressId: string): string => hash('sha256', addressId, 'hex').slice(0, 16);
