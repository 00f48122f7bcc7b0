import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fakeClock } from '../../testing/fake-clock.ts';
import { growingDelays } from '../retry-policy.ts';
import { BrokerUnavailable } from './failure.ts';
import { type Closable, keep, type KeepOptions } from './keep.ts';

const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
};
const never = new AbortController().signal;

interface Thing extends Closable {
  readonly n: number;
  closed: boolean;
}

/** Things that break as told. */
function rig(options: Partial<KeepOptions<Thing>> = {}) {
  const clock = fakeClock();
  const things: Thing[] = [];
  const losers: ((why: string) => void)[] = [];
  const logged: { why?: string; msg: string }[] = [];
  let failure: BrokerUnavailable | null = null;
  const keeper = keep<Thing>({
    what: 'the thing',
    open: async (lost) => {
      losers.push(lost);
      if (failure !== null) throw failure;
      const thing = { n: things.length, closed: false, close: async () => void (thing.closed = true) };
      things.push(thing);
      return thing;
    },
    giveUp: () => false,
    retries: growingDelays({ tries: Infinity, firstMs: 100, factor: 2, maxMs: 400 }),
    clock,
    log: pino({}, { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) }),
    ...options,
  });
  return {
    keeper,
    clock,
    things,
    logged,
    tries: () => losers.length,
    lose: (why: string, nth = -1) => losers.at(nth)?.(why),
    fail: (line: string | null, permanent = false) => void (failure = line === null ? null : new BrokerUnavailable(line, { permanent })),
    advance: async (ms: number) => {
      clock.advance(ms);
      await turns();
    },
  };
}

describe('what is kept', () => {
  test('is opened again at once when it was lost after a while, and the lost one is closed', async () => {
    const { keeper, things, lose, advance } = rig();
    expect((await keeper.first).n).toBe(0);
    await advance(5_000);
    lose('gone');
    expect(keeper.current).toBeNull();
    expect((await keeper.next(never))?.n).toBe(1);
    await turns();
    expect(things.map(({ closed }) => closed)).toEqual([true, false]);
    expect(keeper.trouble).toBeNull();
    await keeper.close();
    expect(things.map(({ closed }) => closed)).toEqual([true, true]);
  });

  test('stays when one that could not even be opened is found lost later', async () => {
    const { keeper, fail, lose, advance } = rig();
    await keeper.first;
    await advance(5_000);
    fail('not yet');
    lose('gone');
    await turns();
    fail(null);
    await advance(100);
    const there = keeper.current;
    expect(there?.n).toBe(1);
    lose('its channel was closed', 1);
    expect(keeper.current).toBe(there);
    await keeper.close();
  });

  test('is not opened again and again without a pause when it never lasts', async () => {
    const { keeper, lose, advance, tries } = rig();
    await keeper.first;
    for (const pauseMs of [100, 200, 400, 400]) {
      const before = tries();
      await advance(4_999);
      lose('gone');
      await turns();
      await advance(pauseMs - 1);
      expect(tries()).toBe(before);
      await advance(1);
      expect(tries()).toBe(before + 1);
    }
    await keeper.close();
  });

  test('says each trouble once, until it is there again', async () => {
    const { keeper, fail, logged, advance, lose } = rig();
    await keeper.first;
    for (const why of ['refused', 'reset', 'refused']) {
      fail(why);
      lose('gone');
      await turns();
      await advance(400);
      expect(keeper.trouble).toBe(why);
    }
    fail(null);
    await advance(400);
    expect(logged.map(({ msg, why }) => why ?? msg)).toEqual(['open', 'gone', 'refused', 'reset', 'open']);
    fail('refused');
    lose('gone');
    await turns();
    await advance(400);
    expect(logged.slice(5).map(({ why }) => why)).toEqual(['gone', 'refused']);
    await keeper.close();
  });

  test('is looked at less often while somebody has to change something, and never given up once it was there', async () => {
    const { keeper, fail, lose, advance, tries } = rig({ giveUp: () => true });
    await keeper.first;
    fail('declared differently', true);
    lose('gone');
    await turns();
    await advance(100);
    expect(tries()).toBe(2);
    await advance(14_999);
    expect(tries()).toBe(2);
    await advance(1);
    expect(tries()).toBe(3);
    await keeper.close();
  });

  test('is given up before it was ever there, if that is what one wants', async () => {
    const { keeper, tries, advance } = rig({
      open: () => Promise.reject(new Error('refused\nmore')),
      giveUp: ({ permanent }) => !permanent,
    });
    await expect(keeper.first).rejects.toThrow(/^refused$/);
    await keeper.tried;
    await advance(60_000);
    expect(tries()).toBe(0);
    expect(await keeper.next(never)).toBeNull();
    expect(keeper.trouble).toBe('refused');
    await keeper.close();
  });

  test('is not waited for by who has stopped waiting', async () => {
    const opening = Promise.withResolvers<Thing>();
    const { keeper } = rig({ open: () => opening.promise });
    const stop = new AbortController();
    const waited = keeper.next(stop.signal);
    stop.abort();
    expect(await waited).toBeNull();
    expect(await keeper.next(stop.signal)).toBeNull();
    await keeper.close();
    await expect(keeper.first).rejects.toThrow('the thing: closed');
  });

  test('leaves nothing behind with who waited for it', async () => {
    const { keeper, lose, advance } = rig();
    await keeper.first;
    const waiting = new AbortController().signal;
    for (let times = 0; times < 3; times += 1) {
      lose('gone');
      const next = keeper.next(waiting);
      await turns();
      await advance(400);
      await next;
    }
    expect(getEventListeners(waiting, 'abort')).toEqual([]);
    await keeper.close();
  });

  test('is over only when what was lost is closed, too: a handler of it may still be at work', async () => {
    const closing = Promise.withResolvers<void>();
    let opened = 0;
    let lose = (_why: string): void => undefined;
    const { keeper, advance } = rig({
      open: async (lost) => {
        lose = lost;
        opened += 1;
        const n = opened;
        return { n, closed: false, close: () => (n === 1 ? closing.promise : Promise.resolve()) };
      },
    });
    await keeper.first;
    lose('gone');
    await turns();
    await advance(100);
    expect(opened).toBe(2);
    let isOver = false;
    const over = keeper.close().then(() => (isOver = true));
    await turns();
    expect(isOver).toBe(false);
    closing.resolve();
    await over;
  });

  test('and closed: what comes up all the same is closed too', async () => {
    const opening = Promise.withResolvers<Thing>();
    const { keeper } = rig({ open: () => opening.promise });
    const waited = keeper.next(never);
    await keeper.close();
    expect(await waited).toBeNull();
    let closed = 0;
    opening.resolve({ n: 0, closed: false, close: async () => void (closed += 1) });
    await turns();
    expect(closed).toBe(1);
    expect(keeper.current).toBeNull();
  });

  test('is lost even before it was open, and one whose closing fails does no harm', async () => {
    const opened: number[] = [];
    let tries = 0;
    const { keeper, advance } = rig({
      open: async (lost) => {
        tries += 1;
        if (tries === 1) lost('gone early');
        return { n: tries, closed: false, close: () => Promise.reject(new Error('too late')) };
      },
      opened: ({ n }) => opened.push(n),
    });
    await keeper.tried;
    expect([keeper.current, tries]).toEqual([null, 1]);
    await turns();
    await advance(100);
    expect(opened).toEqual([2]);
    await keeper.close();
  });
});
