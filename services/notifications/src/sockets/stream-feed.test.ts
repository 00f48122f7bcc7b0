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

test('nothing is shown that nobody has told of yet, though the store holds it', async () => {
  const entries = [1, 2, 3].map((seq) => ({ userId: 'ada', seq, key: `${seq}`, kind: 'budget.alert', at: '', data: {} }) as const);
  const render = async (_: string, shown: readonly FeedEntry[]) => shown.map(({ seq }) => ({ seq, text: '' }));
  const reader = { lastSeq: async () => 3, after: async () => entries };
  const stream = createFeedStream({ userId: 'ada', reader, render, moved: () => undefined });
  stream.hear(1);
  expect(await stream.readAfter(0)).toMatchObject([{ seq: 1 }]);
  await stream.look();
  expect(await stream.readAfter(0)).toHaveLength(3);
});

test('what another instance has appended in between is asked of the store, and not left out', () => {
  const entries = [1, 2, 3, 4].map((seq) => ({ userId: 'ada', seq, key: `${seq}`, kind: 'budget.alert', at: '', data: {} }) as const);
  const reader = { lastSeq: async () => 4, after: async () => [] };
  const stream = createFeedStream({ userId: 'ada', reader, render: async () => [], moved: () => undefined });
  stream.learn([entries[0]!]);
  stream.learn([entries[2]!, entries[3]!]);
  expect([stream.recentAfter(0), stream.recentAfter(1)]).toEqual([null, null]);
  expect(stream.recentAfter(2)?.map(({ seq }) => seq)).toEqual([3, 4]);
  // what is told again is there already, and behind it there is nothing that is known here
  stream.learn([entries[2]!]);
  expect(stream.recentAfter(2)?.map(({ seq }) => seq)).toEqual([3, 4]);
  expect(stream.recentAfter(4)).toBeNull();
});

test('only the newest are held, and a hint that comes late takes nothing back', () => {
  const reader = { lastSeq: async () => 0, after: async () => [] };
  const stream = createFeedStream({ userId: 'ada', reader, render: async () => [], moved: () => undefined });
  for (let seq = 1; seq <= 600; seq += 1) stream.learn([{ userId: 'ada', seq, key: `${seq}`, kind: 'budget.alert', at: '', data: {} }]);
  stream.hear(3);
  expect([stream.head, stream.recentAfter(0)]).toEqual([600, null]);
  expect(stream.recentAfter(590)?.map(({ seq }) => seq)).toEqual([591, 592, 593, 594, 595, 596, 597, 598, 599, 600]);
});

test('a replay that fails in its turn keeps nobody from theirs', async () => {
  const reader = { lastSeq: async () => 0, after: async () => [] };
  const stream = createFeedStream({ userId: 'ada', reader, render: async () => [], moved: () => undefined });
  const fails = stream.inTurn(() => Promise.reject(new Error('records are away')));
  const next = stream.inTurn(async () => 'read');
  await expect(fails).rejects.toThrow('records are away');
  expect([await next, await stream.inTurn(async () => 'and the next')]).toEqual(['read', 'and the next']);
});
