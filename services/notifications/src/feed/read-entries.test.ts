import { describe, expect, test } from '@jest/globals';
import { type FakeClock, fakeClock, overriding } from '@commonpurse/shared/testing';
import { passingUntil } from '../testing/passing-time.ts';
import { draftOf, openStore, writerOn } from '../testing/open-feed.ts';
import type { NotificationsStore } from '../store.ts';
import { createFeedPruning, pruneFeeds } from './prune-feed.ts';
import { createFeedReader } from './read-entries.ts';

const log = { warn: () => {} } as never;
const dayMs = 86_400_000;
const seqsOf = (entries: readonly { seq: number }[] | 'gone'): number[] | 'gone' =>
  entries === 'gone' ? entries : entries.map((entry) => entry.seq);

/** Appends pages of these sizes for a user. */
async function append(store: NotificationsStore, userId: string, ...sizes: number[]): Promise<void> {
  const writer = writerOn(store);
  for (const size of sizes) {
    const from = (await createFeedReader(store.feed).lastSeq(userId)) + 1;
    await writer.append(
      userId,
      Array.from({ length: size }, (_, index) => draftOf(`${userId}/${from + index}`)),
    );
  }
}

describe('reading a feed', () => {
  test('begins anywhere, also in the middle of a page, and keeps to its user', async () => {
    const store = await openStore();
    await append(store, 'b', 3, 1, 2);
    await append(store, 'a', 1);
    await append(store, 'c', 1);
    const reader = createFeedReader(store.feed);
    expect(await reader.lastSeq('b')).toBe(6);
    expect(await reader.lastSeq('nobody')).toBe(0);
    for (let seq = 0; seq <= 6; seq += 1) expect(seqsOf(await reader.after('b', seq))).toEqual([1, 2, 3, 4, 5, 6].slice(seq));
    expect(await reader.after('nobody', 0)).toEqual([]);
  });

  test('goes on in portions', async () => {
    const store = await openStore();
    await append(store, 'a', 200, 200);
    const reader = createFeedReader(store.feed);
    const first = seqsOf(await reader.after('a', 0));
    expect(first).toHaveLength(256);
    expect(seqsOf(await reader.after('a', 256))).toHaveLength(144);
  });

  test.each([1, 7, 200])('takes from the disk less than twice what it gives, where %i were appended at once', async (size) => {
    const store = await openStore();
    await append(store, 'a', ...Array.from({ length: Math.ceil(2_000 / size) }, () => size));
    let taken = 0;
    const counting = overriding(store.feed, {
      find: async (...args) => {
        const pages = await store.feed.find(...args);
        taken += pages.reduce((sum, { entries }) => sum + entries.length, 0);
        return pages;
      },
    });
    const reader = createFeedReader(counting);
    const seqs: number[] = [];
    for (let more: number[] | 'gone' = [0]; more.length > 0; seqs.push(...(more as number[])))
      more = seqsOf(await reader.after('a', seqs.length));
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
    expect(seqs.length).toBeGreaterThanOrEqual(2_000);
    expect(taken).toBeLessThan(2 * seqs.length);
  });
});

describe('pruning a feed', () => {
  const prune = (store: NotificationsStore, clock: FakeClock) =>
    pruneFeeds({ pages: store.feed, clock, keep: { ageMs: 7 * dayMs, entries: 10 } });

  test('keeps what is young and the newest, and says of the rest that it is gone', async () => {
    const clock = fakeClock();
    const store = await openStore({ clock });
    await append(store, 'a', ...Array.from({ length: 300 }, () => 1));
    await append(store, 'few', 3);
    clock.advance(6 * dayMs);
    await append(store, 'a', ...Array.from({ length: 5 }, () => 1));
    await prune(store, clock);
    const reader = createFeedReader(store.feed);
    expect(seqsOf(await reader.after('a', 0))).not.toBe('gone');
    clock.advance(2 * dayMs);
    await prune(store, clock);
    expect(await reader.after('a', 0)).toBe('gone');
    expect(await reader.after('a', 294)).toBe('gone');
    expect(seqsOf(await reader.after('a', 295))).toEqual([296, 297, 298, 299, 300, 301, 302, 303, 304, 305]);
    expect(seqsOf(await reader.after('few', 0))).toEqual([1, 2, 3]);
    await append(store, 'a', 1);
    expect(await reader.lastSeq('a')).toBe(306);
  });

  test('keeps the young ones however many they are', async () => {
    const clock = fakeClock();
    const store = await openStore({ clock });
    await append(store, 'a', 20);
    clock.advance(8 * dayMs);
    await append(store, 'a', 5, 5, 5);
    await prune(store, clock);
    expect(seqsOf(await createFeedReader(store.feed).after('a', 20))).toHaveLength(15);
  });

  test('keeps seven days and the newest 10,000 of everybody, whole pages only', async () => {
    const clock = fakeClock();
    const store = await openStore({ clock });
    const reader = createFeedReader(store.feed);
    for (const userId of ['a', 'b']) await append(store, userId, ...Array.from({ length: 51 }, () => 200), 100);
    clock.advance(7 * dayMs);
    await pruneFeeds({ pages: store.feed, clock });
    expect(seqsOf(await reader.after('a', 0))).not.toBe('gone');
    clock.advance(1);
    await pruneFeeds({ pages: store.feed, clock });
    for (const userId of ['a', 'b']) {
      expect(await reader.after(userId, 199)).toBe('gone');
      expect(seqsOf(await reader.after(userId, 200))[0]).toBe(201);
    }
  });

  test('is left for the next time when it is stopped', async () => {
    const clock = fakeClock();
    const store = await openStore({ clock });
    await append(store, 'a', 10, 10);
    clock.advance(8 * dayMs);
    await pruneFeeds({ pages: store.feed, clock, keep: { ageMs: 0, entries: 0 } }, AbortSignal.abort());
    expect(seqsOf(await createFeedReader(store.feed).after('a', 0))).toHaveLength(20);
  });

  test('runs by itself until it is stopped, also when the store fails', async () => {
    const clock = fakeClock();
    const store = await openStore({ clock });
    await append(store, 'a', 50);
    clock.advance(8 * dayMs);
    await append(store, 'a', 50);
    let failures = 0;
    const failing = overriding(store.feed, {
      find: async (...args) => {
        failures += 1;
        if (failures === 1) throw new Error('no disk');
        return store.feed.find(...args);
      },
    });
    const job = createFeedPruning({ pages: failing, clock, log });
    await job.start();
    await passingUntil(clock, () => failures >= 3, 3_600_000);
    await job.stop();
    const asked = failures;
    clock.advance(3_600_000);
    expect(failures).toBe(asked);
  });
});
