import { afterEach, describe, expect, test } from '@jest/globals';
import { type Mail, MailDeferred, MailRefused, MailUnanswered, MailUnavailable } from '@commonpurse/shared/mail';
import { fakeClock, type FakeClock } from '@commonpurse/shared/testing';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let clock: FakeClock;
let away: boolean;
let tried: Mail[];
const start = async (): Promise<void> => {
  [clock, away, tried] = [fakeClock(), false, []];
  const beforeMail = async (mail: Mail): Promise<void> => {
    tried.push(mail);
    if (away) throw new Error('the mail server is away');
  };
  auth = await startAuth({ clock, beforeMail });
};
afterEach(() => auth.stop());
const waiting = async (): Promise<number> => (await auth.users.find({})).flatMap(({ mails }) => mails).length;

/** Moves on until the check holds, as time would: it passes while all wait, and a mail under way is not taken for one that was left. */
const inTime = (check: () => boolean | Promise<boolean>): Promise<unknown> =>
  auth.until(async () => {
    if (await check()) return true;
    await auth.atRest();
    clock.advance(1_000);
    return false;
  });

describe('a mail that was promised', () => {
  test('arrives once the mail server is back, once, with a link that works', async () => {
    await start();
    away = true;
    await auth.register({ email: 'ada@example.com' });
    await auth.until(() => tried.length === 1);
    await inTime(() => tried.length === 3);
    away = false;
    await inTime(() => auth.mails.length === 1);
    expect(new Set(tried.map(({ id }) => id)).size).toBe(1);
    await inTime(async () => (await waiting()) === 0);
    await auth.atRest();
    clock.advance(120_000);
    const { status } = await auth.request('POST', '/auth/verify-email', { body: { token: await auth.tokenFor('ada@example.com') } });
    expect([status, auth.mails.length]).toEqual([200, 1]);
  });

  test('arrives once from a mail server that takes a minute for it', async () => {
    clock = fakeClock();
    const answer = Promise.withResolvers<void>();
    let asked = 0;
    const beforeMail = (): Promise<void> => {
      asked += 1;
      return answer.promise;
    };
    auth = await startAuth({ clock, beforeMail });
    await auth.register({ email: 'ada@example.com' });
    await auth.until(() => asked === 1);
    const answersAt = clock.now() + 60_000;
    await inTime(() => clock.now() >= answersAt);
    answer.resolve();
    await inTime(async () => (await waiting()) === 0);
    expect([asked, auth.mails.length]).toEqual([1, 1]);
  });

  test('is sent after a restart, under the same id', async () => {
    await start();
    away = true;
    await auth.register({ email: 'ada@example.com' });
    await auth.until(() => tried.length === 1);
    away = false;
    await auth.restart();
    await inTime(() => auth.mails.length === 1);
    expect(auth.mails[0]?.id).toBe(tried[0]?.id);
    await inTime(async () => (await waiting()) === 0);
  });

  test('is given up after a day, when its link is no good any more', async () => {
    await start();
    away = true;
    await auth.register({ email: 'ada@example.com' });
    await auth.until(() => tried.length === 1);
    await auth.atRest();
    clock.advance(24 * 60 * 60 * 1000);
    away = false;
    await inTime(async () => (await waiting()) === 0);
    expect(auth.mails).toEqual([]);
  });

  test('gives way to a newer one of its kind', async () => {
    await start();
    away = true;
    await auth.register({ email: 'ada@example.com' });
    await auth.until(() => tried.length === 1);
    await auth.register({ email: 'ada@example.com' });
    await auth.until(() => tried.length === 2);
    expect(await waiting()).toBe(1);
    away = false;
    await inTime(() => auth.mails.length === 1);
    expect(auth.mails[0]?.id).toBe(tried[1]?.id);
  });

  test('is done with when it was refused for good', async () => {
    clock = fakeClock();
    let refusals = 0;
    auth = await startAuth({
      clock,
      beforeMail: async () => {
        refusals += 1;
        throw new MailRefused('no such mailbox');
      },
    });
    await auth.register({ email: 'ada@example.com' });
    await inTime(async () => refusals > 0 && (await waiting()) === 0);
    expect(refusals).toBe(1);
    expect(auth.logs).toContainEqual(expect.objectContaining({ msg: 'a mail was refused for good' }));
  });

  test('is not needed any more once the address was verified by an earlier copy', async () => {
    await start();
    await auth.register({ email: 'ada@example.com' });
    const token = await auth.tokenFor('ada@example.com');
    const [user] = await auth.users.find({});
    await auth.request('POST', '/auth/verify-email', { body: { token } });
    const mail = {
      id: 'late',
      kind: 'verify-email',
      at: new Date(clock.now()).toISOString(),
      claimedUntil: new Date(0).toISOString(),
    } as const;
    await auth.tamper(user!._id, { mails: [mail] });
    await inTime(async () => (await waiting()) === 0);
    expect(auth.mails).toHaveLength(1);
  });
});

