import { Refusal } from '@commonpurse/shared/http';
import { generateSecret } from 'otplib';
import { renderSVG } from 'uqr';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import { wrongPassword } from '../passwords/password.ts';
import type { SignedIn } from '../passwords/prove-password.ts';
import { demandSession } from '../sessions/session.ts';
import { otpauthUrl } from './totp.ts';
import { isOn, seedPlace } from './two-factor.ts';

/** What an authenticator app takes: by hand, by link, by camera. Shown once. */
interface Enrolment {
  readonly secret: string;
  readonly otpauthUrl: string;
  /** An SVG data URL. */
  readonly qrCode: string;
}
type Deps = Pick<AuthDeps, 'provePassword' | 'changeUser' | 'secrets' | 'twoFactorEnabled' | 'audit'>;

/** Draws a seed for the account's codes. Nothing asks for a code until one was shown to come out of it; beginning again draws another. */
export async function beginEnrolment(deps: Deps, who: SignedIn, password: string, client: Client): Promise<Enrolment> {
  refuseWhenOff(deps);
  const proven = await deps.provePassword(who, password, client);
  const seed = generateSecret();
  const { userId } = who;
  await deps.changeUser(userId, { by: userId, requestId: client.requestId }, (user) => {
    demandSession(user, who.sessionId);
    if (user.passwordHash !== proven.passwordHash) throw wrongPassword();
    if (isOn(user.twoFactor)) throw alreadyOn();
    const sealed = deps.secrets.seal(seed, seedPlace(userId));
    return { change: { twoFactor: { seed: sealed, enabledAt: null, usedStep: null, recoveryHashes: [] } }, result: null };
  });
  deps.audit.info('authn_two_factor_begun', { ...who, requestId: client.requestId, ip: client.ip });
  const url = otpauthUrl(seed, proven.email);
  return {
    secret: seed,
    otpauthUrl: url,
    qrCode: `data:image/svg+xml;base64,${Buffer.from(renderSVG(url, { border: 2 })).toString('base64')}`,
  };
}

/** @throws Refusal 403 where the operator switched enrolling off; who is enrolled stays protected */
export function refuseWhenOff({ twoFactorEnabled }: Pick<AuthDeps, 'twoFactorEnabled'>): void {
  if (!twoFactorEnabled) throw new Refusal('feature-disabled', 'Two-factor login can not be switched on here');
}

export const alreadyOn = (): Refusal => new Refusal('two-factor-enabled', 'Two-factor login is on already; switch it off first');
