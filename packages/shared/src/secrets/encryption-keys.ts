import { createSecretKey, type KeyObject } from 'node:crypto';

/** A key of an operator's ring. */
export interface EncryptionKey {
  /** Stands in every envelope that was sealed with it. */
  readonly id: string;
  /** 256 bits. */
  readonly key: KeyObject;
}

const keyBytes = 32;

/** `<key id>:<32 bytes in base64>`, comma separated: the first one seals, every one opens.
 *  @throws RangeError, which never shows a key */
export function readEncryptionKeys(text: string): readonly EncryptionKey[] {
  const keys = text.split(',').map((one) => {
    const [, id, encoded] = /^\s*([\w-]{1,32}):([A-Za-z0-9+/]{43}=?)\s*$/.exec(one) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (id === undefined || bytes.length !== keyBytes) throw new RangeError('not encryption keys');
    return { id, key: createSecretKey(bytes) };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new RangeError('two encryption keys have one id');
  return keys;
}

export function areEncryptionKeys(text: string): boolean {
  try {
    return readEncryptionKeys(text).length > 0;
  } catch {
    return false;
  }
}
