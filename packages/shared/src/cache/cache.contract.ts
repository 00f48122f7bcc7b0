import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cache, Limit } from './cache.ts';
import { getOrLoad } from './get-or-load.ts';

interface CacheUnderTest {
  readonly cache: Cache;
  /** A second client of the same backend, as another instance has it; the same one where everything is one process. */
  readonly other: Cache;
  /** Lets so many milliseconds pass, by an injected clock or in truth. */
  pass(ms: number): Promise<void>;
  /** The backend forgets everything and begins a new run. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const perMinute = (rate: number, burst: number): Limit => ({ rate, periodMs: 60_000, burst });
const hour = 3_600_000;
/** Passes in truth, too, and is not over before the next call of a busy machine. */
const aWhile = 3_000;

/** Called once by each adapter's test: memory and Redis must not be tellable apart. Times are short, so that a real clock may pass them. */
export function describeCache(name: string, open: () => Promise<CacheUnderTest>): void {
  describe(`Cache contract: ${name}`, () => {
    let under: CacheUnderTest;
    let cache: Cache;
    let other: Cache;
    beforeEach(async () => {
      under = await open();
      ({ cache, other } = under);
    });
    afterEach(() => under.close());

    describe('values', () => {
      test('what was set is there for every client, what was not is null', async () => {
        await cache.set('a', 'one');
        expect(await other.get('a')).toBe('one');
        expect(await cache.get('b')).toBeNull();
      });

      test('the last one set stays, the empty string is a value', async () => {
        await cache.set('a', 'one');
        await cache.set('a', '');
        expect(await cache.get('a')).toBe('');
      });

      test('getMany answers in the order asked for, with gaps and repeats', async () => {
        await cache.set('a', 'one');
        await cache.set('c', 'three');
        expect(await cache.getMany(['c', 'b', 'a', 'c'])).toEqual(['three', null, 'one', 'three']);
        expect(await cache.getMany([])).toEqual([]);
      });

      test('a value is gone when its time is over, not before', async () => {
        await cache.set('short', 'x', aWhile);
        await cache.set('long', 'y', hour);
        expect(await cache.get('short')).toBe('x');
        await under.pass(aWhile + 10);
        expect(await cache.getMany(['short', 'long'])).toEqual([null, 'y']);
      });

      test('setting again renews the time, and without a time it stays', async () => {
        await cache.set('renewed', 'x', 50);
        await cache.set('renewed', 'x', hour);
        await cache.set('kept', 'x', 50);
        await cache.set('kept', 'x');
        await cache.set('shortened', 'x', hour);
        await cache.set('shortened', 'x', 50);
        await under.pass(60);
        expect(await cache.getMany(['renewed', 'kept', 'shortened'])).toEqual(['x', 'x', null]);
      });

      test('a time that is over already stores nothing and removes what was there', async () => {
        await cache.set('a', 'one');
        await cache.set('a', 'two', 0);
        expect(await cache.get('a')).toBeNull();
        expect(await cache.setIfAbsent('b', 'x', -5)).toBe(true);
        expect(await cache.get('b')).toBeNull();
      });

      test('what is held is gone when its time is over, which counts from the call', async () => {
        await cache.hold('held', 'x', 2_000);
        expect(await other.get('held')).toBe('x');
        await cache.hold('held', 'y', 2_000);
        await under.pass(2_600);
        expect(await cache.get('held')).toBeNull();
        await cache.set('over', 'x');
        await cache.hold('over', 'x', 0);
        expect(await cache.get('over')).toBeNull();
      });

      test('a time that is no number is a bug', async () => {
        await expect(cache.set('a', 'one', Number.NaN)).rejects.toThrow(RangeError);
      });

      test('delete removes, also what is not there', async () => {
        await cache.set('a', 'one');
        await cache.delete('a');
        await cache.delete('a');
        expect(await cache.get('a')).toBeNull();
      });

      test('keys and values are any text', async () => {
        const odd = 'k:\u0000 é ☃ 𝄞 __proto__ %$*';
        await cache.set(odd, odd);
        expect(await other.get(odd)).toBe(odd);
        expect(await cache.get('__proto__')).toBeNull();
      });
    });

    describe('one winner', () => {
      test('of 50 who set what is absent one does', async () => {
        const won = await Promise.all(
          Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? cache : other).setIfAbsent('a', String(n), hour)),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await cache.get('a')).toBe(String(won.indexOf(true)));
      });

      test('what is absent again after its time can be set again', async () => {
        expect(await cache.setIfAbsent('a', 'one', aWhile)).toBe(true);
        expect(await cache.setIfAbsent('a', 'two', aWhile)).toBe(false);
        await under.pass(aWhile + 10);
        expect(await cache.setIfAbsent('a', 'three', 50)).toBe(true);
      });

      test('what is set for ever is absent to nobody', async () => {
        expect(await cache.setIfAbsent('a', 'one')).toBe(true);
        expect([await other.setIfAbsent('a', 'two'), await other.get('a')]).toEqual([false, 'one']);
      });

      test('of 50 who take a ticket one gets it', async () => {
        await cache.set('ticket', 'x', hour);
        const taken = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? cache : other).take('ticket')));
        expect(taken.filter((value) => value === 'x')).toHaveLength(1);
        expect(taken.filter((value) => value === null)).toHaveLength(49);
      });

