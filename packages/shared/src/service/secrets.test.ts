import { describe, expect, test } from '@jest/globals';
import { installationKeyFrom, secretVariable } from './secrets.ts';

const key = (length: number): string => Buffer.alloc(length, 7).toString('base64');
const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: string): boolean => schema.safeParse(value).success;

describe('Secrets that are given', () => {
  test('are refused when they could be guessed', () => {
    expect([key(32), 'x'.repeat(32), 'x'.repeat(31), 'secret'].map((text) => accepts(secretVariable.internalKey(), text))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    [`k1:${key(32)}`, true],
    [`new:${key(32)},old:${key(32)}`, true],
    [`k1:${key(16)}`, false],
    [key(32), false],
    [`k1:${key(32)},`, false],
  ])('that encrypt are named and 32 bytes long: %s', (text, good) => {
    expect(accepts(secretVariable.encryptionKeys(), text)).toBe(good);
  });
});

test("The installation's key follows from the internal key, and tells nothing of it", () => {
  const derived = installationKeyFrom(key(32));
  expect(derived).toEqual(installationKeyFrom(key(32)));
  expect(derived).toHaveLength(32);
  expect(derived).not.toEqual(installationKeyFrom(key(33)));
  expect(derived.toString('base64')).not.toContain(key(32).slice(0, 8));
});
