import { setTimeout as delay } from 'node:timers/promises';
import type { TestAnswer } from '@commonpurse/shared/testing';

/** Asks again and again until the answer satisfies; rejects with the last answer when it never does.
 *  @param patienceMs generous: only a failing test ever waits that long */
export async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean, patienceMs = 120_000): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() > until) throw new Error(`still not so after ${patienceMs} ms: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    await delay(10);
  }
}

/** Asks again as long as it is told to (503 with `Retry-After`): what is waited for on the other side may take longer than that side waits. */
export const asTold = (ask: () => Promise<TestAnswer>): Promise<TestAnswer> =>
  eventually(ask, ({ status, headers }) => status !== 503 || headers['retry-after'] === undefined);
