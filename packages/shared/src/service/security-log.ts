import type { Logger } from 'pino';
import type { Observation } from '../http/create-app.ts';
import { refusalOf } from '../http/problem.ts';

/** What the security log tells of, in the words of OWASP's Logging Vocabulary as far as it has them; the second half are our own. */
export type SecurityEvent =
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_password_change'
  | 'authn_token_created'
  | 'authn_token_revoked'
  | 'authn_token_reuse'
  | 'authz_fail'
  | 'authz_change'
  | 'authz_admin'
  | 'excess_rate_limit_exceeded'
  | 'privilege_permissions_changed'
  | 'session_renewed'
  | 'user_created'
  | 'user_updated'
  | 'authn_token_invalid'
  | 'authn_link_requested'
  | 'authn_key_used'
  | 'authn_two_factor_begun'
  | 'authn_two_factor_enabled'
  | 'authn_two_factor_disabled'
  | 'authn_recovery_codes_replaced'
  | 'crypt_key_rotated'
  | 'user_registered'
  | 'user_registration_existing'
  | 'user_disabled'
  | 'user_enabled';

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
  /** How often, where one line stands for several. */
  readonly times?: number;
  /** Id of the share that was granted, changed, revoked or left. */
  readonly share?: string;
}

/** Facts are often made from a caller, who carries a whole person along: nothing but these is written down. */
const factNames: Readonly<Record<keyof SecurityFacts, true>> = {
  requestId: true,
  userId: true,
  sessionId: true,
  keyId: true,
  target: true,
  ip: true,
  account: true,
  reason: true,
  times: true,
  share: true,
};

/** Who did what to which account, never with what secret. */
export interface SecurityLog {
  info(event: SecurityEvent, facts: SecurityFacts): void;
  warn(event: SecurityEvent, facts: SecurityFacts): void;
}

/** A log of its own: whoever looks for an attack reads this one alone, and its level is not that of the rest.
 *  @param heard is told of everything that is written */
export function createSecurityLog(log: Logger, heard: SecurityLog['info'] = () => undefined): SecurityLog {
  const write =
    (level: 'info' | 'warn'): SecurityLog['info'] =>
    (event, facts) => {
      const told = Object.fromEntries(Object.entries(facts).filter(([name]) => Object.hasOwn(factNames, name)));
      log[level]({ event, ...told }, event);
      heard(event, facts);
    };
  return { info: write('info'), warn: write('warn') };
}

/** The stream to write to: the one that was given for it, otherwise lines of the service's log that say so. */
export const securityStream = (
  { securityLog, log }: { readonly securityLog?: Logger | undefined; readonly log: Logger },
  service: string,
): Logger => securityLog?.child({ service }) ?? log.child({ service, stream: 'security' });

/** Writes down who was refused what they asked for. That nothing was found may be a guessed id, or a link to what is gone. */
export function auditRefusals(audit: SecurityLog): (observation: Observation) => void {
  return ({ error, status, userId, requestId, method, route }) => {
    if (userId === null || (status !== 403 && status !== 404)) return;
    const code = refusalOf(error)?.code;
    if (code === undefined) return;
    const facts = { userId, requestId, reason: `${code}: ${method} ${route}` };
    if (code === 'not-found') audit.info('authz_fail', facts);
    else if (code === 'forbidden' || code === 'insufficient-scope') audit.warn('authz_fail', facts);
  };
}
