import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { areEncryptionKeys } from '../secrets/encryption-keys.ts';

/** A secret that guards everything behind the gateway: nothing that could be guessed. */
const isSecret = (text: string): boolean => Buffer.byteLength(text) >= 32;

/** The secrets that services of one installation have in common. */
export const secretVariable = {
  internalKey: () =>
    z
      .string()
      .refine(isSecret, 'is a random text of at least 32 characters, such as `openssl rand -base64 32` prints')
      .describe('what services trust each other by, such as `openssl rand -base64 32` prints'),
  encryptionKeys: () =>
    z
      .string()
      .refine(areEncryptionKeys, 'is `<name>:<32 bytes, base64>`, comma separated, each name once, where the first one encrypts')
      .describe('what stored secrets are sealed with, such as k1:<what `openssl rand -base64 32` prints>'),
};

/** The installation's key for services that run apart. All have `INTERNAL_KEY`, it is the same for every instance, and unlike the signing and
 *  the encryption keys there is only one of it: so ids and cursors stay good when those are exchanged. */
export const installationKeyFrom = (internalKey: string): Buffer =>
  Buffer.from(hkdfSync('sha256', internalKey, '', 'commonpurse installation', 32));
