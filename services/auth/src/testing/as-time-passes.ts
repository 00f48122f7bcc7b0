import type { FakeClock } from '@commonpurse/shared/testing';

/** The answer, while the clock goes on. */
export async function asTimePasses<T>(clock: FakeClock, answer: Promise<T>): Promise<T> {
  let settled = false;
  const settle = (): void => void (settled = true);
  answer.then(settle, settle);
  while (!settled) {
    clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return answer;
}
