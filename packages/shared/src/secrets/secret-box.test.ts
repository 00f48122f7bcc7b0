import { createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areEncryptionKeys, readEncryptionKeys } from './encryption-keys.ts';
import { createSecretBox, type SecretPlace, SecretUnreadable } from './secret-box.ts';

const one = `one:${randomBytes(32).toString('base64')}`;
const two = `two:${randomBytes(32).toString('base64')}`;
const boxOf = (...keys: string[]) => createSecretBox(readEncryptionKeys(keys.join(',')));
const place: SecretPlace = { collection: 'users', id: 'ada', field: 'twoFactor.secret' };

describe('a sealed secret', () => {
  test('is opened where it was sealed for, whatever it says', () => {
    const box = boxOf(one);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
        expect(box.open(box.seal(secret, place), place)).toBe(secret);
      }),
    );
  });

  test('never looks the same twice, and never like the secret', () => {
    const box = boxOf(one);
    const sealed = Array.from({ length: 200 }, () => box.seal('JBSWY3DPEHPK3PXP', place));
    expect(new Set(sealed).size).toBe(200);
    // The first 96 bits are the nonce: drawn anew each time.
    expect(new Set(sealed.map((each) => each.split('.')[2]!.slice(0, 16))).size).toBe(200);
    for (const each of sealed) expect(each).not.toContain('JBSWY3DPEHPK3PXP');
  });

  test('is AES-256-GCM as anybody else computes it', () => {
    const [, keyId, encoded] = boxOf(one).seal('a seed', place).split('.');
    const bytes = Buffer.from(encoded!, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(one.slice(4), 'base64'), bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(JSON.stringify(['v1', keyId, 'users', 'ada', 'twoFactor.secret'])));
    decipher.setAuthTag(bytes.subarray(-16));
    expect(decipher.update(bytes.subarray(12, -16)).toString() + decipher.final().toString()).toBe('a seed');
  });

  test.each<[string, Partial<SecretPlace>]>([
    ['another collection', { collection: 'webhooks' }],
    ['somebody else', { id: 'bob' }],
    ['another field', { field: 'other' }],
    ['a place that reads alike', { collection: 'users","ada', id: '' }],
  ])('can not be opened for %s', (_what, moved) => {
    const box = boxOf(one);
    expect(() => box.open(box.seal('a seed', place), { ...place, ...moved })).toThrow(SecretUnreadable);
  });

  test('can not be opened once a single bit was changed', () => {
    const box = boxOf(one);
    const [version, keyId, encoded] = box.seal('a seed', place).split('.');
    const bytes = Buffer.from(encoded!, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => box.open(`${version}.${keyId}.${altered.toString('base64url')}`, place)).toThrow(SecretUnreadable);
    }
  });

  test.each(['', 'v1.one.', 'v1.one.AAAA', 'v2.one.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'JBSWY3DPEHPK3PXP'])(
    'is not what %p is',
    (text) => {
      expect(() => boxOf(one).open(text, place)).toThrow(SecretUnreadable);
    },
  );

  test('is opened after another key came first, and told to be sealed again', () => {
    const sealed = boxOf(one).seal('a seed', place);
    const box = boxOf(two, one);
    expect([box.open(sealed, place), box.isCurrent(sealed)]).toEqual(['a seed', false]);
    const again = box.seal('a seed', place);
    expect([box.isCurrent(again), boxOf(two).open(again, place)]).toEqual([true, 'a seed']);
  });

  test('names the key that is missing, and what it is missing for', () => {
    const sealed = boxOf(one).seal('a seed', place);
    const missing = 'ENCRYPTION_KEYS lack the key one, with which users/ada twoFactor.secret was encrypted';
    expect(() => boxOf(two).open(sealed, place)).toThrow(missing);
    // Another key under the same id opens nothing.
    expect(() => boxOf(two.replace('two', 'one')).open(sealed, place)).toThrow('with another key of the name one');
  });
});

describe('encryption keys', () => {
  test('may have blanks around them', () => {
    expect(readEncryptionKeys(`${one}, ${two}`).map(({ id }) => id)).toEqual(['one', 'two']);
    expect(areEncryptionKeys(`${one}, ${two}`)).toBe(true);
  });

  test.each([
    ['nothing', ' '],
    ['no id', one.slice(4)],
    ['an id that is no word', `number ${one}`],
    ['a short key', `k1:${randomBytes(16).toString('base64')}`],
    ['a long key', `k1:${randomBytes(33).toString('base64')}`],
    ['no base64', `k1:${'!'.repeat(43)}=`],
    ['one id twice', `${one},${one}`],
    ['an empty one among them', `${one},`],
  ])('refuse %s without showing it', (_what, text) => {
    expect(areEncryptionKeys(text)).toBe(false);
    expect(() => readEncryptionKeys(text)).toThrow(/^(not encryption keys|two encryption keys have one id)$/);
  });

  test('are at least one', () => {
    expect(() => createSecretBox([])).toThrow(RangeError);
  });
});
