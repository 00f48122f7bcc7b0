import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createExpiryQueue, type Expiring } from './expiry-queue.ts';

const item = (expiresAt: number): Expiring => ({ expiresAt, gone: false });

describe('the expiry queue', () => {
  test('gives what is due, soonest first, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000)), fc.nat(1_000), (instants, now) => {
        const queue = createExpiryQueue<Expiring>();
        for (const at of instants) queue.push(item(at));
        const taken: number[] = [];
        for (let due = queue.takeDue(now); due !== null; due = queue.takeDue(now)) taken.push(due.expiresAt);
        expect(taken).toEqual(instants.filter((at) => at <= now).toSorted((a, b) => a - b));
        expect(queue.size).toBe(instants.length - taken.length);
      }),
    );
  });

  test('waits on for what was prolonged and drops what is gone', () => {
    const queue = createExpiryQueue<Expiring>();
    const [prolonged, gone] = [item(10), item(20)];
    queue.push(prolonged);
    queue.push(gone);
    prolonged.expiresAt = 30;
    gone.gone = true;
    expect(queue.takeDue(25)).toBeNull();
    expect(queue.takeDue(30)).toBe(prolonged);
    expect(queue.size).toBe(0);
  });

  test('does not grow with what was shortened or overwritten many times', () => {
    const queue = createExpiryQueue<Expiring>();
    const one = item(1_000_000);
    for (let n = 0; n < 10_000; n += 1) {
      one.expiresAt -= 1;
      queue.push(one);
    }
    expect(queue.size).toBeLessThan(2_000);
    expect(queue.takeDue(990_000)).toBe(one);
  });
});