      test('a ticket whose time is over is taken by nobody', async () => {
        await cache.set('ticket', 'x', 50);
        await under.pass(60);
        expect(await cache.take('ticket')).toBeNull();
      });
    });

    describe('raise', () => {
      test('the highest number stays, whatever the order', async () => {
        const numbers = [3, 9, 1, 12, 7, 12, 2];
        await Promise.all(numbers.map((number, n) => (n % 2 === 0 ? cache : other).raise('stamp', number)));
        expect(await cache.get('stamp')).toBe('12');
        expect(await cache.raise('stamp', 11)).toBe(12);
        expect(await cache.raise('stamp', 13)).toBe(13);
      });

      test('raising renews the time', async () => {
        await cache.raise('stamp', 5, aWhile);
        await cache.raise('stamp', 4, hour);
        await under.pass(aWhile + 10);
        expect(await cache.get('stamp')).toBe('5');
        await cache.raise('stamp', 6, 50);
        await under.pass(60);
        expect(await cache.raise('stamp', 1)).toBe(1);
      });

      test('a time that is over already leaves nothing', async () => {
        await cache.raise('stamp', 5, hour);
        await cache.raise('stamp', 6, 0);
        expect(await other.get('stamp')).toBeNull();
      });

      test('what is no number is not raised', async () => {
        await cache.set('text', 'x');
        await expect(cache.raise('text', 1)).rejects.toThrow();
        expect(await cache.get('text')).toBe('x');
      });
    });

    describe('limits', () => {
      test('of 50 at once the burst is admitted, across clients', async () => {
        const limit = perMinute(1, 5);
        const verdicts = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? cache : other).limit('a', limit)));
        expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(5);
        const last = verdicts.findLast((verdict) => !verdict.allowed);
        expect(last?.remaining).toBe(0);
        expect(last?.retryAfterMs).toBeGreaterThan(55_000);
        expect(last?.retryAfterMs).toBeLessThanOrEqual(60_000);
        expect(last?.resetMs).toBeGreaterThan(4 * 60_000);
        expect(last?.resetMs).toBeLessThanOrEqual(5 * 60_000);
      });

      test('what is used up stays so until its time has passed', async () => {
        expect((await cache.limit('a', perMinute(1, 1))).allowed).toBe(true);
        await under.pass(1_000);
        expect((await other.limit('a', perMinute(1, 1))).allowed).toBe(false);
      });

      test('it tells what is left', async () => {
        const limit = perMinute(1, 3);
        const told = [await cache.limit('a', limit), await cache.limit('a', limit), await cache.limit('a', limit)];
        expect(told.map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
        expect(told.map(({ retryAfterMs }) => retryAfterMs)).toEqual([0, 0, 0]);
      });

      test('who waits as long as told is admitted', async () => {
        const limit: Limit = { rate: 1, periodMs: aWhile, burst: 1 };
        expect((await cache.limit('a', limit)).allowed).toBe(true);
        const refused = await cache.limit('a', limit);
        expect(refused.allowed).toBe(false);
        await under.pass(refused.retryAfterMs);
        expect((await cache.limit('a', limit)).allowed).toBe(true);
      });

      test('keys do not share, neither with each other nor with values', async () => {
        const limit = perMinute(1, 1);
        await cache.set('a', 'text');
        expect((await cache.limit('a', limit)).allowed).toBe(true);
        expect((await cache.limit('b', limit)).allowed).toBe(true);
        expect(await cache.get('a')).toBe('text');
      });

      test('a call may cost more than one, or nothing', async () => {
        const limit = perMinute(1, 10);
        expect((await cache.limit('a', limit, 7)).remaining).toBe(3);
        expect((await cache.limit('a', limit, 4)).allowed).toBe(false);
        expect(await cache.limit('a', limit, 0)).toMatchObject({ allowed: true, remaining: 3 });
        expect((await cache.limit('a', limit, 3)).allowed).toBe(true);
      });

      test('who has used up a larger limit waits no longer under a smaller one than who has used up that', async () => {
        await cache.limit('a', perMinute(1, 10), 10);
        const refused = await cache.limit('a', perMinute(1, 2));
        expect(refused).toMatchObject({ allowed: false, remaining: 0 });
        expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
      });

      test('a cost that never fits, or a limit that is none, is a bug', async () => {
        await expect(cache.limit('a', perMinute(1, 5), 6)).rejects.toThrow(RangeError);
        await expect(cache.limit('a', perMinute(1, 0))).rejects.toThrow(RangeError);
        await expect(cache.limit('a', perMinute(0, 1))).rejects.toThrow(RangeError);
      });
    });

    describe('hints', () => {
      test('reach every listener of every client, on their channel only', async () => {
        const heard: string[] = [];
        const stops = [
          await cache.subscribe('x', (message) => heard.push(`one ${message}`)),
          await other.subscribe('x', (message) => heard.push(`two ${message}`)),
          await cache.subscribe('y', (message) => heard.push(`wrong ${message}`)),
        ];
        await cache.publish('x', 'hint');
        await until(() => heard.length >= 2);
        expect(heard.toSorted()).toEqual(['one hint', 'two hint']);
        for (const stop of stops) await stop();
      });

      test('who stopped listening hears nothing, who listens on does', async () => {
        const heard: string[] = [];
        const stop = await cache.subscribe('x', () => heard.push('stopped'));
        await cache.subscribe('x', () => heard.push('still there'));
        await stop();
        await stop();
        await other.publish('x', 'hint');
        await until(() => heard.length >= 1);
        expect(heard).toEqual(['still there']);
      });

      test('a listener that throws takes nothing from the others or from the publisher', async () => {
        const heard: string[] = [];
        await cache.subscribe('x', () => {
          throw new Error('bad listener');
        });
        await cache.subscribe('x', (message) => heard.push(message));
        await cache.publish('x', 'first');
        await cache.publish('x', 'second');
        await until(() => heard.length >= 2);
        expect(heard).toEqual(['first', 'second']);
      });

      test('a hint that nobody hears is lost without complaint', async () => {
        await expect(cache.publish('nobody', 'hint')).resolves.toBeUndefined();
      });
    });

    describe('runs', () => {
      test('a run has a name that all share, and another after the backend forgot', async () => {
        const before = cache.run();
        expect(before).not.toBeNull();
        expect(other.run()).toBe(before);
        let told = 0;
        cache.onNewRun(() => (told += 1));
        await cache.set('a', 'one');
        await under.restart();
        await until(() => told >= 1 && cache.run() !== null && cache.run() !== before);
        expect(await cache.get('a')).toBeNull();
      });

      test('works and says so', async () => {
        expect(await cache.health()).toBeNull();
      });
    });

    describe('getOrLoad', () => {
      test('loads once for many callers, and not again while it is kept', async () => {
        let loads = 0;
        const load = async (): Promise<string> => `load ${(loads += 1)}`;
        const got = await Promise.all(Array.from({ length: 20 }, () => getOrLoad(cache, 'k', hour, load)));
        expect(new Set(got)).toEqual(new Set(['load 1']));
        expect(await getOrLoad(cache, 'k', hour, load)).toBe('load 1');
        expect(await getOrLoad(other, 'k', hour, load)).toBe('load 1');
        expect(await getOrLoad(cache, 'empty', hour, async () => '')).toBe('');
        expect(await getOrLoad(cache, 'empty', hour, load)).toBe('');
      });

      test('loads again when its time is over', async () => {
        let loads = 0;
        const load = async (): Promise<string> => `load ${(loads += 1)}`;
        await getOrLoad(cache, 'k', 50, load);
        await under.pass(60);
        expect(await getOrLoad(cache, 'k', 50, load)).toBe('load 2');
      });

      test('a failed load is told to all who waited and remembered by none', async () => {
        const failing = async (): Promise<string> => {
          throw new Error('away');
        };
        const outcomes = await Promise.allSettled([getOrLoad(cache, 'k', hour, failing), getOrLoad(cache, 'k', hour, failing)]);
        expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        expect(await getOrLoad(cache, 'k', hour, async () => 'back')).toBe('back');
      });
    });
  });
}

/** Turns of the event loop, not time: real backends take their own. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
