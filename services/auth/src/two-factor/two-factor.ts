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

/** What is left once this code was used, or null where it is none: a code of the app, or one of the recovery codes. */
export function afterCode(twoFactor: TwoFactor, seed: string, { userId, code }: TypedCode, nowMs: number): TwoFactor | null {
  const step = stepOfCode(seed, code, twoFactor.usedStep, nowMs);
  if (step !== null) return { ...twoFactor, usedStep: step };
  const hashed = recoveryHash(userId, code);
  const left = twoFactor.recoveryHashes.filter((one) => one !== hashed);
  return left.length < twoFactor.recoveryHashes.length ? { ...twoFactor, recoveryHashes: left } : null;
}
