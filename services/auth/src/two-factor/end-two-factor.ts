import { Refusal } from '@commonpurse/shared/http';
import type { User } from '../accounts/user.ts';
import type { AuthDeps } from '../auth-deps.ts';
import type { Client } from '../client.ts';
import { wrongPassword } from '../passwords/password.ts';
import type { SignedIn } from '../passwords/prove-password.ts';
import { drawRecoveryCodes } from './confirm-enrolment.ts';
import { proveCode, type ProveCodeDeps } from './prove-code.ts';
import { isOn, type TwoFactor } from './two-factor.ts';

interface BothFactors {
  readonly password: string;
  readonly code: string;
}
type Deps = ProveCodeDeps & Pick<AuthDeps, 'provePassword'>;

/** Switches two-factor login off, with both factors. */
export async function endTwoFactor(deps: Deps, who: SignedIn, given: BothFactors, client: Client): Promise<void> {
  const proven = await deps.provePassword(who, given.password, client);
  await proveCode(deps, { who, code: given.code, client }, onFor(proven), () => ({
    change: { twoFactor: null, challenges: [] },
    told: { action: 'two-factor-disabled', change: null },
    showsInProfile: true,
    result: null,
  }));
  deps.audit.info('authn_two_factor_disabled', { ...who, requestId: client.requestId, ip: client.ip });
}

/** Draws another set of recovery codes, with both factors; the old ones die. */
export async function replaceRecoveryCodes(deps: Deps, who: SignedIn, given: BothFactors, client: Client): Promise<string[]> {
  const proven = await deps.provePassword(who, given.password, client);
  const { codes, hashes } = drawRecoveryCodes(who.userId);
  await proveCode(deps, { who, code: given.code, client }, onFor(proven), (_user, left) => ({
    change: { twoFactor: { ...left, recoveryHashes: hashes } },
    told: { action: 'recovery-codes-replaced', change: null },
    result: null,
  }));
  deps.audit.info('authn_recovery_codes_replaced', { ...who, requestId: client.requestId, ip: client.ip });
  return codes;
}

/** The second factor of an account whose password is still the one that was compared. */
const onFor =
  (proven: User) =>
  ({ twoFactor, passwordHash }: User): TwoFactor => {
    if (passwordHash !== proven.passwordHash) throw wrongPassword();
    if (!isOn(twoFactor)) throw new Refusal('two-factor-disabled', 'Two-factor login is not on');
    return twoFactor;
  };
