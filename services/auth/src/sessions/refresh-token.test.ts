import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRefreshToken, refreshToken } from './refresh-token.ts';

const key = Buffer.alloc(32, 7);
const claims = { sessionId: 'c0f1c6d2-8f5e-4a1b-9d0e-5b6a7c8d9e0f', generation: 12 };

describe('a refresh token', () => {
  test('says what it was made of', () => {
    expect(refreshToken(key, claims)).toMatch(/^c0f1c6d2-8f5e-4a1b-9d0e-5b6a7c8d9e0f\.12\.[\w-]{43}$/);
    expect(readRefreshToken(key, refreshToken(key, claims))).toEqual(claims);
  });

  test('of another key is none of ours', () => {
    expect(readRefreshToken(Buffer.alloc(32, 8), refreshToken(key, claims))).toBeNull();
  });

  test('is worth nothing with any character changed', () => {
    const token = refreshToken(key, claims);
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019-_.+/= '.split('')))
      .map(([at, by]) => token.slice(0, at) + by + token.slice(at + 1));
    fc.assert(fc.property(changed, (other) => other === token || readRefreshToken(key, other) === null));
  });

  test('has one spelling', () => {
    const token = refreshToken(key, claims);
    const last = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_').map((by) => token.slice(0, -1) + by);
    const others = [`x${token}`, ` ${token}`, `x.1.${token}`, `${token}x`, `${token}.`, `${token}\n`, token.replace('.12.', '.012.')];
    expect([...last, ...others].filter((each) => readRefreshToken(key, each) !== null)).toEqual([token]);
  });

  test('says nothing where it was made up', () => {
    fc.assert(fc.property(fc.string(), (made) => readRefreshToken(key, made) === null));
  });
});
