import type { TestAnswer } from '@commonpurse/shared/testing';
import type { TestAuth } from './start-auth.ts';

/** Sends what ends something, and once more while the first request still raises the stamp by which every service is to know.
 *  @returns what the second did then, and both answers in the end */
export async function sentTwice(auth: TestAuth, send: () => Promise<TestAnswer>): Promise<{ second: string; statuses: number[] }> {
  const { raise } = auth.cache;
  const letRaise = Promise.withResolvers<void>();
  let raising = 0;
  auth.cache.raise = async (...stamp) => {
    raising += 1;
    await letRaise.promise;
    return raise.apply(auth.cache, stamp);
  };
  try {
    const first = send();
    await auth.until(() => raising === 1);
    const again = send();
    const answers = again.then(({ status }) => `answers ${status}`);
    const raises = auth.until(() => raising === 2).then(() => 'raises the stamp, too');
    const second = await Promise.race([answers, raises]);
    letRaise.resolve();
    return { second, statuses: (await Promise.all([first, again])).map(({ status }) => status) };
  } finally {
    letRaise.resolve();
    auth.cache.raise = raise;
  }
}
