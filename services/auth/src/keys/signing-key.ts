import { createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto';

/** A key that signs access tokens (ES256). */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly pem: string;
}

/** @param pem PKCS#8, newlines literal or `\n`
 *  @throws RangeError when it is no P-256 private key */
export function openSigningKey(pem: string): SigningKey {
  const privateKey = readPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const kid = thumbprint(publicKey);
  const exported = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { kid, privateKey, publicKey, pem: exported };
}

function readPrivateKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new RangeError('not a private key in PEM');
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new RangeError('not a P-256 key');
  return key;
}

/** RFC 7638: SHA-256 over the required members in alphabetical order. */
function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
}

/** A key of its own for each purpose, from the installation's (HKDF-SHA256): none can be turned into another. */
export const derivedKey = (installationKey: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', installationKey, '', `commonpurse auth ${purpose}`, 32));
