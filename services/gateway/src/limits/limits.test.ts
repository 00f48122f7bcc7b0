import { describe, expect, test } from '@jest/globals';
import { CacheUnavailable, type Cache } from '@commonpurse/shared/cache';
import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { fakeClock } from '@commonpurse/shared/testing';
import { createLimiter } from './limiter.ts';
import { policyFor, stricter } from './policy.ts';

const perMinute = (rate: number, burst = rate) => ({ rate, periodMs: 60_000, burst });
const policies = { user: perMinute(600, 200), address: perMinute(120), auth: perMinute(60) };

describe('the policy', () => {
  test.each([
    ['/records', 'u1', 'user'],
    ['/records', null, 'address'],
    ['/auth/login', null, 'auth'],
    ['/auth/logout', 'u1', 'user'],
  ])('of %s for %s is the one by %s', (path, userId, name) => {
    expect(policyFor(policies, path, userId)).toEqual({ name, limit: policies[name as 'user'] });
  });
  test('is halved while every instance counts for itself, and never closes', () => {
    const limits = [perMinute(600, 200), perMinute(5, 3), perMinute(1, 1)];
    expect(limits.map(stricter)).toEqual([perMinute(300, 100), perMinute(2, 1), perMinute(1, 1)]);
  });
});

describe('the limiter', () => {
  const clock = fakeClock();
  const away = { limit: () => Promise.reject(new CacheUnavailable('away')) } as unknown as Cache;
  const silent = { limit: () => new Promise(() => {}) } as unknown as Cache;
  const burst3 = { name: 'user', limit: perMinute(60, 3) } as const;

  test('lets the burst through, then says how long to wait', async () => {
    const limiter = createLimiter(createMemoryCache({ clock }), away);
    const answers = [
      await limiter.count(burst3, 'u'),
      await limiter.count(burst3, 'u'),
      await limiter.count(burst3, 'u'),
      await limiter.count(burst3, 'u'),
    ];
    expect(answers.map((each) => each.allowed)).toEqual([true, true, true, false]);
    expect(answers[0]!.headers).toEqual({ 'RateLimit-Policy': '"user";q=60;w=60', RateLimit: '"user";r=2;t=1' });
    expect(answers[3]!.headers).toMatchObject({ 'Retry-After': '1', RateLimit: '"user";r=0;t=3' });
    expect((await limiter.count(burst3, 'other')).allowed).toBe(true);
  });
  test('says to wait for whole seconds, and never too few', async () => {
    const limiter = createLimiter(createMemoryCache({ clock }), away);
    const policy = { name: 'user', limit: perMinute(50, 1) } as const;
    await limiter.count(policy, 'u');
    expect((await limiter.count(policy, 'u')).headers).toMatchObject({ 'Retry-After': '2', RateLimit: '"user";r=0;t=2' });
  });
  test('counts by itself and more strictly while the cache is away', async () => {
    const limiter = createLimiter(away, createMemoryCache({ clock }));
    const answers = [await limiter.count(burst3, 'u'), await limiter.count(burst3, 'u')];
    expect(answers.map((each) => each.allowed)).toEqual([true, false]);
  });
  test('hides no bug of the cache', async () => {
    const broken = { limit: () => Promise.reject(new TypeError('bug')) } as unknown as Cache;
    await expect(createLimiter(broken, away).count(burst3, 'u')).rejects.toThrow('bug');
  });
  test('looks without counting', async () => {
    const limiter = createLimiter(createMemoryCache({ clock }), away);
    const headers = { 'RateLimit-Policy': '"user";q=60;w=60', RateLimit: '"user";r=3;t=0' };
    expect([await limiter.look(burst3, 'u'), await limiter.look(burst3, 'u')]).toEqual([headers, headers]);
    const alone = createLimiter(away, createMemoryCache({ clock }));
    for (let n = 0; n < 3; n++) await alone.look(burst3, 'u');
    expect((await alone.count(burst3, 'u')).allowed).toBe(true);
  });
  test('looks without waiting for a cache that says nothing', async () => {
    const local = createMemoryCache({ clock });
    expect(await createLimiter(silent, local).look(burst3, 'u')).toEqual({
      'RateLimit-Policy': '"user";q=60;w=60',
      RateLimit: '"user";r=1;t=0',
    });
  });
  test('counts in the shared cache, however long that takes', async () => {
    const shared = createMemoryCache({ clock });
    const counting = Promise.withResolvers<void>();
    const slow = {
      limit: (...asked: Parameters<Cache['limit']>) => counting.promise.then(() => shared.limit(...asked)),
    } as unknown as Cache;
    const counted = createLimiter(slow, away).count(burst3, 'u');
    // by then a look would have given up
    await createLimiter(silent, createMemoryCache({ clock })).look(burst3, 'u');
    counting.resolve();
    expect((await counted).headers).toMatchObject({ RateLimit: '"user";r=2;t=1' });
  });
  test('counts nothing where the operator switched it off', async () => {
    expect(await createLimiter(away, away).count({ name: 'auth', limit: null }, 'a')).toEqual({ allowed: true, headers: {} });
  });
});
