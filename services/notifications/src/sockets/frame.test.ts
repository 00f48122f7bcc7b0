import { describe, expect, test } from '@jest/globals';
import { parseSince } from './frame.ts';

describe('since in the address', () => {
  test.each([
    [null, undefined],
    ['0', 0],
    ['41', 41],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['9999999999999999', null],
  ])('%s is %s', (text, expected) => {
    expect(parseSince(text)).toBe(expected);
  });
});
