import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { progressChannel } from '@commonpurse/shared/contracts';
import { type FakeClock, fakeClock, type TestUser } from '@commonpurse/shared/testing';
import { passingUntil } from '../testing/passing-time.ts';
import { startNotifications, type NotificationsOptions, type TestNotifications } from '../testing/start-notifications.ts';

const large = 'x'.repeat(1024 * 1024);

describe('a client that does not read', () => {
  let clock: FakeClock;
  let system: TestNotifications;
  let ada: TestUser;
  const start = async (options: NotificationsOptions = {}): Promise<void> => {
    clock = fakeClock();
    system = await startNotifications({ clock, logLevel: 'info', ...options });
    ada = await system.user();
  };
  beforeEach(() => start());
  afterEach(() => system.stop());

  /** More than the kernel takes for a client that doesn't read. */
  const flood = async (megabytes: number): Promise<void> => {
    for (let count = 0; count < megabytes; count += 1) {
      await system.cache.publish(progressChannel, JSON.stringify({ userId: ada.id, data: { budgetId: `${count}`, large } }));
    }
  };
  const closedAsSlow = (): boolean => system.logs.some((line) => line['msg'] === 'a client takes its frames too slowly and is closed');
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => system.service.server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

  test.each([0, 29_000])('is closed with 4408 once more than 4 MiB wait, and told so when it reads again %i ms later', async (ms) => {
    const socket = await system.connect(ada);
    await socket.next('hello');
    socket.ws.pause();
    const from = clock.now();
    await flood(40);
    await passingUntil(clock, closedAsSlow, 50);
    // Not for having taken nothing for so long: memory would be gone by then.
    expect(clock.now() - from).toBeLessThan(10_000);
    clock.advance(ms);
    await turn();
    socket.ws.resume();
    expect((await socket.closed).code).toBe(4408);
  });

  test('is closed when it has taken nothing for 10 s, not before, and cut off when it does not even take that', async () => {
    await system.stop();
    await start({ limits: { waitingBytesMax: Infinity } });
    const socket = await system.connect(ada);
    await socket.next('hello');
    socket.ws.pause();
    await flood(40);
    clock.advance(9_500);
    await turn();
    expect(closedAsSlow()).toBe(false);
    await passingUntil(clock, closedAsSlow, 50);
    clock.advance(30_000);
    await system.until(async () => (await connections()) === 0);
  });

  test('is cut off a second after its session has ended: it does not read that it has', async () => {
    const socket = await system.connect(ada);
    await socket.next('hello');
    socket.ws.pause();
    await system.revokeSession(ada);
    const openAfter = async (ms: number): Promise<number> => {
      clock.advance(ms);
      for (let turns = 0; turns < 10; turns += 1) await turn();
      return connections();
    };
    expect([await openAfter(999), await openAfter(1)]).toEqual([1, 0]);
  });

  test('gets a long replay only as fast as it reads, and whole', async () => {
    const { feed } = await system.store();
    const entries = Array.from({ length: 100 }, (_, index) => index);
    for (const index of entries.filter((each) => each % 10 === 0)) {
      await feed.insert({
        _id: `${ada.id}:${String(index + 1).padStart(12, '0')}`,
        version: 1,
        userId: ada.id,
        first: index + 1,
        last: index + 10,
        eventKeys: entries.slice(index, index + 10).map((each) => `key-${each}`),
        entries: entries
          .slice(index, index + 10)
          .map(() => ({ kind: 'import.finished', at: '', data: { large: large.slice(0, 300_000) } })),
      });
    }
    const socket = await system.connect(ada, { since: 0 });
    socket.ws.pause();
    clock.advance(1_000);
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(closedAsSlow()).toBe(false);
    socket.ws.resume();
    await socket.next((frame) => frame.seq === 100);
    expect(socket.seqs).toEqual(entries.map((index) => index + 1));
  });
});
