import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { AuthDeps } from '../auth-deps.ts';
import type { StoredSigningKey } from './key-ring.ts';
import { openSigningKey } from './signing-key.ts';

/** Makes the next signing key. Nobody is logged out: it is shown before it signs, and what the last one signed is taken until it has ended.
 *  With `compromised` everybody's access tokens end at once, and clients go on with their refresh tokens. */
export async function rotateSigningKey(
  { signing, audit }: Pick<AuthDeps, 'signing' | 'audit'>,
  { compromised }: { readonly compromised: boolean },
  requestId: string,
): Promise<StoredSigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const added = await signing.add(openSigningKey(pem), { compromised });
  audit.warn('crypt_key_rotated', { requestId, keyId: added._id, reason: compromised ? 'compromised' : 'signing key' });
  return added;
}
