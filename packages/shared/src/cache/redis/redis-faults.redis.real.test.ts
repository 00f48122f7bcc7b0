import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { systemClock } from '../../service/clock.ts';
import { openTcpProxy, type TcpProxy } from '../../testing/index.ts';
import { forgetKeys, serverUrl } from '../../testing/servers/index.ts';
import { type Cache, CacheUnavailable } from '../cache.ts';
import { openRedisCache } from './index.ts';

const url = serverUrl('redis');
const limit = { rate: 1, periodMs: 3_600_000, burst: 100 };
let prefix: string;
let proxy: TcpProxy;
let cache: Cache;
/** Another instance, whose connection is never touched. */
let other: Cache;
let lines: string[];
const log = pino({}, { write: (line: string) => void lines.push(line) });
const open = (at: string): Promise<Cache> => openRedisCache({ url: at, prefix, clock: systemClock, log, timeoutMs: 1_000, checkMs: 20 });

beforeEach(async () => {
  lines = [];
  prefix = `test-${randomUUID()}`;
  proxy = await openTcpProxy(url);
  [cache, other] = await Promise.all([open(proxy.through(url)), open(url)]);
});
afterEach(async () => {
  await Promise.all([cache.close(), other.close()]);
  await proxy.close();
  await forgetKeys(prefix);
});

