import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '../../testing/fake-clock.ts';
import { createWindow } from './window.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const open = new AbortController().signal;

describe('the window of what is under way', () => {
  test('grants its places at once and gives a place on when one is left', async () => {
    const window = createWindow({ clock: fakeClock(), size: 2, slowAfterMs: 1_000, sizeMax: 20 });
    const leaves = [];
    for (let n = 0; n < 2; n += 1) if (await window.enter(open)) leaves.push(window.leave());
    const waiting = [window.enter(open), window.enter(open)];
    await turn();
    leaves[0]?.();
    expect(await Promise.race(waiting)).toBe(true);
  });

  test('does not let a few that hang hold up the rest', async () => {
    const clock = fakeClock();
    const window = createWindow({ clock, size: 2, slowAfterMs: 1_000, sizeMax: 20 });
    const hanging = [];
    for (let n = 0; n < 2; n += 1) if (await window.enter(open)) hanging.push(window.leave());
    let entered = false;
    const waiting = window.enter(open).then((granted) => (entered = granted));
    clock.advance(999);
    await turn();
    expect(entered).toBe(false);
    clock.advance(1);
    expect(await waiting).toBe(true);
    // Two more places were granted, and the slow ones, when they end, give back none of those.
    const leave = window.leave();
    expect(await window.enter(open)).toBe(true);
    window.leave();
    for (const slow of hanging) slow();
    let third = false;
    const next = window.enter(open).then((granted) => (third = granted));
    await turn();
    expect(third).toBe(false);
    leave();
    expect(await next).toBe(true);
  });

  test('has an end, also for what is slow', async () => {
    const clock = fakeClock();
    const window = createWindow({ clock, size: 1, slowAfterMs: 10, sizeMax: 3 });
    const leaves = [];
    for (let n = 0; n < 3; n += 1) {
      const granted = window.enter(open);
      clock.advance(10);
      if (await granted) leaves.push(window.leave());
    }
    let entered = false;
    const waiting = window.enter(open).then((granted) => (entered = granted));
    for (let n = 0; n < 10; n += 1) {
      clock.advance(10);
      await turn();
    }
    expect(entered).toBe(false);
    leaves[0]?.();
    expect(await waiting).toBe(true);
  });

  test('lets go of those who wait when it is closed', async () => {
    const closing = new AbortController();
    const window = createWindow({ clock: fakeClock(), size: 1, slowAfterMs: 1_000, sizeMax: 10 });
    await window.enter(closing.signal);
    window.leave();
    const waiting = window.enter(closing.signal);
    closing.abort();
    expect(await waiting).toBe(false);
  });
});
