import { expect, test } from '@jest/globals';
import { createFollower } from './follow-feed.ts';
import type { NumberedFrame } from './render-entries.ts';
import type { FeedStream } from './stream-feed.ts';

const frames = [1, 2, 3].map((seq): NumberedFrame => ({ seq, text: `${seq}` }));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A follower that starts behind `from` in a feed of so many frames, and what it has sent. */
function following({ from, head, drained }: { from: number; head: number; drained: () => Promise<void> }) {
  const sent: string[] = [];
  const known = { head };
  const behind = (seq: number): NumberedFrame[] => frames.filter((frame) => frame.seq > seq && frame.seq <= known.head);
  const stream: FeedStream = {
    get head() {
      return known.head;
    },
    learn: () => undefined,
    hear: () => undefined,
    look: async () => known.head,
    recentAfter: () => null,
    readAfter: async (seq) => behind(seq),
    inTurn: (work) => work(),
  };
  const follower = createFollower({
    stream,
    from,
    send: (text) => void sent.push(text),
    drained,
    ended: () => false,
    now: () => '',
    failed: async () => undefined,
  });
  return { follower, sent, known };
}

test('A resume that comes while the client takes nothing begins where it says', async () => {
  const taken = Promise.withResolvers<void>();
  const { follower, sent } = following({ from: 0, head: 3, drained: () => taken.promise });
  follower.wake();
  await turn();
  follower.resumeFrom(0);
  taken.resolve();
  await turn();
  expect(sent).toEqual(['1', '1', '2', '3']);
});

test('What comes live is sent as it comes, however little the client takes', async () => {
  const { follower, sent, known } = following({ from: 1, head: 1, drained: () => new Promise(() => {}) });
  follower.wake();
  await turn();
  known.head = 3;
  follower.wake();
  await turn();
  expect(sent).toEqual(['2', '3']);
});

test('Of what has no number the newest about each thing is told when the replay has ended', async () => {
  const { follower, sent } = following({ from: 0, head: 3, drained: turn });
  follower.wake();
  for (const [about, status] of [
    ['bob', 'online'],
    ['cyd', 'online'],
    ['bob', 'offline'],
  ] as const)
    follower.pass({ type: 'presence', about, at: '', data: { about, status } });
  while (sent.length < 5) await turn();
  expect(sent.slice(0, 3)).toEqual(['1', '2', '3']);
  expect(sent.slice(3).map((text) => JSON.parse(text).data)).toEqual([
    { about: 'bob', status: 'offline' },
    { about: 'cyd', status: 'online' },
  ]);
});
