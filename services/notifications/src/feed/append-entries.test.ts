import { describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '@commonpurse/shared/documents';
import { fakeClock, overriding } from '@commonpurse/shared/testing';
import fc from 'fast-check';
import { draftOf, inboxDraftOf, openStore, writerOn } from '../testing/open-feed.ts';
import type { NotificationsStore } from '../store.ts';
import { entriesOf } from './entry.ts';

/** Every entry of a user, in the order of the store. */
const feedOf = async (store: NotificationsStore, userId: string): Promise<{ seq: number; key: string }[]> =>
  (await store.feed.find({ userId })).flatMap(entriesOf).map(({ seq, key }) => ({ seq, key }));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('appending to a feed', () => {
  test('numbers from 1 for each user', async () => {
    const store = await openStore();
    const writer = writerOn(store);
    const appended = await Promise.all(['a', 'b', 'a', 'a'].map((userId, index) => writer.append(userId, [draftOf(`key-${index}`)])));
    expect(appended.map(([entry]) => `${entry!.userId}${entry!.seq}`)).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  test('puts what waits into one page, and the entries of one call side by side', async () => {
    const store = await openStore();
    const writer = writerOn(store);
    await Promise.all(numbers(450).map((number) => writer.append('a', [draftOf(`${number}`), draftOf(`${number}-beside`)])));
    const feed = await feedOf(store, 'a');
    expect(feed.map((entry) => entry.seq)).toEqual(numbers(900));
    const pages = await store.feed.find({});
    expect(pages.length).toBeLessThan(10);
    // one is read whole, and is a document: it has an end
    expect(Math.max(...pages.map(({ entries }) => entries.length))).toBeLessThanOrEqual(200);
    for (const { seq, key } of feed) if (!key.endsWith('beside')) expect(feed[seq]!.key).toBe(`${key}-beside`);
  });

  test('takes any number of entries of one call, side by side', async () => {
    const store = await openStore();
    const writer = writerOn(store);
    const calls = [[0], numbers(300), [301]].map((some) =>
      writer.append(
        'a',
        some.map((number) => draftOf(`${number}`)),
      ),
    );
    const appended = await Promise.all(calls);
    expect(appended.flat().map(({ seq }) => seq)).toEqual(numbers(302));
  });

  test('answers with the first number when it is told again', async () => {
    const store = await openStore();
    const [first] = await writerOn(store).append('a', [draftOf('x')]);
    const again = await writerOn(store).append('a', [draftOf('y'), draftOf('x'), draftOf('y')]);
    expect(again.map((entry) => entry.seq)).toEqual([2, first!.seq, 2]);
  });

  test('tells what is there in order, of a notification and what is behind it only when that is settled', async () => {
    const store = await openStore();
    const told: string[] = [];
    const writer = writerOn(store, {
      settle: async (entries) => void told.push(`settled ${entries.map((entry) => entry.seq).join()}`),
      announce: (userId, entries) => void told.push(`${userId} ${entries.map((entry) => entry.seq).join()}`),
    });
    await writer.append('a', [draftOf('v'), draftOf('w'), inboxDraftOf('x'), draftOf('y')]);
    await writer.append('a', [draftOf('y'), draftOf('z')]);
    await writer.append('a', [inboxDraftOf('x')]);
    expect(told).toEqual(['a 1,2', 'settled 1,2,3,4', 'a 3,4', 'a 4,5', 'settled 3', 'a 3']);
  });

  test('says so when the store can not, and goes on where it stands afterwards', async () => {
    const store = await openStore();
    let down = true;
    const feed = overriding(store.feed, {
      insert: async (...args) => {
        const written = await store.feed.insert(...args);
        if (down) throw new StoreUnavailable('no answer');
        return written;
      },
    });
    const writer = writerOn({ ...store, feed });
    const refused = await Promise.allSettled([writer.append('a', [draftOf('x')]), writer.append('a', [draftOf('y')])]);
    expect(refused.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    down = false;
    const again = await Promise.all([writer.append('a', [draftOf('y')]), writer.append('a', [draftOf('x')])]);
    expect(again.map(([entry]) => entry!.seq)).toEqual([2, 1]);
  });

  test('settles again what a crash left unsettled, when it is told again', async () => {
    const store = await openStore();
    const settled: string[] = [];
    let crashes = 1;
    const settle = async (entries: readonly { key: string }[]): Promise<void> => {
      if (crashes-- > 0) throw new StoreUnavailable('killed in between');
      settled.push(...entries.map((entry) => entry.key));
    };
    await expect(writerOn(store, { settle }).append('a', [inboxDraftOf('x')])).rejects.toThrow('killed in between');
    const [entry] = await writerOn(store, { settle }).append('a', [inboxDraftOf('x')]);
    expect([entry!.seq, settled]).toEqual([1, ['x']]);
  });

  test('forgets users it has not written for in a long time, and still counts on', async () => {
    const store = await openStore();
    const writer = writerOn({ ...store, feed: quick(store) });
    for (const number of numbers(10_050)) await writer.append(`user-${number}`, [draftOf(`${number}`)]);
    const [second] = await writer.append('user-1', [draftOf('second')]);
    expect(second!.seq).toBe(2);
  });

  test('never takes a number again that another instance has used and taken away meanwhile', async () => {
    const clock = fakeClock();
    const store = await openStore({ clock });
    const [idle, busy] = [writerOn(store, { clock }), writerOn(store)];
    await idle.append('a', [draftOf('x')]);
    for (const key of ['y', 'z']) await busy.append('a', [draftOf(key)]);
    const oldest = (await store.feed.find({ userId: 'a' }))[1]!;
    await store.feed.remove([oldest._id]);
    clock.advance(3_600_000);
    const [entry] = await idle.append('a', [draftOf('later')]);
    expect(entry!.seq).toBe(4);
  });

  test('by two instances at once, with events told again and again, stays without a gap and each once', async () => {
    const Step = fc.record({
      writer: fc.nat(2),
      user: fc.nat(1),
      keys: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
      pause: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { maxLength: 60 }), async (steps) => {
        const store = await openStore();
        const writers = [writerOn(store), writerOn(store), writerOn(store)];
        const asked = new Set<string>();
        const answers: Promise<void>[] = [];
        for (const { writer, user, keys, pause } of steps) {
          const userId = `user-${user}`;
          const drafts = keys.map((key) => draftOf(`${userId}/${key}`));
          for (const draft of drafts) asked.add(draft.key);
          answers.push(
            writers[writer]!.append(userId, drafts).then((entries) =>
              expect(entries.map((entry) => entry.key)).toEqual(drafts.map((draft) => draft.key)),
            ),
          );
          for (let turn = 0; turn < pause; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(answers);
        const feeds = await Promise.all(['user-0', 'user-1'].map((userId) => feedOf(store, userId)));
        for (const feed of feeds) expect(feed.map((entry) => entry.seq)).toEqual(numbers(feed.length));
        expect(
          feeds
            .flat()
            .map((entry) => entry.key)
            .toSorted(),
        ).toEqual([...asked].toSorted());
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});

/** Keeps the pages of a feed in a map: a store for many users, without indexes. */
function quick(store: NotificationsStore): NotificationsStore['feed'] {
  const lasts = new Map<string, number>();
  return overriding(store.feed, {
    insert: async (page) => {
      lasts.set(page.userId, page.last);
      return page as never;
    },
    find: async (filter) => {
      const { $gte: from } = filter['_id'] as { $gte: string };
      const last = lasts.get(from.split(':')[0]!);
      return last === undefined ? [] : [{ last } as never];
    },
  });
}
