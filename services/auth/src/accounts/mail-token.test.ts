import { expect, test } from '@jest/globals';
import { tokenOfMail } from './mail-token.ts';

const key = Buffer.alloc(32, 7);
const tokens = Array.from({ length: 5_000 }, (_, n) => tokenOfMail(key, 'verify-email', `mail-${n}`));

test('a link stays what it is for a program that takes every mail for quoted-printable', () => {
  const decoded = (text: string): string =>
    text.replaceAll(/=([\dA-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  for (const token of tokens) expect(decoded(`?token=${token}`)).toBe(`?token=${token}`);
});

test('every mail has a token of its own, which can stand in a link as it is, and another one for another purpose', () => {
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(tokens.every((token) => /^[\w-]{23}$/.test(token))).toBe(true);
  expect(tokenOfMail(key, 'reset-password', 'mail-1')).not.toBe(tokens[1]);
  expect(tokenOfMail(key, 'verify-email', 'mail-1')).toBe(tokens[1]);
});
