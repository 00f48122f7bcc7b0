import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Doc, Documents } from '../documents/documents.ts';
import { openJsonStore } from '../documents/json/index.ts';
import { fakeClock, memoryDisk } from '../testing/index.ts';
import { overriding } from '../testing/override.ts';
import type { FeedState } from './catch-up.ts';
import { type Rebuild, rebuildsCollection } from './rebuild.ts';
import { createRebuilder, type Rebuilder, type RebuilderOptions } from './run-rebuild.ts';
import { before } from './testing/before.ts';

const clock = fakeClock();
const log = pino({ level: 'silent' });
let rebuilds: Documents<Rebuild>;
let notes: Documents<Doc>;
let running: Rebuilder[];

beforeEach(async () => {
  const store = await openJsonStore({ directory: 'rebuilt', disk: memoryDisk(), clock });
  rebuilds = await store.collection<Rebuild>(rebuildsCollection);
  notes = await store.collection<Doc>({ name: 'notes', indexes: [] });
  await notes.insertMany(Array.from({ length: 1_200 }, (_, n) => ({ _id: `note-${n}`, version: 1 })));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
});

/** A feed of which one reading brings everything there is. */
function feedOf(over: Partial<RebuilderOptions['catchUp']> = {}) {
  const feed: FeedState = { producer: 'records', from: 'beginning', state: 'current', detail: null, at: '2026-01-15T12:00:00.000Z' };
  const other = { ...feed, producer: 'auth', at: null };
  let at: string | null = feed.at;
  return {
    rebuild: async () => void (at = null),
    now: async () => {
      await notes.insertMany([{ _id: 'read', version: 1 }]);
      at = feed.at;
    },
    state: () => [{ ...feed, at }, other],
    ...over,
  };
}
function start(over: Partial<RebuilderOptions['catchUp']> = {}, ...collections: Documents<Doc>[]): Rebuilder {
  const derived = { producer: 'records', collections: collections.length === 0 ? [notes] : collections, rebuilds };
  const rebuilder = createRebuilder({ derived, catchUp: feedOf(over), clock, log });
  rebuilder.start();
  running.push(rebuilder);
  return rebuilder;
}
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const phase = async (): Promise<string | undefined> => (await rebuilds.get('records'))?.phase;
const kept = async (): Promise<string[]> => (await notes.find({})).map(({ _id }) => _id);

