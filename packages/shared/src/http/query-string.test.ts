import { describe, expect, test } from '@jest/globals';
import { queryOf, refuseParameters } from './query-string.ts';
import { Refusal } from './refusal.ts';

const refusedWith = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.errors?.map(({ path, code }) => [path, code]);
    throw error;
  }
  return null;
};

describe('A query', () => {
  test.each([
    ['/records', {}],
    ['/records?', {}],
    ['/records?a=1&b=x%20y+z&c=&d&&e=%E2%82%AC', { a: '1', b: 'x y z', c: '', d: '', e: '€' }],
    ['/records?q=bread+and+butter', { q: 'bread and butter' }],
    ['/records?a=b=c', { a: 'b=c' }],
    ['/records?filters=%7B%22a%22%3A1%7D', { filters: '{"a":1}' }],
  ])('%s is read', (url, expected) => {
    expect({ ...queryOf(url) }).toEqual(expected);
  });

  test.each([
    ['/records?a=1&a=2', '/a', 'repeated-parameter'],
    ['/records?a=1&%61=1', '/a', 'repeated-parameter'],
    ['/records?a=%zz', '/a', 'invalid-encoding'],
    ['/records?a=%ff', '/a', 'invalid-encoding'],
    ['/records?a=%ED%A0%80', '/a', 'invalid-encoding'],
    ['/records?a=\u00e9', '/a', 'invalid-encoding'],
    ['/records?%ff=1', '', 'invalid-encoding'],
    ['/records?a=%00', '/a', 'invalid-character'],
    ['/records?%00=1', '', 'invalid-character'],
    ['/records?a/b~=1&a/b~=1', '/a~1b~0', 'repeated-parameter'],
  ])('%s is refused', (url, path, code) => {
    expect(refusedWith(() => queryOf(url))).toEqual([[path, code]]);
  });

  test('has no prototype to pollute', () => {
    const query = queryOf('/x?__proto__=1&constructor=2');
    expect(Object.keys(query)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  test('is refused whole where a route takes none', () => {
    expect(refusedWith(() => refuseParameters(queryOf('/x')))).toBeNull();
    expect(refusedWith(() => refuseParameters(queryOf('/x?a=1&b=2')))).toEqual([
      ['/a', 'unknown-parameter'],
      ['/b', 'unknown-parameter'],
    ]);
  });
});
