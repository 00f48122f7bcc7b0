import { crc32 } from 'node:zlib';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checksumLength = 6;
/** How many base62 characters the secret part has: 190 bits. */
export const apiKeySecretLength = 32;
const shape = /^cp_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})[0-9A-Za-z]{32}[0-9A-Za-z]{6}$/;

/** Whether a bearer token wants to be an API key rather than an access token. */
export const looksLikeApiKey = (token: string): boolean => token.startsWith('cp_');

/** `cp_`, the key's id without dashes, the secret, and a checksum: one that was cut short or mistyped is refused without anybody being asked,
 *  and scanners that look for leaked keys know one when they see it.
 *  @param id a UUID
 *  @param secret `apiKeySecretLength` base62 characters */
export function apiKeyOf(id: string, secret: string): string {
  const said = `cp_${id.replaceAll('-', '')}${secret}`;
  return said + checksum(said);
}

/** What an API key says about itself, or null where it can be none. Whether there is such a key, only auth knows. */
export function readApiKey(text: string): { readonly id: string } | null {
  const parts = shape.exec(text);
  if (parts === null || checksum(text.slice(0, -checksumLength)) !== text.slice(-checksumLength)) return null;
  return { id: parts.slice(1).join('-') };
}

/** The n-th of the characters that a secret is made of. */
export const base62 = (n: number): string => digits[n]!;

function checksum(said: string): string {
  let left = crc32(said);
  let text = '';
  for (let at = 0; at < checksumLength; at++) {
    text = base62(left % 62) + text;
    left = Math.floor(left / 62);
  }
  return text;
}
