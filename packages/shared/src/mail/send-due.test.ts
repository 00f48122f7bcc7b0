import { describe, expect, test } from '@jest/globals';
import { sendDue } from './send-due.ts';

/** As many mails as are due, by number; a mail that was tried is not due any more. */
function owed(count: number, attempt: (mail: number) => Promise<void> = async () => {}) {
  let next = 0;
  const tried: number[] = [];
  const due = async (limit: number) => Array.from({ length: Math.min(limit, count - next) }, () => (next += 1));
  const mails = {
    due,
    attempt: async (mail: number) => {
      tried.push(mail);
      await attempt(mail);
    },
  };
  return { mails, tried };
}
const running = new AbortController().signal;

describe('A round of mails', () => {
  test.each([0, 1, 2, 20, 21, 22, 100])('tries each of %i that are due', async (count) => {
    const { mails, tried } = owed(count);
    await sendDue(mails, running);
    expect(tried).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  });

  test('ends with the first where no mail would go', async () => {
    const { mails, tried } = owed(100, async () => {
      throw new Error('away');
    });
    await expect(sendDue(mails, running)).rejects.toThrow('away');
    expect(tried).toEqual([1]);
  });

  test('ends later on when those that had begun are over', async () => {
    const slow = Promise.withResolvers<void>();
    let isOver = false;
    const { mails, tried } = owed(100, async (mail) => {
      if (mail === 2) throw new Error('away');
      if (mail === 3) await slow.promise.then(() => (isOver = true));
    });
    const round = sendDue(mails, running);
    setImmediate(slow.resolve);
    await expect(round).rejects.toThrow('away');
    expect([isOver, tried.length]).toEqual([true, 21]);
  });

  test('tries no more once nobody wants the rest', async () => {
    const stopping = new AbortController();
    const { mails, tried } = owed(100, async (mail) => {
      if (mail === 2) stopping.abort();
    });
    await sendDue(mails, stopping.signal);
    expect(tried).toHaveLength(21);
  });
});
