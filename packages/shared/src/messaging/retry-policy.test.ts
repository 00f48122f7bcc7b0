import { describe, expect, test } from '@jest/globals';
import { endlessRetries, handlerRetries } from './retry-policy.ts';

const pauses = (count: number, { delayMs }: Pick<typeof handlerRetries, 'delayMs'>): number[] =>
  Array.from({ length: count }, (_, failures) => delayMs(failures + 1));

describe('What failed because of a fault', () => {
  test.each([
    ['by a handler', handlerRetries],
    ['of what is never given up', endlessRetries],
  ])('%s is tried again within 5 s of its end, however long it lasted', (_, policy) => {
    const all = pauses(40, policy);
    expect(Math.max(...all)).toBe(5_000);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
  });

  test('is parked only when it has lasted for more than two and a half minutes, and before three are over', () => {
    const total = pauses(handlerRetries.tries - 1, handlerRetries).reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(150_000);
    expect(total).toBeLessThan(180_000);
  });
});
