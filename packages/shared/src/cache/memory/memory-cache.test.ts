import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock } from '../../testing/fake-clock.ts';
import { describeCache } from '../cache.contract.ts';
import { CacheUnavailable } from '../cache.ts';
import { getOrLoad } from '../get-or-load.ts';
import { createMemoryCache } from './memory-cache.ts';

describeCache('memory', async () => {
  const clock = fakeClock();
  const cache = createMemoryCache({ clock });
  return {
    cache,
    other: cache,
    pass: async (ms) => clock.advance(ms),
    restart: async () => cache.forgetAll(),
    close: () => cache.close(),
  };
});

const once = { rate: 1, periodMs: 60_000, burst: 1 };

describe('a memory cache that is full', () => {
  test('forgets the value that was not used for longest', async () => {
    const cache = createMemoryCache({ clock: fakeClock(), maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await cache.set(key, key);
    await cache.get('a');
    await cache.set('d', 'd');
    expect(await cache.getMany(['a', 'b', 'c', 'd'])).toEqual(['a', null, 'c', 'd']);
    expect(cache.size).toBe(3);
  });

  test('forgets what is over before anything that is not', async () => {
    const clock = fakeClock();
    const cache = createMemoryCache({ clock, maxEntries: 2 });
    await cache.set('old', 'x');
    await cache.set('over', 'x', 10);
    clock.advance(20);
    await cache.set('new', 'x');
    expect(await cache.getMany(['old', 'new'])).toEqual(['x', 'x']);
  });

  test('never forgets a lock or a raised number for a value', async () => {
    const cache = createMemoryCache({ clock: fakeClock(), maxEntries: 3 });
    await cache.setIfAbsent('lock', 'mine');
    await cache.raise('stamp', 7);
    for (let n = 0; n < 100; n += 1) await cache.set(`value ${n}`, 'x');
    expect(await cache.setIfAbsent('lock', 'yours')).toBe(false);
    expect(await cache.raise('stamp', 3)).toBe(7);
  });

  test('never forgets a limit: a flood of others is refused instead', async () => {
    const clock = fakeClock();
    const cache = createMemoryCache({ clock, maxEntries: 10 });
    expect((await cache.limit('victim', once)).allowed).toBe(true);
    for (let n = 0; n < 9; n += 1) await cache.limit(`flood ${n}`, once);
    await expect(cache.limit('one more', once)).rejects.toThrow(CacheUnavailable);
    expect((await cache.limit('victim', once)).allowed).toBe(false);
    clock.advance(60_000);
    expect((await cache.limit('one more', once)).allowed).toBe(true);
  });

  test('keeps a lock that is written plainly as safe as before', async () => {
    const cache = createMemoryCache({ clock: fakeClock(), maxEntries: 2 });
    await cache.setIfAbsent('lock', 'mine');
    await cache.set('lock', 'renewed');
    for (let n = 0; n < 10; n += 1) await cache.set(`value ${n}`, 'x');
    expect(await cache.get('lock')).toBe('renewed');
  });

  test('keeps a value that became a raised number as safe as one that always was', async () => {
    const cache = createMemoryCache({ clock: fakeClock(), maxEntries: 3 });
    await cache.set('stamp', '5');
    await cache.raise('stamp', 7);
    for (let n = 0; n < 10; n += 1) await cache.set(`value ${n}`, 'x');
    expect(await cache.raise('stamp', 3)).toBe(7);
  });

  test('makes room with what is there: a lock does not go in the place of a value of its name that was taken away', async () => {
    const cache = createMemoryCache({ clock: fakeClock(), maxEntries: 3 });
    await cache.set('lock', 'free');
    await cache.take('lock');
    await cache.setIfAbsent('lock', 'mine');
    for (let n = 0; n < 10; n += 1) await cache.set(`value ${n}`, 'x');
    expect([await cache.setIfAbsent('lock', 'yours'), cache.size]).toEqual([false, 3]);
  });

  test('says so rather than forgetting, when only guards are left', async () => {
    const cache = createMemoryCache({ clock: fakeClock(), maxEntries: 1 });
    await cache.raise('stamp', 1);
    await expect(cache.set('value', 'x')).rejects.toThrow(CacheUnavailable);
    await expect(getOrLoad(cache, 'value', 1_000, async () => 'loaded anyway')).resolves.toBe('loaded anyway');
  });
});

describe('a memory cache', () => {
  test('shrinks again as entries end', async () => {
    const clock = fakeClock();
    const cache = createMemoryCache({ clock });
    for (let n = 0; n < 1_000; n += 1) await cache.limit(`address ${n}`, once);
    expect(cache.size).toBe(1_000);
    clock.advance(60_001);
    for (let n = 0; n < 300; n += 1) await cache.limit('still here', once);
    expect(cache.size).toBe(1);
  });

  test('a lock that was given back and taken again lasts as long as was asked for the second time', async () => {
    const clock = fakeClock();
    const cache = createMemoryCache({ clock });
    await cache.setIfAbsent('lock', 'first', 1_000);
    await cache.delete('lock');
    await cache.setIfAbsent('lock', 'second', 60_000);
    clock.advance(2_000);
    for (let n = 0; n < 10; n += 1) await cache.set(`value ${n}`, 'x');
    expect(await cache.setIfAbsent('lock', 'third')).toBe(false);
  });

  test('tells the log of a listener that fails', async () => {
    const lines: string[] = [];
    const cache = createMemoryCache({ clock: fakeClock(), log: pino({}, { write: (line: string) => void lines.push(line) }) });
    await cache.subscribe('x', () => {
      throw new Error('bad listener');
    });
    await cache.publish('x', 'hint');
    await Promise.resolve();
    expect(lines.join('')).toContain('bad listener');
  });

  test('answers nothing once it is closed', async () => {
    const cache = createMemoryCache({ clock: fakeClock() });
    await cache.close();
    await expect(cache.get('a')).rejects.toThrow(CacheUnavailable);
    await expect(cache.limit('a', once)).rejects.toThrow(CacheUnavailable);
    expect(cache.run()).toBeNull();
    expect(await cache.health()).toBe('closed');
    await expect(getOrLoad(cache, 'a', 1_000, async () => 'loaded')).resolves.toBe('loaded');
  });
});
