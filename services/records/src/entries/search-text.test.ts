import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldingsOf, foldText, searchTextOf, wordStarts, wordsOf } from './search-text.ts';

const finds = (description: string, search: string): boolean =>
  wordsOf(search).every((foldings) => foldings.flatMap(wordStarts).some((start) => searchTextOf(description).includes(start)));

describe('searching descriptions by words', () => {
  test.each([
    ['Weekly market', 'market', true],
    ['Weekly market', 'MARK week', true],
    ['Weekly market', 'arket', false],
    ['Weekly market', 'market monthly', false],
    ['REWE/Berlin *4711', 'berlin', true],
    ['REWE/Berlin *4711', '4711', true],
    ['REWE/Berlin *4711', '711', false],
    ['Café-Bar', 'BAR', true],
    ['Café-Bar', 'CAFÉ', true],
    ['Cafe\u0301', 'CAFÉ', true],
    ["Joe's", "joe's", true],
    ['one\ttwo\u00a0three\nfour', 'two three four', true],
    ['50€ back', '50€', true],
    ['🍕 with friends', '🍕', true],
    ['ΟΔΥΣΣΕΙΑ', 'ΟΔΥΣ', true],
    ['Ο ΔΡΟΜΟΣ', 'δρομοσ', true],
    ['Hauptstraße 5', 'HAUPTSTRASSE', true],
    ['HAUPTSTRASSE 5', 'hauptstraß', true],
    ['ǰ', 'J\u030c', true],
    ['cafe', 'café', false],
    ['', 'anything', false],
  ])('%j is found by %j: %p', (description, search, expected) => {
    expect(finds(description, search)).toBe(expected);
  });

  test('any word of a description finds it, and so does any prefix of one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), fc.nat(), (description, pick, cut) => {
        const words = wordsOf(description).flat();
        const word = words[pick % Math.max(words.length, 1)];
        if (word === undefined) return;
        const prefix = Array.from(word)
          .slice(0, 1 + (cut % Array.from(word).length))
          .join('');
        expect(finds(description, prefix)).toBe(true);
      }),
    );
  });

  test('every letter is the same in any case, composed or not', () => {
    const letters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
    const differs = (letter: string): boolean =>
      [letter.toUpperCase(), letter.toLowerCase(), letter.normalize('NFD')].some(
        (form) => form !== letter && foldText(form) !== foldText(letter),
      );
    expect(letters.filter(differs)).toEqual([]);
  });

  test('what was stored in small letters alone is found as before', () => {
    expect(foldingsOf('Straße')).toEqual(['strasse', 'straße']);
    expect(foldingsOf('Market')).toEqual(['market']);
  });

  test('a part of the text is contained exactly when the folded description contains it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '-', '\u001f', 'é'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (description, part) => {
        if (part === '') return;
        expect(searchTextOf(description).includes(foldText(part))).toBe(foldText(description).includes(foldText(part)));
      }),
      { numRuns: 2000 },
    );
  });
});
