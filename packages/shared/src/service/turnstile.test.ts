import { describe, expect, test } from '@jest/globals';
import { createTurnstile } from './turnstile.ts';

const gate = () => Promise.withResolvers<void>();

describe('A turnstile', () => {
  test('runs one at a time per key and one more for all who come meanwhile', async () => {
    const pass = createTurnstile();
    const gates = [gate(), gate(), gate()];
    let runs = 0;
    let atOnce = 0;
    const run = async (): Promise<void> => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await gates[runs++]!.promise;
      atOnce -= 1;
    };
    const first = pass('a', run);
    const second = pass('a', run);
    const third = pass('a', run);
    expect(second).toBe(third);
    expect(runs).toBe(1);
    gates[0]!.resolve();
    await first;
    await Promise.resolve();
    const fourth = pass('a', run);
    gates[1]!.resolve();
    gates[2]!.resolve();
    await Promise.all([second, third, fourth]);
    expect(runs).toBe(3);
  });

  test('lets different keys pass together', async () => {
    const pass = createTurnstile();
    const held = gate();
    const blocked = pass('a', () => held.promise);
    await pass('b', async () => {});
    held.resolve();
    await blocked;
  });

  test('tells a failure to those it served and goes on', async () => {
    const pass = createTurnstile();
    const held = gate();
    const failing = pass('a', async () => {
      await held.promise;
      throw new Error('no');
    });
    const next = pass('a', async () => {});
    held.resolve();
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBeUndefined();
    await expect(pass('a', async () => {})).resolves.toBeUndefined();
  });

  test('a run that a caller is served by began after the call', async () => {
    const pass = createTurnstile();
    let visible = 0;
    let seen = 0;
    const run = async (): Promise<void> => {
      const now = visible;
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
      seen = now;
    };
    const callers = Array.from({ length: 50 }, async (_, index) => {
      for (let turn = 0; turn < index; turn += 1) await Promise.resolve();
      visible += 1;
      const mine = visible;
      await pass('a', run);
      expect(seen).toBeGreaterThanOrEqual(mine);
    });
    await Promise.all(callers);
  });
});
