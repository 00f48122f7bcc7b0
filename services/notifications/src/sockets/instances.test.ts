import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PeerUnavailable, type Service } from '@commonpurse/shared/service';
import { loadConfig } from '@commonpurse/shared/service';
import { createInProcessBus } from '@commonpurse/shared/messaging/in-process';
import { type FakeClock, fakeClock, overriding, type TestUser } from '@commonpurse/shared/testing';
import { NotificationsConfig } from '../config.ts';
import { createNotificationsService } from '../service.ts';
import { passingUntil } from '../testing/passing-time.ts';
import { openSocket, type TestSocket } from '../testing/socket-client.ts';
import { importProgressed, startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

describe('two instances on one store', () => {
  let clock: FakeClock;
  let first: TestNotifications;
  let second: Service;
  let url: string;
  let ada: TestUser;
  /** What the first instance's hints meet. */
  let hints: 'arrive' | 'are lost' | 'fail';
  let recordsAnswer: boolean;
  beforeEach(async () => {
    clock = fakeClock();
    hints = 'arrive';
    recordsAnswer = true;
    first = await startNotifications({
      clock,
      beforeViews: async () => {
        if (!recordsAnswer) throw new PeerUnavailable('records are away');
      },
      deps: (deps) => {
        const { cache } = deps;
        const publish: typeof cache.publish = async (...message) => {
          if (hints === 'fail') throw new Error('the cache is away');
          if (hints === 'arrive') await cache.publish(...message);
        };
        return { ...deps, cache: overriding(cache, { publish }) };
      },
    });
    ada = await first.user();
    // Its own bus: every event goes to the first instance.
    second = await createNotificationsService({
      ...first.deps,
      bus: createInProcessBus({ clock, log: first.deps.log }),
      documents: overriding(first.deps.documents, { close: async () => {} }),
      config: loadConfig(NotificationsConfig, {}),
      mailer: { send: async () => {} },
      // Time runs fast here: a sign of life would be too late before it has come through the network.
      limits: { heartbeatMs: 24 * 3_600_000 },
    });
    ({ url } = await second.listen({ host: '127.0.0.1', port: 0 }));
    await second.start();
  });
  afterEach(async () => {
    await second.stop();
    await first.stop();
  });
  const reached = (socket: TestSocket, seq: number): Promise<void> => passingUntil(clock, () => socket.seqs.at(-1) === seq);

  test('a socket on one gets at once what the other has learned, without asking twice', async () => {
    const socket = await openSocket(url, { token: ada.token });
    await first.changeRecord(ada);
    await first.crossThreshold(ada);
    await socket.next((frame) => frame.seq === 3);
    expect(socket.frames.slice(1).map((frame) => frame.type)).toEqual(['record.created', 'budget.alert', 'notification']);
    await first.publish(importProgressed(ada.id, {}));
    await socket.next('import.progress');
  });

  test('a socket gets everything also when hints are lost', async () => {
    const socket = await openSocket(url, { token: ada.token });
    hints = 'are lost';
    await first.changeRecord(ada);
    await first.changeRecord(ada);
    await reached(socket, 2);
    expect(socket.seqs).toEqual([1, 2]);
  });

  test('a socket gets everything when the cache has begun anew or fails', async () => {
    const socket = await openSocket(url, { token: ada.token });
    hints = 'fail';
    await first.changeRecord(ada);
    first.cache.forgetAll();
    // Within the second after which the store is looked at.
    for (let passedMs = 0; passedMs <= 1_000; passedMs += 100) {
      await first.atRest();
      clock.advance(100);
    }
    await first.until(() => socket.seqs.at(-1) === 1);
    hints = 'arrive';
    await first.changeRecord(ada);
    await socket.next((frame) => frame.seq === 2);
  });

  test('a socket resumes from what only the other one has heard of', async () => {
    const socket = await openSocket(url, { token: ada.token });
    hints = 'are lost';
    await first.changeRecord(ada);
    socket.send({ type: 'resume', since: 1 });
    socket.send({ type: 'ping' });
    await socket.next('pong');
    hints = 'arrive';
    await first.changeRecord(ada);
    await socket.next((frame) => frame.seq === 2);
    expect(socket.frames.map(({ type }) => type)).not.toContain('error');
  });

  test('a hint that promises too much does no harm', async () => {
    const socket = await openSocket(url, { token: ada.token });
    await first.cache.publish('feed', JSON.stringify({ userId: ada.id, seq: 7 }));
    await first.changeRecord(ada);
    await socket.next((frame) => frame.seq === 1);
    expect(socket.seqs).toEqual([1]);
  });

  test('frames wait for records to come back, in order', async () => {
    recordsAnswer = false;
    const socket = await openSocket(url, { token: ada.token });
    await first.changeRecord(ada);
    await first.crossThreshold(ada);
    recordsAnswer = true;
    await reached(socket, 3);
    expect(socket.seqs).toEqual([1, 2, 3]);
  });
});
