import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PeerUnavailable } from '@commonpurse/shared/service';
import { fakeClock, type FakeClock, type TestUser } from '@commonpurse/shared/testing';
import { failingStore, type FailingStore } from './testing/failing-store.ts';
import { passing, passingUntil } from './testing/passing-time.ts';
import type { UpgradeRefused } from './testing/socket-client.ts';
import { startNotifications, type TestNotifications } from './testing/start-notifications.ts';

describe('while the store fails', () => {
  let clock: FakeClock;
  let store: FailingStore;
  let system: TestNotifications;
  let ada: TestUser;
  beforeEach(async () => {
    clock = fakeClock();
    store = failingStore();
    system = await startNotifications({ clock, deps: (deps) => ({ ...deps, documents: store.wrap(deps.documents) }) });
    ada = await system.user();
  });
  afterEach(() => system.stop());

  test('no socket opens that could not be told the truth, and it takes no place', async () => {
    await (await system.connect(ada)).close();
    store.failing = 'find';
    const refused = await system.connect(ada).catch((error: UpgradeRefused) => error);
    expect(refused).toMatchObject({ status: 503, problem: { code: 'service-unavailable' } });
    store.failing = 'nothing';
    await (await system.connect(ada)).next('hello');
  });

  test('frames wait, and come when it is back', async () => {
    const socket = await system.connect(ada);
    await system.changeRecord(ada);
    await socket.next('record.created');
    store.failing = 'find';
    socket.send({ type: 'resume', since: 7 });
    socket.send({ type: 'resume', since: 0 });
    socket.send({ type: 'ping' });
    await socket.next('pong');
    store.failing = 'nothing';
    await passingUntil(clock, () => socket.seqs.length === 2 && socket.frames.some((frame) => frame.type === 'error'));
    expect(socket.seqs).toEqual([1, 1]);
  });

  test('the inbox says 503, and what was asked is not half done', async () => {
    await system.crossThreshold(ada);
    const [item] = (await system.as(ada).get('/notifications')).body.items;
    store.failing = 'replace';
    expect((await system.as(ada).post(`/notifications/${item.id}/read`)).status).toBe(503);
    store.failing = 'insert';
    expect((await system.as(ada).post('/notifications/read-all')).status).toBe(503);
    store.failing = 'nothing';
    expect((await system.as(ada).get('/notifications')).body.items[0].readAt).toBeNull();
  });

  test('a mail waits, and goes once when it is back', async () => {
    store.failing = 'insert';
    const told = system.crossThreshold(ada, { channels: ['email'] });
    await new Promise((resolve) => setImmediate(resolve));
    store.failing = 'find';
    await passing(clock, told, 1_000);
    store.failing = 'nothing';
    await passingUntil(clock, () => system.mails.length === 1, 1_000);
    expect(system.mails).toHaveLength(1);
  });

  test('an alert that could not be kept is kept when it is told again', async () => {
    store.failing = 'insert';
    const told = system.crossThreshold(ada);
    await new Promise((resolve) => setImmediate(resolve));
    store.failing = 'nothing';
    await passing(clock, told, 100);
    expect((await system.as(ada).get('/notifications')).body.items).toMatchObject([{ seq: 2 }]);
  });
});

test('While records are away a feed is tried again each second, and not for one who has left', async () => {
  const clock = fakeClock();
  let asked = 0;
  const beforeViews = async (): Promise<void> => {
    asked += 1;
    throw new PeerUnavailable('records are away');
  };
  const system = await startNotifications({ clock, beforeViews });
  const ada = await system.user();
  await system.changeRecord(ada);
  await system.restart();
  const socket = await system.connect(ada, { since: 0 });
  await system.until(() => asked === 1);
  await system.atRest();
  expect(asked).toBe(1);
  clock.advance(1_000);
  await system.until(() => asked === 2);
  await socket.close();
  await system.until(
    () => new Promise<boolean>((resolve) => system.service.server.getConnections((_error, count) => resolve(count === 0))),
  );
  for (let seconds = 0; seconds < 3; seconds += 1) {
    await system.atRest();
    clock.advance(1_000);
  }
  await system.atRest();
  expect(asked).toBe(2);
  await system.stop();
});
