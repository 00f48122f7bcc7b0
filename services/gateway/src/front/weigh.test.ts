import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMemoryCache, type MemoryCache } from '@commonpurse/shared/cache/memory';
import { type AccessClaims, apiKeyOf } from '@commonpurse/shared/http';
import { PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { createLimiter } from '../limits/limiter.ts';
import { weigh, type WeighDeps } from './weigh.ts';

const key = apiKeyOf('01994d2b-11aa-7c3a-9d63-000000000000', 'x'.repeat(32));
const claims: AccessClaims = { userId: 'ada', sessionId: 's', role: 'user', scopes: null, expiresAt: 9e9 };
const two = { rate: 2, periodMs: 60_000, burst: 2 };

let cache: MemoryCache;
beforeEach(() => {
  cache = createMemoryCache({ clock: fakeClock() });
});
afterEach(() => cache.close());

/** @param exchangeKey what auth says of the key */
function door(exchangeKey: WeighDeps['exchangeKey']) {
  const deps: WeighDeps = {
    verify: async () => claims,
    exchangeKey,
    trace: () => undefined,
    limiter: createLimiter(cache, cache),
    policies: { user: two, address: two, auth: two },
  };
  return async (authorization: string) => {
    const req = { headers: { authorization } } as IncomingMessage;
    const visitor = { requestId: 'r', address: '203.0.113.9', path: '/records', headers: [] as string[] };
    const refusal = await weigh(deps, req, visitor);
    const limit = visitor.headers[visitor.headers.indexOf('RateLimit') + 1];
    return { code: refusal?.code ?? null, limit, sent: req.headers.authorization };
  };
}

describe('A request with an API key', () => {
  test('goes on with the token that is given for it, and counts as one of whose key it is', async () => {
    const come = door(async () => ({ userId: 'ada', token: 'short.lived.token' }));
    expect(await come(`Bearer ${key}`)).toEqual({ code: null, limit: '"user";r=1;t=30', sent: 'Bearer short.lived.token' });
    expect(await come('Bearer signed.in.token')).toMatchObject({ code: null, limit: '"user";r=0;t=60' });
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'rate-limited' });
  });

  test('that is none is turned away, and counts against where it came from', async () => {
    const come = door(async () => null);
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'unauthenticated', limit: '"address";r=1;t=30' });
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'unauthenticated' });
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'rate-limited' });
  });

  test('is not said to be nobody’s while nobody can say, and counts against where it came from', async () => {
    const come = door(() => Promise.reject(new PeerUnavailable('auth')));
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'service-unavailable', limit: '"address";r=1;t=30' });
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'service-unavailable' });
    expect(await come(`Bearer ${key}`)).toMatchObject({ code: 'rate-limited' });
  });

  test('that breaks something is nobody’s refusal', async () => {
    const come = door(() => Promise.reject(new TypeError('a bug')));
    await expect(come(`Bearer ${key}`)).rejects.toThrow('a bug');
  });
});