describe('mails that were left over', () => {
  const names = Array.from({ length: 24 }, (_, n) => `user${n}@example.com`);
  /** All of these were promised while the mail server was away. */
  const startWith = async (beforeMail: (mail: Mail) => Promise<void>): Promise<void> => {
    clock = fakeClock();
    let isFirst = true;
    const tries = new Set<string>();
    auth = await startAuth({
      clock,
      beforeMail: async (mail) => {
        isFirst &&= tries.size < names.length;
        tries.add(mail.to);
        if (isFirst) throw new MailUnavailable('the mail server is away');
        await beforeMail(mail);
      },
    });
    for (const email of names) {
      await auth.register({ email });
      await auth.until(() => tries.has(email));
      await auth.atRest();
    }
  };

  test('do not wait for those whose receivers are not ready for them', async () => {
    const ready = names.at(-1)!;
    await startWith(async ({ to }) => {
      if (to !== ready) throw new MailDeferred('451 not now');
    });
    const backAt = clock.now();
    await inTime(() => auth.mails.length === 1);
    expect(clock.now() - backAt).toBeLessThanOrEqual(20_000);
    expect(await waiting()).toBe(names.length - 1);
  });

  test('all have their turn, though each of the others ends a round', async () => {
    const last = names.at(-1)!;
    await startWith(async ({ to }) => {
      if (to !== last) throw new MailUnanswered('no answer');
    });
    const backAt = clock.now();
    await inTime(() => auth.mails.length === 1);
    expect(clock.now() - backAt).toBeLessThanOrEqual(names.length * 5_000 + 20_000);
  });

  test('are tried one by one while the mail server is away, and all go once it is back', async () => {
    let isAway = true;
    let asked = 0;
    await startWith(async () => {
      asked += 1;
      if (isAway) throw new MailUnavailable('the mail server is away');
    });
    const from = clock.now();
    await inTime(() => clock.now() - from >= 60_000);
    await auth.atRest();
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThanOrEqual(13);
    [isAway, asked] = [false, 0];
    const backAt = clock.now();
    await inTime(async () => (await waiting()) === 0);
    expect(clock.now() - backAt).toBeLessThanOrEqual(25_000);
    expect([asked, new Set(auth.mails.map(({ to }) => to)).size]).toEqual([names.length, names.length]);
  });
});

test.each([
  ['whose receiver is not ready', new MailDeferred('451 not now')],
  ['that a silent server may have taken', new MailUnanswered('no answer')],
])('a mail %s is tried again, with pauses, until it is taken', async (_what, failure) => {
  clock = fakeClock();
  const triedAt: number[] = [];
  auth = await startAuth({
    clock,
    beforeMail: async () => {
      triedAt.push(clock.now());
      if (triedAt.length < 5) throw failure;
    },
  });
  await auth.register({ email: 'ada@example.com' });
  await inTime(() => auth.mails.length === 1);
  for (const [index, pauseMs] of [15_000, 15_000, 30_000, 60_000].entries())
    expect(triedAt[index + 1]! - triedAt[index]!).toBeGreaterThanOrEqual(pauseMs);
  await inTime(async () => (await waiting()) === 0);
  expect(triedAt).toHaveLength(5);
  expect(auth.logs).toContainEqual(expect.objectContaining({ msg: 'a mail could not be sent; it will be tried again' }));
});

test('a request for a mail that a crash left unanswered is answered later', async () => {
  await start();
  await auth.register({ email: 'ada@example.com' });
  await auth.tokenFor('ada@example.com');
  await auth.addressRequests.insert({
    _id: 'left',
    version: 1,
    kind: 'verify-email',
    address: 'email:ada@example.com',
    requestId: 'r',
    ip: '127.0.0.1',
    at: new Date(clock.now()).toISOString(),
  });
  await inTime(() => auth.mails.length === 2);
  await inTime(async () => (await auth.addressRequests.count({})) === 0);
});

test('a stop does not wait for a mail server that hangs', async () => {
  clock = fakeClock();
  const hang = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  auth = await startAuth({
    clock,
    beforeMail: () => {
      asked.resolve();
      return hang.promise;
    },
  });
  await auth.register({ email: 'ada@example.com' });
  await asked.promise;
  let stopped = false;
  const stopping = auth.service.stop().then(() => (stopped = true));
  await inTime(() => stopped);
  await stopping;
  hang.resolve();
});
