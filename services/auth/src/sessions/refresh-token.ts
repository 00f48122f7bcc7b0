import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a refresh token says: a session, and its how-manieth token this is. */
interface RefreshClaims {
  readonly sessionId: string;
  readonly generation: number;
}

/** `sid.n.HMAC-SHA256(key, sid.n)`, base64url. Nothing of it is stored: the session keeps the number alone. */
export function refreshToken(key: Buffer, { sessionId, generation }: RefreshClaims): string {
  const said = `${sessionId}.${generation}`;
  return `${said}.${mac(key, said).toString('base64url')}`;
}

const shape = /^([\w-]{1,64})\.([1-9]\d{0,8})\.([\w-]{43})$/;

/** What the token says, or null when we never made it. */
export function readRefreshToken(key: Buffer, token: string): RefreshClaims | null {
  const parts = shape.exec(token);
  if (parts === null) return null;
  const [, sessionId = '', generation = '', signature = ''] = parts;
  const given = Buffer.from(signature, 'base64url');
  // 43 characters hold two bits more than 32 bytes: only the one spelling we made is ours.
  const genuine = given.toString('base64url') === signature && timingSafeEqual(given, mac(key, `${sessionId}.${generation}`));
  return genuine ? { sessionId, generation: Number(generation) } : null;
}

const mac = (key: Buffer, said: string): Buffer => createHmac('sha256', key).update(said).digest();
