import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeClock, fakeClock, type TestUser } from '@commonpurse/shared/testing';
import type { TestSocket } from '../testing/socket-client.ts';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

const said = 5_000;
const heardAtOnce = 20;

describe('a client that never stops talking', () => {
  let clock: FakeClock;
  let system: TestNotifications;
  let ada: TestSocket;
  let bob: TestUser;
  beforeEach(async () => {
    clock = fakeClock();
    system = await startNotifications({ clock });
    ada = await system.connect(await system.user());
    bob = await system.user();
  });
  afterEach(() => system.stop());

  const count = (socket: TestSocket, type: string): number => socket.frames.filter((frame) => frame.type === type).length;
  /** Resolves when a number does not change any more, though others have had their turn again and again. */
  const quiet = async (number: () => number): Promise<void> => {
    for (let before = -1; before !== number();) {
      before = number();
      for (let round = 0; round < 50; round += 1) await system.as(bob).get('/notifications');
    }
  };

  test.each([
    ['ping', { type: 'ping' }, 'pong'],
    ['resume', { type: 'resume', since: 1_000_000 }, 'error'],
  ])('is heard a little at a time, and all of it in the end: %s', async (_type, frame, answer) => {
    for (let at = 0; at < said; at += 1) ada.send(frame);
    await quiet(() => count(ada, answer));
    expect(count(ada, answer)).toBe(heardAtOnce);
    await system.until(() => {
      clock.advance(250);
      return count(ada, answer) === said;
    });
  });

  test('is answered no more often where it asks for signs of life', async () => {
    let answered = 0;
    ada.ws.on('pong', () => void (answered += 1));
    for (let asked = 1; asked <= heardAtOnce; asked += 1) {
      ada.ws.ping();
      await system.until(() => answered === asked);
    }
    ada.ws.ping();
    await quiet(() => answered);
    expect(answered).toBe(heardAtOnce);
    await system.until(() => {
      clock.advance(250);
      return answered === heardAtOnce + 1;
    });
  });

  test('is heard no faster in pieces: thousands of them for one message', async () => {
    const pieces = 16_000;
    const messages = heardAtOnce / 2;
    // silence saves nothing up
    for (let looks = 0; looks < 200; looks += 1) {
      clock.advance(250);
      await system.atRest();
    }
    for (let message = 0; message < messages; message += 1) {
      for (let at = 0; at < pieces; at += 1) ada.ws.send('', { fin: false });
      ada.send({ type: 'ping' });
    }
    await quiet(() => count(ada, 'pong'));
    expect(count(ada, 'pong')).toBeLessThan(messages / 2);
    await system.until(() => {
      clock.advance(250);
      return count(ada, 'pong') === messages;
    });
  });
});
