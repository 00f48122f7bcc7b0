import { generateURI, verifySync } from 'otplib';

/** Time-based codes as authenticator apps make them (RFC 6238): SHA-1, 6 digits, 30 s. */
const stepSeconds = 30;
const issuer = 'Commonpurse';

const isTotp = (code: string): boolean => /^\d{6}$/.test(code);

/** The time step (30 s since the epoch) whose code this is, of now or one step either way, later than those that were used; null where there
 *  is none.
 *  @param seed base32
 *  @param usedStep the newest step whose code was used, if any: neither it nor an older one counts again */
export function stepOfCode(seed: string, code: string, usedStep: number | null, nowMs: number): number | null {
  const epoch = Math.floor(nowMs / 1000);
  // A clock that was set back: nothing is good until it has caught up.
  if (!isTotp(code) || (usedStep ?? 0) > Math.floor(epoch / stepSeconds) + 1) return null;
  const after = usedStep === null ? {} : { afterTimeStep: usedStep };
  const result = verifySync({ secret: seed, token: code, epoch, epochTolerance: stepSeconds, ...after });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

/** What an app reads from the QR code (Google's Key URI format). */
export const otpauthUrl = (seed: string, email: string): string => generateURI({ issuer, label: email, secret: seed });
