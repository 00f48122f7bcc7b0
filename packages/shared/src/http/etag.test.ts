import { describe, expect, test } from '@jest/globals';
import { checkIfMatch, etagOf, type IfMatch, ifMatchOf, noneMatches } from './etag.ts';
import { Refusal } from './refusal.ts';

describe('If-Match', () => {
  test.each<[string | undefined, IfMatch]>([
    [undefined, null],
    ['*', null],
    ['"3"', [3]],
    [' "3" ', [3]],
    ['"3", "5"', [3, 5]],
    ['W/"3"', []],
    ['"abc"', []],
    ['"03"', []],
    ['""', []],
    ['W/"7", "2"', [2]],
    ['"99999999999999999999"', []],
    ['"1", , "2"', [1, 2]],
    [',"3",', [3]],
    ['"a,3", "2"', [2]],
  ])('%s asks for %j', (header, versions) => {
    expect(ifMatchOf(header)).toEqual(versions);
  });

  test.each(['3', '"3', '', '"3";"4"', '"3" "4"', '"3"4', '"a"b"', "'3'", ',', '"3", *'])('refuses %j', (header) => {
    expect(() => ifMatchOf(header)).toThrow(Refusal);
  });

  test('stops a write to another version, and says which one it is', () => {
    checkIfMatch(3, null);
    checkIfMatch(3, [3]);
    checkIfMatch(3, [3, 5]);
    expect(() => checkIfMatch(3, [2])).toThrow(
      expect.objectContaining({ code: 'version-mismatch', status: 412, headers: { ETag: '"3"' } }),
    );
    expect(() => checkIfMatch(3, [])).toThrow(Refusal);
  });
});

describe('If-None-Match', () => {
  test.each<[string | undefined, boolean]>([
    [undefined, false],
    ['"3"', true],
    ['W/"3"', true],
    ['*', true],
    ['"1", "3"', true],
    ['"4"', false],
    ['3', false],
  ])('%s matches version 3: %s', (header, matches) => {
    expect(noneMatches(header, 3)).toBe(matches);
    expect(etagOf(3)).toBe('"3"');
  });
});
