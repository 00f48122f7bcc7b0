import { expect, test } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.ts';
import { whileHeld } from './while-held.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('Work is held three times in each lease until it is over, though a hold fails, and no longer, though the work fails', async () => {
  const clock = fakeClock();
  const work = Promise.withResolvers<string>();
  let holds = 0;
  const prolong = async (): Promise<void> => {
    holds += 1;
    if (holds === 2) throw new Error('the store is away');
  };
  const held = whileHeld({ clock, leaseMs: 15_000, prolong }, () => work.promise);
  for (let third = 0; third < 6; third += 1) {
    await settled();
    clock.advance(5_000);
  }
  await settled();
  expect(holds).toBe(6);
  work.reject(new Error('no mail server'));
  await expect(held).rejects.toThrow('no mail server');
  clock.advance(15_000);
  await settled();
  expect(holds).toBe(6);
});