describe('A rebuild', () => {
  test('empties everything, reads from the beginning, and is done', async () => {
    const rebuilder = start();
    expect(await rebuilder.latest()).toBeNull();
    const begun = await rebuilder.begin();
    expect(begun).toMatchObject({ _id: 'records', phase: 'emptying', finishedAt: null });
    await until(async () => (await phase()) === 'done');
    expect(await kept()).toEqual(['read']);
    expect((await rebuilder.latest())?.finishedAt).toMatch(/Z$/);
    const again = await rebuilder.begin();
    expect(again.version).toBeGreaterThan(begun.version);
    await until(async () => (await phase()) === 'done');
  });

  test('empties what is told first, then what follows from it, and only then has the feed of its producer read anew', async () => {
    const steps: string[] = [];
    const watched = (name: string) =>
      overriding(notes, {
        find: async () => (steps.includes(name) ? [] : [{ _id: name, version: 1, changedAt: '' }]),
        remove: async ([id]) => void steps.push(id!),
      });
    const feed = feedOf();
    const told: Partial<RebuilderOptions['catchUp']> = {
      rebuild: async (producer) => {
        steps.push(`${producer} from the beginning, ${await phase()}`);
        await feed.rebuild(producer);
      },
      now: async (producer) => {
        steps.push(`${producer} read, ${await phase()}`);
        await feed.now();
      },
      state: feed.state,
    };
    await start(told, watched('mirror'), watched('totals')).begin();
    await until(async () => (await phase()) === 'done');
    expect(steps).toEqual(['mirror', 'totals', 'records from the beginning, emptying', 'records read, reading']);
  });

  test('of several that are asked for at once, is one', async () => {
    const [one, other] = [start(), start()];
    const begun = await Promise.all([one.begin(), other.begin(), one.begin()]);
    expect(new Set(begun.map(({ startedAt }) => startedAt)).size).toBe(1);
    await until(async () => (await phase()) === 'done');
    expect(await kept()).toEqual(['read']);
  });

  test('is not done before the feed was read from the beginning', async () => {
    let tries = 0;
    const at = (): string | null => (tries < 3 ? null : '2026-01-15T12:00:00.000Z');
    const state = (): FeedState[] => [{ producer: 'records', from: 'beginning', state: 'away', detail: 'away', at: at() }];
    await start({ state, now: async () => void (tries += 1) }).begin();
    await until(async () => (await phase()) === 'done');
    expect(tries).toBe(3);
  });

  test('is done when its feed was read from the beginning, whatever is read of others and of what begins at the present', async () => {
    const feed: FeedState = { producer: 'records', from: 'beginning', state: 'current', detail: null, at: '2026-01-15T12:00:00.000Z' };
    let at: string | null = null;
    let reads = 0;
    const state = (): FeedState[] => [
      { ...feed, producer: 'auth' },
      { ...feed, from: 'now', at: null },
      { ...feed, at },
    ];
    await start({ state, now: async () => void (reads += 1) }).begin();
    await until(() => reads === 3);
    expect(await phase()).toBe('reading');
    at = feed.at;
    await until(async () => (await phase()) === 'done');
  });

  test('is left to the instance that is at it, however long it takes, until that one is gone', async () => {
    const begunAt = new Date(clock.now()).toISOString();
    const notYet = { _id: 'records', version: 1, phase: 'emptying', startedAt: begunAt, aliveAt: begunAt, finishedAt: null } as const;
    let { version } = await rebuilds.insert(notYet);
    let removals = 0;
    start(
      {},
      before(notes, 'remove', () => void (removals += 1)),
    );
    for (let n = 0; n < 10; n += 1) {
      await pass(10);
      const aliveAt = new Date(clock.now()).toISOString();
      ({ version } = await rebuilds.replace({ ...notYet, aliveAt, version: version + 1 }, version));
    }
    expect([removals, await phase()]).toEqual([0, 'emptying']);
    await until(async () => (await phase()) === 'done');
    expect(removals).toBe(2);
  });

  test.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])('is taken over from an instance that is gone, and from none that is at it, when the clock of that one is %s', async (_, offMs) => {
    const theirs = (): string => new Date(clock.now() + offMs).toISOString();
    const notYet = { _id: 'records', version: 1, phase: 'emptying', startedAt: theirs(), aliveAt: theirs(), finishedAt: null } as const;
    let { version } = await rebuilds.insert(notYet);
    let removals = 0;
    start(
      {},
      before(notes, 'remove', () => void (removals += 1)),
    );
    for (let n = 0; n < 10; n += 1) {
      await pass(10);
      ({ version } = await rebuilds.replace({ ...notYet, aliveAt: theirs(), version: version + 1 }, version));
    }
    expect([removals, await phase()]).toEqual([0, 'emptying']);
    await pass(30);
    expect([removals, await phase()]).toEqual([2, 'done']);
  });

  test('is not taken over from an instance that is slow with many batches, for it says that it is alive', async () => {
    let removals = 0;
    const slow = overriding(notes, {
      find: async () => (removals < 5 ? [{ _id: 'note-0', version: 1, changedAt: '' }] : []),
      remove: async () => {
        removals += 1;
        await pass(7);
      },
    });
    let others = 0;
    await start({}, slow).begin();
    start({}, overriding(notes, { remove: async () => void (others += 1) }));
    await until(async () => (await phase()) === 'done');
    expect([removals, others]).toEqual([5, 0]);
  });

  test('is over as soon as the service stops, while the feed is read, and is gone on with at the next start', async () => {
    let isReading = false;
    const first = start({ now: () => new Promise(() => (isReading = true)), state: () => [] });
    await first.begin();
    await until(() => isReading);
    await first.stop();
    expect(await phase()).toBe('reading');
    start();
    await until(async () => (await phase()) === 'done');
    expect(await kept()).toEqual(['read']);
  });

  test('rests while the store is away, and goes on', async () => {
    let failures = 3;
    const failing = overriding(notes, {
      remove: async (ids) => {
        failures -= 1;
        if (failures >= 0) throw new Error('away');
        await notes.remove(ids);
      },
    });
    await start({}, failing).begin();
    await until(async () => (await phase()) === 'done');
    expect(await kept()).toEqual(['read']);
  });

  test('begins anew when a removal was held up so long that another instance had taken over', async () => {
    const held = Promise.withResolvers<void>();
    let removals = 0;
    const slow = overriding(notes, {
      remove: async (ids) => {
        removals += 1;
        if (removals === 1) await held.promise;
        await notes.remove(ids);
      },
    });
    await start({}, slow).begin();
    await until(() => removals === 1);
    start();
    await until(async () => (await phase()) === 'done');
    const { version } = (await rebuilds.get('records'))!;
    await notes.insertMany([{ _id: 'note-0', version: 1 }]);
    held.resolve();
    await until(async () => (await phase()) === 'done' && (await rebuilds.get('records'))!.version > version);
    expect(await kept()).toEqual(['read']);
  });

  test('stops in the middle when the service does', async () => {
    const stopped = Promise.withResolvers<void>();
    const rebuilder: Rebuilder = start(
      {},
      overriding(notes, {
        remove: async (ids) => {
          await notes.remove(ids);
          void rebuilder.stop().then(stopped.resolve);
        },
      }),
    );
    await rebuilder.begin();
    await stopped.promise;
    expect([await phase(), (await kept()).length]).toEqual(['emptying', 200]);
  });
});
