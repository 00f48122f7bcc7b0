import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { PeerName, ServiceName } from '../service/peers.ts';

const lifetimeSeconds = 60;
/** Two machines' clocks are never quite alike. */
const toleranceSeconds = 5;

export const internalKeyOf = (internalKey: string): KeyObject => createSecretKey(Buffer.from(internalKey, 'utf8'));

/** A token of 60 s with which one service calls another's `/internal/*`. */
export function signInternal(token: { from: PeerName; to: ServiceName; key: KeyObject; nowMs: number }): string {
  const issuedAt = Math.floor(token.nowMs / 1000);
  const claims = { iss: token.from, aud: token.to, iat: issuedAt, exp: issuedAt + lifetimeSeconds };
  return jwt.sign(claims, token.key, { algorithm: 'HS256' });
}

/** The calling service, or null when the token isn't good for `audience`. */
export function verifyInternal(token: string, expected: { audience: ServiceName; key: KeyObject; nowMs: number }): string | null {
  try {
    const claims = jwt.verify(token, expected.key, {
      algorithms: ['HS256'],
      audience: expected.audience,
      clockTimestamp: Math.floor(expected.nowMs / 1000),
      clockTolerance: toleranceSeconds,
    });
    if (typeof claims === 'string' || typeof claims.exp !== 'number' || typeof claims.iat !== 'number') return null;
    return claims.exp - claims.iat <= lifetimeSeconds && typeof claims.iss === 'string' ? claims.iss : null;
  } catch {
    return null;
  }
}
