import { afterEach, describe, expect, test } from '@jest/globals';
import { sentinelKey, stampKey } from '@commonpurse/shared/access';
import { CacheUnavailable } from '@commonpurse/shared/cache';
import { fakeClock, type FakeClock } from '@commonpurse/shared/testing';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let clock: FakeClock;
const start = async (): Promise<void> => {
  clock = fakeClock();
  auth = await startAuth({ clock });
};
afterEach(() => auth.stop());
const stamp = (userId: string): Promise<string | null> => auth.cache.get(stampKey(userId));

describe('stamps', () => {
  test('say the newest version before a change is acknowledged', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    expect(await stamp(ada.id)).toBe('2');
    await auth.login('ada@example.com');
    expect(await stamp(ada.id)).toBe('3');
    await auth.as(ada).post('/auth/logout');
    expect(await stamp(ada.id)).toBe('4');
    expect((await auth.internal().get(`/internal/people/${ada.id}`)).body.version).toBe(4);
  });

  test('are all there again before they count again, after the cache forgot', async () => {
    await start();
    const people = [await auth.person('ada@example.com'), await auth.person('bob@example.com')];
    await auth.register({ email: 'pending@example.com' });
    const order: string[] = [];
    const { raise, set } = auth.cache;
    auth.cache.raise = async (key, ...rest) => {
      order.push(key);
      return raise.call(auth.cache, key, ...rest);
    };
    auth.cache.set = async (key, ...rest) => {
      order.push(key);
      return set.call(auth.cache, key, ...rest);
    };
    auth.cache.forgetAll();
    expect(await auth.cache.get(sentinelKey)).toBeNull();
    await auth.until(async () => (await auth.cache.get(sentinelKey)) === auth.cache.run());
    expect(await Promise.all(people.map(({ id }) => stamp(id)))).toEqual(['2', '2']);
    expect(order.at(-1)).toBe(sentinelKey);
    expect(order.slice(0, -1).toSorted()).toEqual(people.map(({ id }) => stampKey(id)).toSorted());
  });

  test('do not count when the cache forgets in the middle, until all are there', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { raise } = auth.cache;
    let forgets = 2;
    auth.cache.raise = async (key, ...rest) => {
      const kept = await raise.call(auth.cache, key, ...rest);
      if (forgets-- > 0) auth.cache.forgetAll();
      return kept;
    };
    auth.cache.forgetAll();
    await auth.until(async () => {
      clock.advance(250);
      return (await auth.cache.get(sentinelKey)) === auth.cache.run();
    });
    expect(await stamp(ada.id)).toBe('2');
  });

  test('are owed while the cache is away, and made good when it is back', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { raise } = auth.cache;
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('away'));
    expect((await auth.as(ada).post('/auth/logout')).status).toBe(204);
    expect((await auth.as(ada).get('/users/profile')).status).toBe(401);
    expect(await stamp(ada.id)).toBe('2');
    clock.advance(1_000);
    auth.cache.raise = raise;
    await auth.until(async () => {
      clock.advance(250);
      return (await stamp(ada.id)) === '3';
    });
  });

  test('are asserted at the start, page by page', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { changedAt: _changedAt, outbox: _outbox, historyHash: _hash, ...template } = (await auth.users.get(ada.id))!;
    await auth.users.insertMany(
      Array.from({ length: 1200 }, (_, n) => ({ ...template, _id: `copy-${n}`, version: 1, personVersion: n + 1 })),
    );
    auth.cache.forgetAll();
    await auth.restart();
    await auth.until(async () => (await auth.cache.get(sentinelKey)) === auth.cache.run());
    expect(await Promise.all([0, 499, 500, 1199].map((n) => stamp(`copy-${n}`)))).toEqual(['1', '500', '501', '1200']);
  });
});
