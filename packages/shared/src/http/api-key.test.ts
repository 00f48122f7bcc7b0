import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apiKeyOf, apiKeySecretLength, base62, looksLikeApiKey, readApiKey } from './api-key.ts';

const secret = fc
  .array(fc.nat(61), { minLength: apiKeySecretLength, maxLength: apiKeySecretLength })
  .map((drawn) => drawn.map(base62).join(''));

describe('an API key', () => {
  test('tells its id', () => {
    fc.assert(
      fc.property(fc.uuid(), secret, (id, drawn) => {
        const key = apiKeyOf(id, drawn);
        expect(key).toMatch(/^cp_[0-9A-Za-z]{70}$/);
        expect([looksLikeApiKey(key), readApiKey(key)]).toEqual([true, { id }]);
      }),
    );
  });

  test('goes on being one when a newer release reads it', () => {
    expect(readApiKey('cp_0199a8f26c1e7b7a9d503a3f3f1f5a10anOldReleaseHasDrawnThisSecretOf0sMQtn')).toEqual({
      id: '0199a8f2-6c1e-7b7a-9d50-3a3f3f1f5a10',
    });
  });

  test('with any one character changed, left out or doubled is none', () => {
    const key = apiKeyOf(randomUUID(), 'k'.repeat(apiKeySecretLength));
    for (let at = 3; at < key.length; at++) {
      const other = key[at] === 'a' ? 'b' : 'a';
      expect(readApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBeNull();
      expect(readApiKey(key.slice(0, at) + key.slice(at + 1))).toBeNull();
      expect(readApiKey(key.slice(0, at) + key[at] + key.slice(at))).toBeNull();
    }
  });

  test.each(['', 'cp_', 'cp_x', 'eyJhbGciOiJFUzI1NiJ9.e30.x', `cp_${'0'.repeat(70)}`, `cp_${'0'.repeat(5000)}`])(
    'is not what %p is',
    (text) => {
      expect(readApiKey(text)).toBeNull();
    },
  );
});
