import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Part = Readonly<Record<string, unknown>>;
export const decodePart = (token: string, at: 0 | 1): Part =>
  JSON.parse(Buffer.from(token.split('.')[at]!, 'base64url').toString()) as Part;
const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** The key that the installation signs access tokens with. */
export const signingKeyOf = async (dataDir: string): Promise<KeyObject> =>
  createPrivateKey(await readFile(join(dataDir, 'keys', 'jwt.pem')));

/** A token of these parts. @param signature made of the first two parts; empty: none */
export function tokenOf(header: Part, claims: Part, signature: (signed: string) => string): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${signature(signed)}`;
}

/** Signs as auth does (ES256). */
export const byKey =
  (key: KeyObject) =>
  (signed: string): string =>
    sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');

/** A token like this one with some claims changed, signed with the true key: what differs is all that is wrong with it. */
export const resigned = (token: string, key: KeyObject, claims: Part, header: Part = {}): string =>
  tokenOf({ ...decodePart(token, 0), ...header }, { ...decodePart(token, 1), ...claims }, byKey(key));
