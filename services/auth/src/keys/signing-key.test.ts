import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { derivedKey, openSigningKey } from './signing-key.ts';

const pemOf = (curve: string): string =>
  generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the signing key', () => {
  test('reads newlines that are written out, as environment files have them', () => {
    const pem = pemOf('P-256');
    expect(openSigningKey(pem.replaceAll('\n', '\\n')).kid).toBe(openSigningKey(pem).kid);
  });

  test('is written as it can be read again', () => {
    const key = openSigningKey(pemOf('P-256'));
    expect(openSigningKey(key.pem).kid).toBe(key.kid);
  });

  test.each([
    ['another curve', pemOf('P-384')],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a public key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['nonsense', 'secret'],
  ])('is never %s', (_what, pem) => {
    expect(() => openSigningKey(pem)).toThrow(RangeError);
  });

  test('keys for different purposes have nothing to do with each other', () => {
    const installation = Buffer.alloc(32, 1);
    expect(derivedKey(installation, 'a')).toEqual(derivedKey(installation, 'a'));
    expect(derivedKey(installation, 'a')).not.toEqual(derivedKey(installation, 'b'));
    expect(derivedKey(installation, 'a')).toHaveLength(32);
  });
});
