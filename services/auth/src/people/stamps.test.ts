import { afterEach, describe, expect, test } from '@jest/globals';
import { leaseKey, sentinelKey, stampKey } from '@commonpurse/shared/access';
import { CacheUnavailable } from '@commonpurse/shared/cache';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import { fakeClock, type FakeClock } from '@commonpurse/shared/testing';
import { asTimePasses } from '../testing/as-time-passes.ts';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let clock: FakeClock;
const start = async (): Promise<void> => {
  clock = fakeClock();
  auth = await startAuth({ clock });
};
afterEach(() => passing(auth.stop()));
const passing = <T>(answer: Promise<T>): Promise<T> => asTimePasses(clock, answer);
const asserted = async (): Promise<boolean> => (await auth.cache.get(sentinelKey)) === auth.cache.run();
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
    await auth.until(asserted);
    await auth.atRest();
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
    await auth.until(asserted);
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
      return asserted();
    });
    expect(await stamp(ada.id)).toBe('2');
  });

  test('are owed while the cache is away, and made good when it is back', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { raise } = auth.cache;
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('away'));
    const leaving = auth.as(ada).post('/auth/logout');
    expect((await passing(leaving)).status).toBe(204);
    expect((await auth.as(ada).get('/users/profile')).status).toBe(401);
    expect(await stamp(ada.id)).toBe('2');
    auth.cache.raise = raise;
    await passing(auth.until(async () => (await auth.stampDebts.count({})) === 0));
    expect(await stamp(ada.id)).toBe('3');
  });

  test('that are owed are paid by whoever lives on', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const { raise } = auth.cache;
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('away'));
    await passing(auth.as(ada).post('/auth/logout'));
    auth.cache.raise = raise;
    await auth.restart();
    await passing(auth.until(async () => (await auth.stampDebts.count({})) === 0));
    expect(await stamp(ada.id)).toBe('3');
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
    await auth.until(asserted);
    expect(await Promise.all([0, 499, 500, 1199].map((n) => stamp(`copy-${n}`)))).toEqual(['1', '500', '501', '1200']);
  });
});

describe('what stamps say', () => {
  const leased = async (): Promise<boolean> => (await auth.cache.get(leaseKey)) === auth.cache.run();
  /** A renewal that took long in this process gives a lease that is over at once; the next one comes in time. */
  const leasedInTime = (): Promise<unknown> => passing(auth.until(leased));

  test('is believed without asking for as long as auth renews that it owes nothing', async () => {
    await start();
    await leasedInTime();
    for (let n = 0; n < 10; n += 1) {
      clock.advance(1_500);
      await leasedInTime();
    }
  });

  test('is no longer believed by the time that a change is acknowledged which it does not know of', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    await leasedInTime();
    await auth.atRest();
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('cut off from auth only'));
    let acknowledged = false;
    const leaving = auth.as(ada).post('/auth/logout');
    void leaving.then(() => (acknowledged = true));
    await auth.until(async () => (await auth.stampDebts.count({})) === 1);
    // It does not come while somebody may still believe the old stamp.
    while (await leased()) {
      expect(acknowledged).toBe(false);
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await passing(leaving)).status).toBe(204);
    expect(await leased()).toBe(false);
  });

  test('is believed again as soon as what was owed is paid, which the change need not wait beyond', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    // Whoever renews the lease rests now, for half a second.
    await leasedInTime();
    await auth.atRest();
    const { raise } = auth.cache;
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('away'));
    const leaving = auth.as(ada).post('/auth/logout');
    await auth.until(async () => (await auth.stampDebts.count({})) === 1);
    auth.cache.raise = raise;
    clock.advance(500);
    expect((await leaving).status).toBe(204);
    expect(await stamp(ada.id)).toBe('3');
    await leasedInTime();
  });

  test('is not acknowledged when not even the debt can be stored', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    auth.cache.raise = () => Promise.reject(new CacheUnavailable('away'));
    auth.stampDebts.insert = () => Promise.reject(new StoreUnavailable('away'));
    expect((await auth.as(ada).post('/auth/logout')).status).toBe(503);
  });
});
