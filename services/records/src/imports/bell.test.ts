import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@commonpurse/shared/service';
import { fakeClock } from '@commonpurse/shared/testing';
import { createBell } from './bell.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whether it is over by now. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  let over = false;
  void wait.then(() => (over = true));
  await turn();
  return over;
}

describe('a lane that waits', () => {
  test('goes on when its time is over, and not before', async () => {
    const clock = fakeClock();
    const bell = createBell({ clock }, never);
    const wait = bell.wait(bell.rung, 1_000);
    clock.advance(999);
    expect(await isOver(wait)).toBe(false);
    clock.advance(1);
    expect(await isOver(wait)).toBe(true);
  });

  test('goes on as soon as there is something to do, as do all others, and the next time waits anew', async () => {
    const bell = createBell({ clock: fakeClock() }, never);
    const waits = [bell.wait(bell.rung, 1_000), bell.wait(bell.rung, 1_000)];
    bell.ring();
    await Promise.all(waits);
    expect(await isOver(bell.wait(bell.rung, 1_000))).toBe(false);
  });

  test('does not wait where the bell was rung while it looked, nor where the service stops', async () => {
    const stopping = new AbortController();
    const bell = createBell({ clock: fakeClock() }, stopping.signal);
    const { rung } = bell;
    bell.ring();
    await bell.wait(rung, 1_000);
    stopping.abort();
    await bell.wait(bell.rung, 1_000);
  });

  test('leaves nothing behind, though for days nobody imports anything', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as NonNullable<typeof gc>;
    const bell = createBell({ clock: systemClock }, never);
    const heldAfter = async (waits: number): Promise<number> => {
      for (let n = 0; n < waits; n += 100) await Promise.all(Array.from({ length: 100 }, () => bell.wait(bell.rung, 0)));
      await turn();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await heldAfter(1_000);
    expect((await heldAfter(50_000)) - before).toBeLessThan(5_000_000);
  });
});
