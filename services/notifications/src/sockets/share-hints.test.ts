import type { Cache } from '@commonpurse/shared/cache';
import { fakeClock } from '@commonpurse/shared/testing';
import { expect, test } from '@jest/globals';
import { createHints } from './share-hints.ts';

test('Hints may be lost while the cache is away, when it has begun anew, and where it did not take one; each is said once', async () => {
  let run: string | null = 'first';
  let begins = (): void => undefined;
  let publish = async (): Promise<void> => undefined;
  const cache = { run: () => run, onNewRun: (hear: () => void) => void (begins = hear), publish: () => publish() };
  const hints = createHints({
    cache: cache as unknown as Cache,
    host: {} as never,
    clock: fakeClock(),
    log: { debug: () => undefined } as never,
  });
  hints.grown('ada', 1);
  expect(hints.reliable()).toBe(true);
  run = null;
  expect([hints.reliable(), hints.reliable()]).toEqual([false, false]);
  run = 'second';
  begins();
  expect([hints.reliable(), hints.reliable()]).toEqual([false, true]);
  publish = () => Promise.reject(new Error('away'));
  hints.grown('ada', 2);
  await new Promise((resolve) => setImmediate(resolve));
  expect([hints.reliable(), hints.reliable()]).toEqual([false, true]);
});
