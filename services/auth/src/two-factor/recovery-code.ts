import { hash } from 'node:crypto';

/** How many there are in a set. */
export const recoveryCodesCount = 10;

/** Crockford's base32: nothing that is easily mistaken for something else. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const lookalikes: Readonly<Record<string, string>> = { o: '0', i: '1', l: '1' };

/** A code of 80 bits as it is shown: `k3fm-9x2p-7hqa-0w5d`.
 *  @param random 16 bytes, of which 5 bits each are used */
export const recoveryCode = (random: Uint8Array): string =>
  [0, 4, 8, 12].map((from) => Array.from(random.subarray(from, from + 4), (byte) => alphabet[byte & 31]).join('')).join('-');

/** A code as it is kept, whatever way it was typed. 80 random bits need no slow hash; the account's id keeps equal codes apart. */
export function recoveryHash(userId: string, typed: string): string {
  const plain = typed.toLowerCase().replaceAll(/[^0-9a-z]/g, '');
  return hash('sha256', `${userId} ${plain.replaceAll(/[oil]/g, (letter) => lookalikes[letter]!)}`, 'hex');
}
