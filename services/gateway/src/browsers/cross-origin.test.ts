import { expect, test } from '@jest/globals';
import { corsHeaders, preflightHeaders, securityHeaders } from './cross-origin.ts';

const allowed = new Set(['https://app.example']);

test('only the exact allowed origin may read answers', () => {
  expect(corsHeaders('https://app.example', allowed)['Access-Control-Allow-Origin']).toBe('https://app.example');
  for (const origin of [undefined, 'https://app.example.evil', 'http://app.example', 'https://APP.example', 'null'])
    expect(corsHeaders(origin, allowed)).toEqual({});
});

test('a page may send whatever the contract asks of a client, and read whatever it tells one', () => {
  expect(preflightHeaders).toEqual({
    'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id',
    'Access-Control-Max-Age': '600',
  });
  const told = 'ETag, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotency-Replayed, WWW-Authenticate';
  expect(corsHeaders('https://app.example', allowed)['Access-Control-Expose-Headers']).toBe(told);
});

test('answers run nothing, and no page can frame or sniff them', () => {
  expect(securityHeaders(false)).toEqual({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  });
});

test('browsers are told to stay on https only where the public address is https', () => {
  expect(securityHeaders(true)).toHaveProperty('Strict-Transport-Security');
  expect(securityHeaders(false)).not.toHaveProperty('Strict-Transport-Security');
});
