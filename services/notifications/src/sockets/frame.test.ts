import { describe, expect, test } from '@jest/globals';
import { parseSince } from './frame.ts';
import { originAllowed } from './origin.ts';

describe('since in the address', () => {
  test.each([
    [null, undefined],
    ['0', 0],
    ['41', 41],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['9999999999999999', null],
  ])('%s is %s', (text, expected) => {
    expect(parseSince(text)).toBe(expected);
  });
});

describe('pages that may open a socket', () => {
  const named = { allowed: ['https://app.example'], publicUrl: 'https://money.example/base' };
  const unnamed = { allowed: [], publicUrl: null };
  test.each([
    [named, undefined, 'x', true],
    [named, 'https://app.example', 'x', true],
    [named, 'https://app.example:444', 'x', false],
    [named, 'https://money.example', 'x', true],
    [named, 'http://money.example', 'x', false],
    [named, 'http://localhost:8080', 'localhost:8080', false],
    [unnamed, 'http://localhost:8080', 'localhost:8080', true],
    [unnamed, 'http://[::1]:8080', '[::1]:8080', true],
    [unnamed, 'http://localhost:3000', 'localhost:8080', false],
    [unnamed, 'http://localhost:8080', undefined, false],
    [unnamed, 'http://evil.example:8080', 'evil.example:8080', false],
    [unnamed, 'http://localhost:8080/page', 'localhost:8080', false],
    [unnamed, 'null', 'localhost:8080', false],
    [unnamed, '', 'localhost:8080', false],
  ])('%j: %s at %s: %s', (rule, origin, host, expected) => {
    expect(originAllowed(rule, origin, host)).toBe(expected);
  });
});
