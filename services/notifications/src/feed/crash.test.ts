import { describe, expect, test } from '@jest/globals';
import { memoryDisk } from '@commonpurse/shared/testing';
import fc from 'fast-check';
import { dyingDisk } from '../testing/dying-disk.ts';
import { inboxDraftOf, openStore, writerOn } from '../testing/open-feed.ts';
import type { NotificationsStore } from '../store.ts';
import { settleItems } from '../inbox/settle-items.ts';
import type { FeedEntry } from './entry.ts';
import { entriesOf } from './entry.ts';

const Life = fc.record({
  /** Calls of `append`, each by one of two instances, each with events that may have been told before. */
  calls: fc.array(fc.record({ writer: fc.nat(1), keys: fc.array(fc.nat(25), { minLength: 1, maxLength: 3 }), pause: fc.boolean() }), {
    maxLength: 25,
  }),
  writesUntilDeath: fc.nat(30),
});

describe('a feed and its inbox', () => {
  test('stay whole however often the process is killed in the middle: each entry once, without a gap, as it was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Life, { minLength: 1, maxLength: 5 }), async (lives) => {
        const disk = memoryDisk();
        const acknowledged = new Map<string, number>();
        const asked = new Set<string>();
        for (const life of lives) {
          const store = await openStore({ disk: dyingDisk(disk, life.writesUntilDeath) }).catch(() => null);
          if (store !== null) await live(store, life.calls, { acknowledged, asked });
        }
        const store = await openStore({ disk: dyingDisk(disk, Infinity) });
        await expectWhole(store, acknowledged, asked);
        // What nobody acknowledged is told again.
        await writerOn(store, { settle: settleItems(store.inbox) }).append('a', [...asked].map(inboxDraftOf));
        const seqs = (await store.feed.find({})).flatMap(entriesOf).map((entry) => entry.seq);
        expect(seqs).toHaveLength(asked.size);
        expect(
          (
            await store.inbox.find(
              { userId: 'a' },
              {
                sort: [
                  ['seq', 1],
                  ['_id', 1],
                ],
              },
            )
          ).map((item) => item.seq),
        ).toEqual(seqs);
        await store.close();
      }),
      { numRuns: 150 },
    );
  });
});

interface Told {
  readonly acknowledged: Map<string, number>;
  readonly asked: Set<string>;
}
async function live(
  store: NotificationsStore,
  calls: readonly { writer: number; keys: number[]; pause: boolean }[],
  told: Told,
): Promise<void> {
  const settle = settleItems(store.inbox);
  const writers = [writerOn(store, { settle }), writerOn(store, { settle })];
  const done: Promise<unknown>[] = [];
  for (const { writer, keys, pause } of calls) {
    for (const key of keys) told.asked.add(`key-${key}`);
    const appended = writers[writer]!.append(
      'a',
      keys.map((key) => inboxDraftOf(`key-${key}`)),
    );
    done.push(appended.then((entries) => expectSame(entries, told.acknowledged), expectDeath));
    if (pause) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(done);
}

const expectDeath = (error: unknown): void => expect(String(error)).toMatch(/StoreUnavailable|EIO/);

function expectSame(entries: readonly FeedEntry[], acknowledged: Map<string, number>): void {
  for (const { key, seq } of entries) {
    expect(acknowledged.get(key) ?? seq).toBe(seq);
    acknowledged.set(key, seq);
  }
}

async function expectWhole(store: NotificationsStore, acknowledged: Map<string, number>, asked: Set<string>): Promise<void> {
  const entries = (await store.feed.find({})).flatMap(entriesOf);
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
  expect(new Set(entries.map((entry) => entry.key)).size).toBe(entries.length);
  for (const entry of entries) expect(asked).toContain(entry.key);
  for (const [key, seq] of acknowledged) expect(entries[seq - 1]?.key).toBe(key);
}
