import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareStrings } from '../values.ts';
import { rankStrings } from './rank-strings.ts';

/** What the ranks should be: the place of each among the different ones, in their order. */
function plainly(texts: readonly string[]): { ranks: number[]; distinct: number } {
  const places = new Map([...new Set(texts)].toSorted(compareStrings).map((text, place) => [text, place]));
  return { ranks: texts.map((text) => places.get(text)!), distinct: places.size };
}
function ranked(texts: readonly string[]): { ranks: number[]; distinct: number } | null {
  const found = rankStrings(texts);
  return found && { ranks: [...found.ranks], distinct: found.distinct };
}
/** Behind sixteen characters that may be alike. */
const long = fc.string({ unit: fc.constantFrom('a', 'b', '0', '\0', 'ä', '\u{1f600}', '\uffee'), maxLength: 4 });
const few = fc.string({ unit: fc.constantFrom('a', 'b', '0', ' '), maxLength: 12 });
const many = { minLength: 64, maxLength: 300 };

describe('strings are ranked', () => {
  test('in their order, equal ones alike, whatever they begin with and however often one comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), fc.array(few, many), (beginning, ends) => {
        const texts = ends.map((end) => beginning + end);
        expect(ranked(texts)).toEqual(plainly(texts));
      }),
    );
  });

  test('also where only what is far behind tells them apart, in the order of code points', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(few, long), many), (parts) => {
        const texts = parts.map(([first, last]) => `${first.slice(0, 1)}${'-'.repeat(16)}${last}`);
        expect(ranked(['+', ...texts])).toEqual(plainly(['+', ...texts]));
      }),
    );
  });

  test('where all are one', () => {
    const texts = Array.from({ length: 100 }, () => 'the same');
    expect(ranked(texts)).toEqual({ ranks: texts.map(() => 0), distinct: 1 });
  });

  test('unless they are few, or one is no string of ASCII', () => {
    const texts = Array.from({ length: 64 }, (_, n) => `text ${n}`);
    expect(ranked(texts)).toEqual(plainly(texts));
    expect(rankStrings(texts.slice(1))).toBeNull();
    expect(rankStrings(texts.with(63, 'ä'))).toBeNull();
    expect(rankStrings([...texts, null])).toBeNull();
  });
});
