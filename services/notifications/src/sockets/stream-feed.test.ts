import { expect, test } from '@jest/globals';
import type { FeedEntry } from '../feed/entry.ts';
import { createFeedStream } from './stream-feed.ts';

test('a hint that promised too much is forgotten, but not what was said while the store was asked about it', async () => {
  const answers: ((entries: FeedEntry[]) => void)[] = [];
  const after = (): Promise<FeedEntry[]> => new Promise((resolve) => answers.push(resolve));
  const reader = { lastSeq: async () => 0, after };
  const stream = createFeedStream({ userId: 'ada', reader, render: async () => [], moved: () => undefined });
  const asking = async (meanwhile: () => void): Promise<number> => {
    const asked = stream.readAfter(0);
    meanwhile();
    answers.shift()!([]);
    await asked;
    return stream.head;
  };
  stream.hear(7);
  // An entry was appended after the store had looked.
  expect(await asking(() => stream.hear(1))).toBeGreaterThanOrEqual(1);
  expect(await asking(() => undefined)).toBe(0);
});