/** Patient: only a failing test waits to the end. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`still not so: ${String(holds)}; ${cache.run()}, ${other.run()}, ${await cache.health()}`);
    await delay(2);
  }
}
const away = (): Promise<void> => until(() => cache.run() === null);
const back = (): Promise<void> => until(() => cache.run() !== null);
const refused = (call: Promise<unknown>) => expect(call).rejects.toThrow(CacheUnavailable);

describe('a Redis that is cut off', () => {
  test('is back by itself, in the same run, and whoever asked is told of both', async () => {
    const run = cache.run();
    const told: (string | null)[] = [];
    cache.onNewRun(() => told.push(cache.run()));
    await cache.set('a', 'one');
    proxy.cut();
    await until(() => told.length >= 2);
    expect(told.slice(0, 2)).toEqual([null, run]);
    expect(await cache.get('a')).toBe('one');
    expect(other.run()).toBe(run);
  });

  test('fails every call at once while it refuses connections', async () => {
    await proxy.mode('refuse');
    await away();
    await refused(cache.get('a'));
    await refused(cache.getMany(['a']));
    await refused(cache.set('a', 'x', 50));
    await refused(cache.setIfAbsent('a', 'x'));
    await refused(cache.raise('a', 1));
    await refused(cache.take('a'));
    await refused(cache.delete('a'));
    await refused(cache.limit('a', limit));
    await refused(cache.publish('a', 'x'));
    expect(await cache.health()).toMatch(/^Redis at 127\.0\.0\.1:\d+ (refuses connections: nothing listens there|closes the connection)$/);
    await proxy.mode('pass');
    await back();
    expect(await cache.health()).toBeNull();
  });

  test('says so in the log, once', async () => {
    await proxy.mode('refuse');
    await away();
    await proxy.mode('pass');
    await back();
    expect(lines.filter((line) => line.includes('is away'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('is there'))).toHaveLength(1);
  });

  test('never gets a call twice', async () => {
    for (let n = 0; n < 20; n += 1) {
      const calls = [cache.limit('a', limit).catch(() => null), cache.limit('a', limit).catch(() => null)];
      // wherever that meets them: unsent, under way, or answered
      await delay(0);
      proxy.cut();
      await Promise.all(calls);
      await back();
    }
    expect((await other.limit('a', limit, 0)).remaining).toBeGreaterThanOrEqual(60);
  });
});

describe('a Redis that hangs', () => {
  test('fails a call in time, and those after it at once', async () => {
    await proxy.mode('blackhole');
    await refused(cache.get('a'));
    expect(cache.run()).toBeNull();
    await refused(cache.get('a'));
    expect(await cache.health()).toMatch(
      /^Redis at 127\.0\.0\.1:\d+ (did not answer within 1000 ms|accepts a connection and answers nothing)$/,
    );
    await proxy.mode('pass');
    await back();
    expect(await cache.get('a')).toBeNull();
  });

  test('hears late of what is to be held, which ends when it was to end', async () => {
    await proxy.mode('blackhole');
    await refused(cache.hold('a', 'x', 60_000));
    await proxy.mode('pass');
    const admin = new Redis(url);
    let leftMs = 0;
    while (leftMs <= 0) leftMs = await admin.pttl(`${prefix}:value:a`);
    admin.disconnect();
    // a second has passed before it was given up
    expect(leftMs).toBeLessThan(59_500);
  });

  test('is noticed when nobody calls', async () => {
    await proxy.mode('blackhole');
    await away();
  });

  test('that is only slow is no failure', async () => {
    await proxy.mode({ delayMs: 20 });
    await cache.set('a', 'one');
    expect(await cache.get('a')).toBe('one');
    expect(cache.run()).not.toBeNull();
  });
});

describe('hints', () => {
  test('are heard again after the connection was lost, and until then the run is not known', async () => {
    const heard: string[] = [];
    await cache.subscribe('x', (message) => heard.push(message));
    // one of two who leaves takes nothing from the other
    await (
      await cache.subscribe('x', (message) => heard.push(message))
    )();
    const stop = await cache.subscribe('y', (message) => heard.push(message));
    await proxy.mode('refuse');
    await away();
    await stop();
    await cache.subscribe('z', (message) => heard.push(message));
    await proxy.mode('pass');
    await back();
    await other.publish('y', 'not wanted any more');
    await other.publish('x', 'one');
    await other.publish('z', 'two');
    await until(() => heard.length >= 2);
    expect(heard.toSorted()).toEqual(['one', 'two']);
  });

  test('can be subscribed to while the server is away', async () => {
    await proxy.mode('refuse');
    await away();
    const heard: string[] = [];
    await cache.subscribe('x', (message) => heard.push(message));
    await proxy.mode('pass');
    await back();
    await other.publish('x', 'one');
    await until(() => heard.length === 1);
  });

  test('of a listener that fails are told to the log', async () => {
    await cache.subscribe('x', () => {
      throw new Error('bad listener');
    });
    await other.publish('x', 'one');
    await until(() => lines.some((line) => line.includes('bad listener')));
  });
});

describe('a Redis that was emptied', () => {
  test('is in a new run for everybody, also when only the mark is gone', async () => {
    const run = cache.run();
    await forgetKeys(prefix, `${prefix}:run`);
    await until(() => cache.run() !== run && other.run() !== run);
    await until(() => cache.run() === other.run());
  });

  test('is in a new run when it was emptied while it could not be reached', async () => {
    const run = cache.run();
    await proxy.mode('refuse');
    await away();
    await forgetKeys(prefix);
    await proxy.mode('pass');
    await back();
    expect(cache.run()).not.toBe(run);
    await until(() => cache.run() === other.run());
  });

  test('tells everybody who asked, whatever one of them throws', async () => {
    let told = 0;
    cache.onNewRun(() => {
      throw new Error('bad listener');
    });
    cache.onNewRun(() => (told += 1));
    await forgetKeys(prefix);
    await until(() => told > 0);
    expect(lines.some((line) => line.includes('bad listener'))).toBe(true);
  });
});

describe('a cache that was closed', () => {
  test('answers nothing and tells nobody', async () => {
    let told = 0;
    const stop = await cache.subscribe('x', () => (told += 1));
    cache.onNewRun(() => (told += 1));
    await cache.close();
    await refused(cache.get('a'));
    await other.publish('x', 'one');
    await stop();
    expect(cache.run()).toBeNull();
    expect(await cache.health()).toMatch(/is closed$/);
    expect(told).toBe(0);
  });

  test('opens no connection for who comes to listen too late', async () => {
    await cache.close();
    await until(() => proxy.connections === 0);
    const stop = await cache.subscribe('x', () => {});
    expect(proxy.connections).toBe(0);
    await stop();
  });

  test('can be closed while the server is away', async () => {
    await cache.subscribe('x', () => {});
    await proxy.mode('refuse');
    await away();
    await cache.close();
  });
});
