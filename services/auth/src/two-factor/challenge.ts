import { hash } from 'node:crypto';
import { Refusal } from '@commonpurse/shared/http';

/** A login whose password was right and whose code is still to come. */
export interface Challenge {
  /** SHA-256 of its token, hex. */
  readonly hash: string;
  readonly expiresAt: string;
  readonly wrongCodes: number;
  readonly deviceName: string | null;
}

export const challengeSeconds = 5 * 60;
/** With this many wrong codes it is over. */
const wrongCodesMax = 5;
/** The oldest gives way: whoever knows the password can begin as many logins as they like. */
const challengesMax = 20;

export const challengeHash = (token: string): string => hash('sha256', token, 'hex');

export const newChallenge = (token: string, deviceName: string | null, nowMs: number): Challenge => ({
  hash: challengeHash(token),
  expiresAt: new Date(nowMs + challengeSeconds * 1000).toISOString(),
  wrongCodes: 0,
  deviceName,
});

const isOpen = (challenge: Challenge, nowMs: number): boolean => Date.parse(challenge.expiresAt) > nowMs;

/** Those that still wait for a code, with a new one. */
export const withChallenge = (challenges: readonly Challenge[], added: Challenge, nowMs: number): readonly Challenge[] => [
  ...challenges.filter((one) => isOpen(one, nowMs)).slice(1 - challengesMax),
  added,
];

/** @throws Refusal 401 for one that is over or never was */
export function openChallenge(challenges: readonly Challenge[], hashed: string, nowMs: number): Challenge {
  const challenge = challenges.find((one) => one.hash === hashed && isOpen(one, nowMs));
  if (challenge === undefined) throw challengeInvalid();
  return challenge;
}

/** The challenges after a wrong code for this one. */
export const afterWrongCode = (challenges: readonly Challenge[], wrong: Challenge): readonly Challenge[] =>
  challenges.flatMap((one) => {
    if (one.hash !== wrong.hash) return [one];
    return one.wrongCodes + 1 < wrongCodesMax ? [{ ...one, wrongCodes: one.wrongCodes + 1 }] : [];
  });

export const withoutChallenge = (challenges: readonly Challenge[], done: Challenge): readonly Challenge[] =>
  challenges.filter((one) => one.hash !== done.hash);

export const challengeInvalid = (): Refusal => new Refusal('challenge-invalid', 'This login is over; sign in again with your password');
