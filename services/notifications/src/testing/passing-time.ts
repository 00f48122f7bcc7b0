import type { FakeClock } from '@commonpurse/shared/testing';

/** Moves time on in steps, letting everything else run in between, until something has happened. */
export async function passing<T>(clock: FakeClock, happening: Promise<T>, stepMs = 100): Promise<T> {
  const pending = Symbol('pending');
  for (;;) {
    const first = await Promise.race([happening, new Promise<typeof pending>((resolve) => setImmediate(resolve, pending))]);
    if (first !== pending) return first;
    clock.advance(stepMs);
  }
}

/** Moves time on in steps until this is so. */
export async function passingUntil(clock: FakeClock, holds: () => boolean, stepMs = 100): Promise<void> {
  while (!holds()) {
    clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
