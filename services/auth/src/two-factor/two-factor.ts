import type { SecretPlace } from '@commonpurse/shared/secrets';
import { recoveryHash } from './recovery-code.ts';
import { stepOfCode } from './totp.ts';

/** How an account proves a login beside the password. */
export interface TwoFactor {
  /** The seed of its codes (base32), sealed for `seedPlace`. */
  readonly seed: string;
  /** null: begun, and no code has shown yet that the app has the seed. Nothing is protected before that. */
  readonly enabledAt: string | null;
  /** The newest time step whose code was used. Raised by the write that the code is for, so each code is good for one. */
  readonly usedStep: number | null;
  /** SHA-256 of the recovery codes that are left; none before it is on. */
  readonly recoveryHashes: readonly string[];
}

export const seedPlace = (userId: string): SecretPlace => ({ collection: 'users', id: userId, field: 'twoFactor.seed' });

export const isOn = (twoFactor: TwoFactor | null | undefined): twoFactor is TwoFactor & { readonly enabledAt: string } =>
  (twoFactor?.enabledAt ?? null) !== null;

interface TypedCode {
  readonly userId: string;
  readonly code: string;
}

/** What is left once this code was used, or null where it is none: one of the recovery codes, or a code of the app.
 *  @param openSeed throws where the key that sealed the seed is lost: recovery codes are what is left then, so they are tried without it */
export function afterCode(twoFactor: TwoFactor, openSeed: () => string, { userId, code }: TypedCode, nowMs: number): TwoFactor | null {
  const hashed = recoveryHash(userId, code);
  const left = twoFactor.recoveryHashes.filter((one) => one !== hashed);
  if (left.length < twoFactor.recoveryHashes.length) return { ...twoFactor, recoveryHashes: left };
  const step = stepOfCode(openSeed(), code, twoFactor.usedStep, nowMs);
  return step === null ? null : { ...twoFactor, usedStep: step };
}
