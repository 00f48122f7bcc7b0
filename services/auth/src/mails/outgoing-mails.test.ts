import { afterEach, describe, expect, test } from '@jest/globals';
import { type Mail, MailRefused } from '@commonpurse/shared/mail';
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
