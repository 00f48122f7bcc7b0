import { hash } from 'node:crypto';
import type { ServiceDeps } from '@commonpurse/shared/service';

/** What the security log tells of, in OWASP's logging vocabulary. */
export type SecurityEvent =
  | 'user_registered'
  | 'user_registration_existing'
  | 'user_verified'
  | 'user_updated'
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_login_refused'
  | 'authn_login_throttled'
  | 'authn_token_created'
  | 'authn_token_reuse'
  | 'authn_token_invalid'
  | 'session_revoked'
  | 'session_ticket_issued';

export interface SecurityFacts {
  readonly requestId: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly ip?: string;
  /** Addresses are not written down; the same one has the same fingerprint. */
  readonly account?: string;
  readonly reason?: string;
}

/** Who did what to which account, never with what secret. */
export interface SecurityLog {
  info(event: SecurityEvent, facts: SecurityFacts): void;
  warn(event: SecurityEvent, facts: SecurityFacts): void;
}

export function createSecurityLog(log: ServiceDeps['log']): SecurityLog {
  const security = log.child({ stream: 'security' });
  return {
    info: (event, facts) => security.info({ event, ...facts }, event),
    warn: (event, facts) => security.warn({ event, ...facts }, event),
  };
}

/** Names an address in the log without writing it down. */
export const accountFingerprint = (addressId: string): string => hash('sha256', addressId, 'hex').slice(0, 16);
