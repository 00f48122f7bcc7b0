import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseOrRefuse } from '../http/index.ts';
import { CurrencyField, keptField, NameField, TextField, withoutNulls } from './fields.ts';

test('a field that null can not take away is described without null, and refuses it as missing', () => {
  const Patch = z.strictObject({ currency: keptField(CurrencyField) });
  const { properties, required } = z.toJSONSchema(Patch, { io: 'input' });
  expect([properties, required]).toMatchObject([{ currency: { type: 'string', example: 'EUR' } }, undefined]);

  expect(parseOrRefuse(Patch, { currency: 'USD' })).toEqual({ currency: 'USD' });
  expect(parseOrRefuse(Patch, {})).toEqual({});
  const refused = { errors: [expect.objectContaining({ path: '/currency', code: 'required' })] };
  expect(() => parseOrRefuse(Patch, { currency: null })).toThrow(expect.objectContaining(refused));
});

test('what a merge patch takes away, and what it says nothing of, is missing', () => {
  expect(withoutNulls({ a: null, b: undefined, c: 0, d: '', e: false, f: { g: null } })).toEqual({ c: 0, d: '', e: false, f: { g: null } });
});

describe('text', () => {
  test.each([
    ['a letter and its accent', 'Cafe\u0301', 'Caf\u00e9'],
    ['what is so already', 'Caf\u00e9 \u{1f600} \u65e5\u4ed8', 'Caf\u00e9 \u{1f600} \u65e5\u4ed8'],
    ['a kana and its voicing mark', '\u304b\u3099\u3059', '\u304c\u3059'],
    ['the parts of a Hangul syllable', '\u1112\u1161\u11ab', '\ud55c'],
    ['another sign of the same letter', '\u212b \u2126', '\u00c5 \u03a9'],
    ['what only looks alike: a ligature, a wide letter, a power', '\ufb01 \uff21 \u00b2', '\ufb01 \uff21 \u00b2'],
    ['white space around it', '\u2003\u00a0 x\n', 'x'],
  ])('is kept in one form: %s', (_name, typed, kept) => {
    expect(TextField.parse(typed)).toBe(kept);
    expect(TextField.parse(kept)).toBe(kept);
  });

  test('of any length and of nothing but marks is refused at once', () => {
    const startedAt = performance.now();
    const marks = '\u0315\u0300\u0316'.repeat(30_000);
    expect(TextField.max(500).safeParse(`a${marks}`).success).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('with as many marks as people put on a letter is in their order', () => {
    const marks = '\u0315\u0316'.repeat(15);
    expect(TextField.parse(`a${marks}`)).toBe(`a${'\u0316'.repeat(15)}${'\u0315'.repeat(15)}`);
  });

  test('is as long as it is when it is kept', () => {
    expect(NameField.safeParse('e\u0301'.repeat(100)).success).toBe(true);
    expect(NameField.safeParse('e\u0301'.repeat(101)).success).toBe(false);
    // A letter that has no sign of its own in NFC.
    expect(NameField.safeParse('\u0958'.repeat(51)).success).toBe(false);
  });
});
