import { randomBytes } from 'node:crypto';
import { Refusal } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import type { SignedIn } from '../passwords/prove-password.ts';
import { alreadyOn, refuseWhenOff } from './begin-enrolment.ts';
import { proveCode, type ProveCodeDeps } from './prove-code.ts';
import { recoveryCode, recoveryCodesCount, recoveryHash } from './recovery-code.ts';
import { isOn, type TwoFactor } from './two-factor.ts';

/** A first code shows that the app has the seed: from here on a login needs one. The recovery codes are shown this once. */
export async function confirmEnrolment(
  deps: ProveCodeDeps & Pick<AuthDeps, 'twoFactorEnabled'>,
  who: SignedIn,
  code: string,
  client: Client,
): Promise<string[]> {
  refuseWhenOff(deps);
  const { codes, hashes } = drawRecoveryCodes(who.userId);
  await proveCode(deps, { who, code, client }, begun, (_user, left, nowMs) => ({
    change: { twoFactor: { ...left, enabledAt: new Date(nowMs).toISOString(), recoveryHashes: hashes } },
    told: { action: 'two-factor-enabled', change: null },
    showsInProfile: true,
    result: null,
  }));
  deps.audit.info('authn_two_factor_enabled', { ...who, requestId: client.requestId, ip: client.ip });
  return codes;
}

function begun({ twoFactor }: User): TwoFactor {
  if (isOn(twoFactor)) throw alreadyOn();
  if (!twoFactor) throw new Refusal('two-factor-disabled', 'Begin with POST /auth/enable-2fa');
  return twoFactor;
}

export function drawRecoveryCodes(userId: string): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: recoveryCodesCount }, () => recoveryCode(randomBytes(16)));
  return { codes, hashes: codes.map((code) => recoveryHash(userId, code)) };
}
