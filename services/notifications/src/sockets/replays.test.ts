import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestUser } from '@commonpurse/shared/testing';
import { startNotifications, type TestNotifications } from '../testing/start-notifications.ts';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('The replays of one user', () => {
  let system: TestNotifications;
  let ada: TestUser;
  /** Replays whose records are being asked for, one entry each. */
  let asking: (() => void)[];
  let asked: number;
  let askedAtOnce: number;
  let held: boolean;
  beforeEach(async () => {
    [asking, asked, askedAtOnce, held] = [[], 0, 0, false];
    const beforeViews = async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      asked += 1;
      askedAtOnce = Math.max(askedAtOnce, asking.push(resolve));
      await (held ? promise : turns(20));
      asking.splice(asking.indexOf(resolve), 1);
    };
    system = await startNotifications({ beforeViews });
    ada = await system.user();
  });
  afterEach(() => system.stop());
  const goOn = (): void => {
    held = false;
    for (const answer of asking) answer();
  };
  const reached = (seq: number) => (frame: { seq?: number | undefined }) => frame.seq === seq;

  test('are read and rendered one at a time, and each is whole', async () => {
    await Promise.all(Array.from({ length: 10 }, () => system.changeRecord(ada)));
    const sockets = await Promise.all(Array.from({ length: 20 }, () => system.connect(ada, { since: 0 })));
    for (const socket of sockets) {
      await socket.next(reached(10));
      expect(socket.seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
    expect(askedAtOnce).toBe(1);
  });

  test('keep waiting neither what comes live, their own user’s included, nor the replays of others', async () => {
    const bob = await system.user();
    await system.auth.grant(bob, ada, {});
    await system.changeRecord(ada);
    await system.changeRecord(bob);
    await system.until(async () => (await system.headOf(ada)) === 2);
    const live = await system.connect(ada);
    held = true;
    const replaying = await Promise.all([1, 2].map(() => system.connect(ada, { since: 0 })));
    await system.until(() => asking.length > 0);
    held = false;
    await system.changeRecord(ada);
    await live.next(reached(3));
    // What is shared has to be asked for, also live.
    await system.changeRecord(bob);
    await live.next(reached(4));
    await (await system.connect(bob, { since: 0 })).next(reached(2));
    expect(replaying.map(({ seqs }) => seqs)).toEqual([[], []]);
    goOn();
    for (const socket of replaying) await socket.next(reached(4));
    expect(replaying.map(({ seqs }) => seqs)).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
  });

  test('are not read for whom they are nothing any more: who has left, or has asked for another one', async () => {
    await system.changeRecord(ada);
    held = true;
    const [first, leaving, resuming] = await Promise.all(['first', 'leaving', 'resuming'].map(() => system.connect(ada, { since: 0 })));
    await system.until(() => asking.length > 0);
    await leaving!.close();
    for (let times = 0; times < 5; times += 1) resuming!.send({ type: 'resume', since: 0 });
    resuming!.send({ type: 'ping' });
    await resuming!.next('pong');
    goOn();
    await first!.next(reached(1));
    await resuming!.next(reached(1));
    expect(asked).toBe(2);
  });
});
