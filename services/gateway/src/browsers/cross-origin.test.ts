import { expect, test } from '@jest/globals';
import { corsHeaders, securityHeaders } from './cross-origin.ts';

const allowed = new Set(['https://app.example']);

test('only the exact allowed origin may read answers', () => {
  expect(corsHeaders('https://app.example', allowed)['Access-Control-Allow-Origin']).toBe('https://app.example');
  for (const origin of [undefined, 'https://app.example.evil', 'http://app.example', 'https://APP.example', 'null'])
    expect(corsHeaders(origin, allowed)).toEqual({});
});

test('answers run nothing', () => {
  expect(securityHeaders(false)['Content-Security-Policy']).toBe("default-src 'none'; frame-ancestors 'none'");
});

test('browsers are told to stay on https only where the public address is https', () => {
  expect(securityHeaders(true)).toHaveProperty('Strict-Transport-Security');
  expect(securityHeaders(false)).not.toHaveProperty('Strict-Transport-Security');
});
