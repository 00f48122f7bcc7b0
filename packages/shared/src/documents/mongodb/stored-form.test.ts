import { describe, expect, test } from '@jest/globals';
import { plainCopy, storedForm, withEntries } from './stored-form.ts';

const draft = (facts: object) => ({ _id: 'a', version: 1, changedAt: 'long ago', ...facts });

describe('the stored form of a document', () => {
  test('is what JSON would give back', () => {
    const value = { a: undefined, b: [1, undefined, null], c: { d: undefined, e: -0 }, f: NaN, g: Infinity, h: 'x', i: true };
    expect(plainCopy(value)).toStrictEqual(JSON.parse(JSON.stringify(value)));
    expect(Object.is(plainCopy(-0), 0)).toBe(true);
  });

  test('keeps names that mean something to the language', () => {
    const parsed = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as object;
    expect(JSON.stringify(plainCopy(parsed))).toBe('{"__proto__":{"x":1},"constructor":2}');
    expect(Object.getPrototypeOf(plainCopy(parsed))).toBe(Object.prototype);
  });

  test('shares nothing with what was handed in', () => {
    const tags = ['x'];
    const stored = storedForm(draft({ tags }), 'now');
    tags.push('y');
    expect(stored).toStrictEqual({ _id: 'a', version: 1, changedAt: 'now', tags: ['x'] });
  });

  test("leaves the relay's part to the relay", () => {
    const stored = storedForm(draft({ outbox: [{ id: 'old' }], historyHash: 'old' }), 'now');
    expect(stored).not.toHaveProperty('outbox');
    expect(stored).not.toHaveProperty('historyHash');
    expect(withEntries(stored, [])).not.toHaveProperty('outbox');
    expect(withEntries(stored, [{ id: 'new' } as never]).outbox).toEqual([{ id: 'new' }]);
  });

  test.each([draft({ _id: 5 }), draft({ version: 1.5 }), draft({ version: undefined })])('needs an id and a version: %j', (wrong) => {
    expect(() => storedForm(wrong as never, 'now')).toThrow('a document needs _id and version');
  });
});
