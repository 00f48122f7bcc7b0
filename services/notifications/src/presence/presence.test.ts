import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CacheUnavailable } from '@commonpurse/shared/cache';
import { createInProcessBus } from '@commonpurse/shared/messaging/in-process';
import { loadConfig, type Service } from '@commonpurse/shared/service';
import { fakeClock, type FakeClock, overriding, type TestUser } from '@commonpurse/shared/testing';
import { NotificationsConfig } from '../config.ts';
import { createNotificationsService } from '../service.ts';
import { passingUntil } from '../testing/passing-time.ts';
import { openSocket, type TestSocket } from '../testing/socket-client.ts';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

/** Time runs fast here: a sign of life would be too late before it has come through the network. */
const limits = { heartbeatMs: 24 * 3_600_000 };
let clock: FakeClock;
let system: TestNotifications;
let ada: TestUser;
let bob: TestUser;
let cyd: TestUser;
beforeEach(async () => {
  clock = fakeClock();
  system = await startNotifications({ clock, limits });
  [ada, bob, cyd] = [await system.user(), await system.user(), await system.user()];
});
afterEach(() => system.stop());

const presences = ({ frames }: TestSocket) =>
  frames.filter(({ type }) => type === 'presence').map(({ data }) => [data.userId, data.status]);
const until = (holds: () => boolean): Promise<void> => passingUntil(clock, holds);
const told = (socket: TestSocket, count: number): Promise<void> => until(() => presences(socket).length === count);

/** Ten seconds. */
async function someTime(): Promise<void> {
  for (let turns = 0; turns < 100; turns += 1) {
    clock.advance(100);
    await system.atRest();
  }
}

/** Ada shares with Bob, and nothing of Ada changes any more when he gets to have it. */
async function grantUnknownToBob(): Promise<() => Promise<unknown>> {
  const { grant } = await system.auth.grant(ada, bob);
  await system.auth.change(bob.id, { grants: [] });
  return () => system.auth.change(bob.id, { grants: [grant] });
}

describe('Presence', () => {
  test('is shown among people between whom something is shared, whichever way', async () => {
    await system.auth.grant(ada, bob);
    await system.auth.grant(bob, cyd);
    const first = await system.connect(ada);
    const second = await system.connect(bob);
    const third = await system.connect(cyd);
    await Promise.all([told(first, 1), told(second, 2), told(third, 1)]);
    expect(presences(first)).toEqual([[bob.id, 'online']]);
    expect(presences(second)).toEqual([
      [ada.id, 'online'],
      [cyd.id, 'online'],
    ]);
    expect(presences(third)).toEqual([[bob.id, 'online']]);
    await second.close();
    await Promise.all([told(first, 2), told(third, 2)]);
    expect([presences(first).at(-1), presences(third).at(-1)]).toEqual([
      [bob.id, 'offline'],
      [bob.id, 'offline'],
    ]);
  });

  test('is not shown of who is not there, nor where what was shared is shared no more', async () => {
    await system.auth.grant(ada, cyd);
    await system.auth.grant(ada, bob, { expiresAt: new Date(clock.now()).toISOString() });
    const [second, third] = [await system.connect(bob), await system.connect(cyd)];
    await someTime();
    expect([presences(second), presences(third)]).toEqual([[], []]);
    const first = await system.connect(ada);
    await Promise.all([told(first, 1), told(third, 1)]);
    await someTime();
    expect([first, second, third].map(presences)).toEqual([[[cyd.id, 'online']], [], [[ada.id, 'online']]]);
  });

  test('has no number, and counts people, not sockets', async () => {
    await system.auth.grant(ada, bob);
    const watcher = await system.connect(ada);
    const sockets = [await system.connect(bob), await system.connect(bob)];
    await told(watcher, 1);
    expect(watcher.frames.at(-1)).not.toHaveProperty('seq');
    // each of them is told who is there
    await Promise.all(sockets.map((socket) => told(socket, 1)));
    await someTime();
    expect(sockets.map(presences)).toEqual([[[ada.id, 'online']], [[ada.id, 'online']]]);
    await sockets[0]!.close();
    await someTime();
    expect(presences(watcher)).toEqual([[bob.id, 'online']]);
    await sockets[1]!.close();
    await told(watcher, 2);
    await system.connect(bob);
    await told(watcher, 3);
    expect(presences(watcher).map(([, status]) => status)).toEqual(['online', 'offline', 'online']);
  });

  test('does not flicker when somebody connects again at once', async () => {
    await system.auth.grant(ada, bob);
    const watcher = await system.connect(ada);
    const before = await system.connect(bob);
    await told(watcher, 1);
    await before.close();
    const again = await system.connect(bob);
    await told(again, 1);
    await someTime();
    expect(presences(watcher)).toEqual([[bob.id, 'online']]);
    await again.close();
    await told(watcher, 2);
    expect(presences(watcher)).toEqual([
      [bob.id, 'online'],
      [bob.id, 'offline'],
    ]);
  });

  test('is shown from the moment something is shared, and not after it was taken back', async () => {
    const [first, second] = [await system.connect(ada), await system.connect(bob)];
    await until(() => first.frames.length > 0 && second.frames.length > 0);
    await someTime();
    expect([presences(first), presences(second)]).toEqual([[], []]);
    // No event tells of it: the stamps do.
    await system.auth.grant(ada, bob);
    await Promise.all([told(first, 1), told(second, 1)]);
    await system.auth.revokeGrants(ada, bob);
    await someTime();
    await system.auth.grant(ada, bob);
    await Promise.all([told(first, 2), told(second, 2)]);
    await system.auth.revokeGrants(ada, bob);
    await first.close();
    const stranger = await system.connect(cyd);
    await system.auth.grant(cyd, bob);
    await Promise.all([told(stranger, 1), told(second, 3)]);
    expect(presences(second)).toEqual([
      [ada.id, 'online'],
      [ada.id, 'online'],
      [cyd.id, 'online'],
    ]);
  });

  test('is shown to both as soon as one of them is known to share, whoever was looked at first', async () => {
    const letBobKnow = await grantUnknownToBob();
    const [first, second] = [await system.connect(ada), await system.connect(bob)];
    await someTime();
    await letBobKnow();
    await Promise.all([told(first, 1), told(second, 1)]);
    expect([presences(first), presences(second)]).toEqual([[[bob.id, 'online']], [[ada.id, 'online']]]);
  });

  test('is not shown for what another instance says: not among strangers, nor of who is not there', async () => {
    await system.auth.grant(ada, cyd);
    const [first] = [await system.connect(ada), await system.connect(bob)];
    for (const met of [bob.id, cyd.id]) await system.cache.publish('presence', JSON.stringify({ instance: 'other', met, by: ada.id }));
    await someTime();
    expect(presences(first)).toEqual([]);
  });

  test('survives a cache that takes no hints', async () => {
    system.cache.publish = () => Promise.reject(new CacheUnavailable('away'));
    await system.auth.grant(ada, bob);
    const [first] = [await system.connect(ada), await system.connect(bob)];
    await told(first, 1);
  });
});

