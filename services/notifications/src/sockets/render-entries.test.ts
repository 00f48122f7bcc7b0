import { expect, test } from '@jest/globals';
import type { Frame } from '@commonpurse/shared/testing';
import { entriesOf, pageOf } from '../feed/entry.ts';
import { itemOf } from '../inbox/item.ts';
import { draftOf, inboxDraftOf, openStore } from '../testing/open-feed.ts';
import { createRender } from './render-entries.ts';

/** The first entries of Ada's feed. */
const feedOf = (drafts: Parameters<typeof pageOf>[2]) => entriesOf(pageOf('ada', 0, drafts));
const framesOf = (frames: readonly { text: string }[]) => frames.map(({ text }) => JSON.parse(text) as Frame);

test('Records are asked for a hundred at a time, as many as they answer, and each but once', async () => {
  const asked: number[] = [];
  const peers = {
    get: () => Promise.reject(new Error('not asked')),
    post: async (_service: string, _path: string, body: unknown) => {
      const { ids } = body as { ids: string[] };
      asked.push(ids.length);
      return { records: Object.fromEntries(ids.map((id) => [id, { id, description: `about ${id}` }])) };
    },
  };
  const render = createRender({ ...(await openStore()), peers: peers as never });
  const drafts = Array.from({ length: 250 }, (_, index) => draftOf(`record-${index}`));
  const frames = framesOf(await render('ada', feedOf([...drafts, { ...draftOf('record-0'), key: 'again' }])));
  expect(asked).toEqual([100, 100, 50]);
  expect(frames.map(({ seq, data }) => [seq, data.description])).toEqual(
    [...drafts, drafts[0]!].map(({ key }, index) => [index + 1, `about ${key}`]),
  );
});

test('Notifications are told as read when each of them was, by itself or by read-all', async () => {
  const store = await openStore();
  const entries = feedOf(['a', 'b', 'c', 'd'].map(inboxDraftOf));
  const [a, b, c, d] = entries.map(itemOf);
  await store.inbox.insertMany([a!, b!, { ...c!, readAt: '2026-01-03T00:00:00.000Z' }, d!]);
  await store.marks.insert({ _id: 'ada', version: 1, marks: [{ upTo: 2, at: '2026-01-02T00:00:00.000Z' }] });
  const frames = framesOf(await createRender({ ...store, peers: {} as never })('ada', entries));
  expect(frames.map(({ data }) => data.readAt?.slice(0, 10) ?? null)).toEqual(['2026-01-02', '2026-01-02', '2026-01-03', null]);
});
