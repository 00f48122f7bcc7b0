import { expect, test } from '@jest/globals';
import { drawSalt } from './salt.ts';

test('every salt is 16 bytes of its own', () => {
  const salts = Array.from({ length: 1000 }, drawSalt);
  expect(salts.every((salt) => /^[\w-]{22}$/.test(salt) && Buffer.from(salt, 'base64url').length === 16)).toBe(true);
  expect(new Set(salts).size).toBe(1000);
});