describe('Presence on two instances', () => {
  let second: Service;
  let url: string;
  let published: string[];
  beforeEach(async () => {
    published = [];
    const { cache } = system.deps;
    second = await createNotificationsService({
      ...system.deps,
      bus: createInProcessBus({ clock, log: system.deps.log }),
      cache: overriding(cache, {
        publish: async (channel: string, message: string) => (published.push(message), cache.publish(channel, message)),
      }),
      documents: overriding(system.deps.documents, { close: async () => {} }),
      config: loadConfig(NotificationsConfig, {}),
      mailer: { send: async () => {} },
      limits,
    });
    ({ url } = await second.listen({ host: '127.0.0.1', port: 0 }));
  });
  afterEach(() => second.stop());

  test('is the same on both, also for one that has just started', async () => {
    await system.auth.grant(ada, bob);
    const here = await system.connect(ada);
    await second.start();
    await until(() => published.some((message) => message.includes('"ask":true')));
    const there = await openSocket(url, { token: bob.token });
    await Promise.all([told(here, 1), told(there, 1)]);
    expect([presences(here), presences(there)]).toEqual([[[bob.id, 'online']], [[ada.id, 'online']]]);
    await there.close();
    await told(here, 2);
    expect(presences(here).at(-1)).toEqual([bob.id, 'offline']);
  });

  test('is shown to both where one was looked at before they shared, and the other is elsewhere', async () => {
    await second.start();
    const letBobKnow = await grantUnknownToBob();
    const here = await system.connect(ada);
    const there = await openSocket(url, { token: bob.token });
    await someTime();
    await letBobKnow();
    await Promise.all([told(here, 1), told(there, 1)]);
    expect([presences(here), presences(there)]).toEqual([[[bob.id, 'online']], [[ada.id, 'online']]]);
    await there.close();
  });

  test('lasts as long as an instance tells of it, and while the cache is away, when nobody could', async () => {
    await system.auth.grant(ada, bob);
    await second.start();
    const there = await openSocket(url, { token: bob.token });
    const here = await system.connect(ada);
    await told(here, 1);
    for (let times = 0; times < 4; times += 1) await someTime();
    const { cache } = system;
    const [run, publish] = [cache.run.bind(cache), cache.publish.bind(cache)];
    Object.assign(cache, { run: () => null, publish: () => Promise.reject(new CacheUnavailable('away')) });
    for (let times = 0; times < 4; times += 1) await someTime();
    Object.assign(cache, { run, publish });
    for (let times = 0; times < 4; times += 1) await someTime();
    expect(presences(here)).toEqual([[bob.id, 'online']]);
    await there.close();
  });

  test('ends with an instance that stops', async () => {
    await system.auth.grant(ada, bob);
    await second.start();
    const there = await openSocket(url, { token: bob.token });
    const here = await system.connect(ada);
    await told(here, 1);
    await second.stop();
    await there.closed;
    await told(here, 2);
    expect(presences(here).at(-1)).toEqual([bob.id, 'offline']);
  });

  test('ends with an instance that is not heard any more', async () => {
    await system.auth.grant(ada, bob);
    await second.start();
    const there = await openSocket(url, { token: bob.token });
    const here = await system.connect(ada);
    await told(here, 1);
    // What it says from now on reaches nobody.
    const { publish } = system.cache;
    const silent = publish.bind(system.cache);
    system.cache.publish = async (channel, message) => (message.includes(`"online":["${bob.id}"]`) ? undefined : silent(channel, message));
    await told(here, 2);
    expect(presences(here).at(-1)).toEqual([bob.id, 'offline']);
    await there.close();
  });
});
