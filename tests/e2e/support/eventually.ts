import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer satisfies; rejects with the last answer when it never does.
 *  @param patienceMs generous: only a failing test ever waits that long */
export async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean, patienceMs = 20_000): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() > until) throw new Error(`still not so after ${patienceMs} ms: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    await delay(10);
  }
}
