import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

const accessTokenIssuer = 'commonpurse';
const accessTokenAudience = 'commonpurse';
const accessTokenType = 'at+jwt';

/** What an access token says once it is verified. */
export interface AccessClaims {
  readonly userId: string;
  /** The session, or (with scopes) the API key, that it acts by. */
  readonly sessionId: string;
  readonly role: 'user' | 'admin';
  /** null: the whole user; otherwise only these (a token that an API key was exchanged for). */
  readonly scopes: readonly string[] | null;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

const Claims = z.object({
  sub: z.string().min(1).max(128),
  sid: z.string().min(1).max(128),
  role: z.enum(['user', 'admin']),
  scopes: z.array(z.string()).optional(),
  iat: z.int(),
  exp: z.int(),
});

/** Signs an access token (ES256). `kid` names the key in the JWKS. */
export function signAccessToken(
  claims: Omit<AccessClaims, 'expiresAt'> & { readonly lifetimeSeconds: number },
  key: { readonly privateKey: KeyObject; readonly kid: string; readonly nowMs: number },
): string {
  const issuedAt = Math.floor(key.nowMs / 1000);
  const scopes = claims.scopes ? { scopes: claims.scopes } : {};
  const payload = { sub: claims.userId, sid: claims.sessionId, role: claims.role, ...scopes, iat: issuedAt };
  const standard = { aud: accessTokenAudience, iss: accessTokenIssuer, exp: issuedAt + claims.lifetimeSeconds };
  const header = { alg: 'ES256', typ: accessTokenType, kid: key.kid };
  return jwt.sign({ ...payload, ...standard }, key.privateKey, { algorithm: 'ES256', header });
}

/** The key id of a token that could be one of ours, before anything in it is believed; null otherwise. */
export function kidOf(token: string): string | null {
  if (token.length > 4096) return null;
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const header = JSON.parse(Buffer.from(parts[0]!, 'base64url').toString('utf8')) as Record<string, unknown>;
    const plain = header['alg'] === 'ES256' && header['typ'] === accessTokenType && header['crit'] === undefined;
    const kid = header['kid'];
    return plain && typeof kid === 'string' && /^[\w-]{1,128}$/.test(kid) ? kid : null;
  } catch {
    return null;
  }
}

/** The claims, or null: wrong signature, algorithm, type, issuer or audience, expired, or anything missing. */
export function verifyAccessToken(token: string, publicKey: KeyObject, nowMs: number): AccessClaims | null {
  try {
    const { payload } = jwt.verify(token, publicKey, {
      algorithms: ['ES256'],
      issuer: accessTokenIssuer,
      audience: accessTokenAudience,
      clockTimestamp: Math.floor(nowMs / 1000),
      complete: true,
    });
    const claims = Claims.parse(payload);
    return { userId: claims.sub, sessionId: claims.sid, role: claims.role, scopes: claims.scopes ?? null, expiresAt: claims.exp };
  } catch {
    return null;
  }
}
