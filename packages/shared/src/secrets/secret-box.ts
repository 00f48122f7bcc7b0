import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey } from './encryption-keys.ts';

/** Where a secret is kept. It is part of what is authenticated: an envelope that was moved elsewhere can't be opened there. */
export interface SecretPlace {
  readonly collection: string;
  readonly id: string;
  readonly field: string;
}

/** Keeps secrets that must be read again (seeds, signing secrets) unreadable in the store: AES-256-GCM, an envelope for each. */
export interface SecretBox {
  seal(secret: string, place: SecretPlace): string;
  /** @throws SecretUnreadable when it was altered, moved, or sealed with a key that is not there any more */
  open(envelope: string, place: SecretPlace): string;
  /** Whether it was sealed with the key that seals now. */
  isCurrent(envelope: string): boolean;
}

export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** @param keys the first one seals, every one opens */
export function createSecretBox(keys: readonly EncryptionKey[]): SecretBox {
  const [current] = keys;
  if (current === undefined) throw new RangeError('a box needs a key');
  const byId = new Map(keys.map((one) => [one.id, one]));
  return {
    seal: (secret, place) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, current.key, iv, { authTagLength: tagBytes });
      cipher.setAAD(boundTo(current.id, place));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `${version}.${current.id}.${Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url')}`;
    },
    open: (envelope, place) => {
      const { keyId, bytes } = readEnvelope(envelope);
      const key = byId.get(keyId);
      if (key === undefined) throw new SecretUnreadable(`ENCRYPTION_KEYS lack the key ${keyId}, with which ${nameOf(place)} was encrypted`);
      return decrypt(key, bytes, place);
    },
    isCurrent: (envelope) => readEnvelope(envelope).keyId === current.id,
  };
}

const version = 'v1';

function readEnvelope(envelope: string): { keyId: string; bytes: Buffer } {
  const [, keyId, encoded] = /^v1\.([\w-]{1,32})\.([\w-]+)$/.exec(envelope) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64url');
  if (keyId === undefined || bytes.length < ivBytes + tagBytes) throw new SecretUnreadable('not an envelope');
  return { keyId, bytes };
}

function decrypt({ id, key }: EncryptionKey, bytes: Buffer, place: SecretPlace): string {
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(boundTo(id, place));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8');
  } catch {
    throw new SecretUnreadable(`${nameOf(place)} was altered, or sealed for another place or with another key of the name ${id}`);
  }
}

/** JSON, so that no two places read alike. */
const boundTo = (keyId: string, { collection, id, field }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([version, keyId, collection, id, field]));

const nameOf = ({ collection, id, field }: SecretPlace): string => `${collection}/${id} ${field}`;
