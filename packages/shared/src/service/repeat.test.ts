import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.ts';
import { createRepetition } from './repeat.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A repetition', () => {
  test('runs at once and after each pause, also after a run that failed, until it is stopped', async () => {
    const clock = fakeClock();
    const failures: unknown[] = [];
    let runs = 0;
    const run = async () => {
      runs += 1;
      if (runs === 1) throw new Error('not now');
    };
    const repetition = createRepetition({ clock, everyMs: 1_000, run, failed: (error) => failures.push(error) });
    await repetition.start();
    await settled();
    expect([runs, failures]).toEqual([1, [new Error('not now')]]);
    clock.advance(999);
    await settled();
    expect(runs).toBe(1);
    clock.advance(1);
    await settled();
    expect([runs, failures.length]).toEqual([2, 1]);
    await repetition.stop();
    clock.advance(1_000);
    await settled();
    expect(runs).toBe(2);
  });

  test('may pause first; stopped before its first run, it never runs', async () => {
    const clock = fakeClock();
    let runs = 0;
    const options = { clock, everyMs: 1_000, run: async () => (runs += 1), failed: () => {}, pauseFirst: true };
    const [one, other] = [createRepetition(options), createRepetition(options)];
    await Promise.all([one.start(), other.start()]);
    await settled();
    expect(runs).toBe(0);
    await other.stop();
    clock.advance(1_000);
    await settled();
    expect(runs).toBe(1);
    await one.stop();
  });

  test('stops when the run under way is over, which learns that it may end', async () => {
    let over = false;
    const run = (stopping: AbortSignal) =>
      new Promise<void>((resolve) => {
        stopping.addEventListener('abort', () => {
          setImmediate(() => {
            over = true;
            resolve();
          });
        });
      });
    const repetition = createRepetition({ clock: fakeClock(), everyMs: 1_000, run, failed: () => {} });
    await repetition.start();
    await repetition.stop();
    expect(over).toBe(true);
  });

  test('that was never started stops', async () => {
    await createRepetition({ clock: fakeClock(), everyMs: 1, run: async () => {}, failed: () => {} }).stop();
  });
});
