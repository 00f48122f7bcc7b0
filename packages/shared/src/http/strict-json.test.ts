import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readStrictJson } from './strict-json.ts';

const errorOf = (text: string) => {
  const read = readStrictJson(text);
  return 'error' in read ? [read.error.code, read.error.path] : null;
};

describe('The JSON reader', () => {
  test('takes a thousand names in one object, and reads no further than to the first one beyond', () => {
    const named = (count: number, last = '1'): string =>
      `{"o":{${Array.from({ length: count }, (_, at) => `"n${at}":${at === count - 1 ? last : 1}`).join()}}}`;
    expect(errorOf(named(1000))).toBeNull();
    expect(errorOf(named(1001))).toEqual(['too-many-fields', '/o/n1000']);
    expect(errorOf(named(2000, '1e9'))).toEqual(['too-many-fields', '/o/n1000']);
    expect(errorOf(`[${Array.from({ length: 1001 }, () => '{"a":1}').join()}]`)).toBeNull();
  });

  test.each([
    ['{"a":1', 'malformed-json', ''],
    ['', 'malformed-json', ''],
    ['{"a":1}x', 'malformed-json', ''],
    ["{'a':1}", 'malformed-json', ''],
    ['[1,]', 'malformed-json', ''],
    ['{"a":01}', 'malformed-json', ''],
    ['{"a":NaN}', 'malformed-json', ''],
    ['\ufeff{}', 'malformed-json', ''],
    ['{"a":"\u0000"}', 'malformed-json', ''],
    ['{"a":1,"a":2}', 'duplicate-field', '/a'],
    ['{"a":1,"\\u0061":2}', 'duplicate-field', '/a'],
    ['{"\\u0061":1,"a":2}', 'duplicate-field', '/a'],
    ['{"x":[{"a":1},{"b":1,"b":2}]}', 'duplicate-field', '/x/1/b'],
    ['{"__proto__":{"admin":true}}', 'unknown-field', '/__proto__'],
    ['{"\\u005f_proto__":1}', 'unknown-field', '/__proto__'],
    ['{"a":{"constructor":1}}', 'unknown-field', '/a/constructor'],
    ['{"a":{"prototype":1}}', 'unknown-field', '/a/prototype'],
    ['{"a":"x\\u0000y"}', 'invalid-character', '/a'],
    ['{"a":["ok","\\ud800"]}', 'invalid-character', '/a/1'],
    ['{"a":"\\udc00\\ud800"}', 'invalid-character', '/a'],
    ['{"o":{"a\\u0000":1}}', 'invalid-character', '/o/'],
    ['{"amount":1e3}', 'exponent-notation', '/amount'],
    ['{"amount":1E+3}', 'exponent-notation', '/amount'],
    ['[12.5e-1]', 'exponent-notation', '/0'],
    ['{"n":9007199254740993}', 'number-out-of-range', '/n'],
    ['{"n":-9007199254740992}', 'number-out-of-range', '/n'],
    ['{"n":9007199254740994.0}', 'number-out-of-range', '/n'],
    ['{"n":123456789012345678.5}', 'number-out-of-range', '/n'],
    ['{"n":9007199254740.9925}', 'number-out-of-range', '/n'],
    ['{"n":12.500000000000000000001}', 'number-out-of-range', '/n'],
    ['{"a/b":{"c~d":[1,2e1]}}', 'exponent-notation', '/a~1b/c~0d/1'],
  ])('refuses %j', (text, code, path) => {
    expect(errorOf(text)).toEqual([code, path]);
  });

  test.each([
    '9007199254740991',
    '-12.50',
    '0.1',
    '0.30000000000000004',
    '1.000',
    '0.0000001',
    '-0',
    '100',
    '1234567890123456.00',
    '0.10000000000000000',
  ])('keeps the number %s', (text) => {
    expect(readStrictJson(`[${text}]`)).toEqual({ value: [Number(text)] });
  });

  const decimal = (digits: bigint, scale: number): string => {
    const text = String(digits).padStart(scale + 1, '0');
    return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  };
  const scale = fc.nat({ max: 25 });

  test('never reads two numbers as one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), scale, fc.boolean(), (digits, decimals, negative) => {
        const texts = [digits, digits + 1n].map((each) => (negative ? '-' : '') + decimal(each, decimals));
        const [one, next] = texts.map((text) => readStrictJson(text)).map((read) => ('value' in read ? read.value : undefined));
        expect(one === undefined || one !== next).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps every number of fifteen digits, wherever its point is, and any zeros behind it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), scale, fc.nat({ max: 20 }), (digits, decimals, zeros) => {
        const text = `${decimal(digits, decimals)}${'0'.repeat(decimals === 0 ? 0 : zeros)}`;
        expect(readStrictJson(text)).toEqual({ value: Number(text) });
      }),
    );
  });

  test('reads pairs of surrogates, escapes and the same name in different objects', () => {
    const text = '{"a":"\\ud83d\\ude00\\n\\"}{","b":{"a":[{"a":1},{"a":2}]},"c":[],"d":{}}';
    expect(readStrictJson(text)).toEqual({ value: JSON.parse(text) as unknown });
  });

  test('takes 64 levels and no more, however deep it goes', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(errorOf(nested(64))).toBeNull();
    expect(errorOf(nested(65))).toEqual(['too-deep', '/0'.repeat(64)]);
    expect(errorOf(nested(10_000))?.[0]).toBe('too-deep');
    expect(errorOf(nested(500_000))?.[0]).toBe('too-deep');
    expect(errorOf(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)?.[0]).toBe('too-deep');
  });

  test.each([
    ['zeros before its last digit', `0.${'0'.repeat(100_000)}1`],
    ['zeros behind its first', `1.${'0'.repeat(100_000)}`],
    ['ones', `0.${'1'.repeat(100_000)}`],
    ['zeros and ones in turn', `1.${'01'.repeat(50_000)}`],
  ])('is not held up by a number of a hundred thousand %s', (_what, number) => {
    const start = performance.now();
    readStrictJson(`{"amount":${number}}`);
    // read anew from each digit on, it takes half a minute, and a body has room for ten times as many
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('agrees with JSON.parse on everything that only one reading has', () => {
    const name = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !['__proto__', 'constructor', 'prototype'].includes(text) && !text.includes('\0'));
    const leaf = fc.oneof(name, fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie('value')), fc.dictionary(name, tie('value'), { noNullPrototype: true })),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, 2), (json, indent) => {
        const text = JSON.stringify(json, null, indent);
        expect(readStrictJson(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
    );
  });

  test('finds a name that is there twice wherever it is', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 5 }), leaf, (before, again) => {
        const text = `[${[...before.map((one) => JSON.stringify(one)), `{"n":${JSON.stringify(again)},"n":1}`].join(',')}]`;
        const path = `/${before.length}/n`;
        const expected =
          JSON.stringify(before).includes('\\u0000') || JSON.stringify(again).includes('\\u0000')
            ? expect.anything()
            : ['duplicate-field', path];
        expect(errorOf(text)).toEqual(expected);
      }),
    );
  });
});
