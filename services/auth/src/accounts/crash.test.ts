import { describe, expect, test } from '@jest/globals';
import { inOneLife, nothing } from '../testing/one-life.ts';
import type { TestAuth } from '../testing/start-auth.ts';

const email = 'ada@example.com';

describe('a process that dies before its nth write', () => {
  test.each([0, 1, 2, 3, 4])(
    '(n = %i) while somebody registers loses nothing it promised, and is not in the way of another try',
    async (n) => {
      const { auth, stop, acknowledged, inTime } = await inOneLife(n, nothing, async (system) => (await system.register({ email })).status);
      expect(acknowledged).toBe(n >= 1);
      if (!acknowledged) expect((await auth.register({ email })).status).toBe(202);
      const mail = await inTime(() => auth.mails.at(-1));
      const token = /token=([\w-]+)/.exec(mail!.text)?.[1];
      expect((await auth.request('POST', '/auth/verify-email', { body: { token } })).status).toBe(200);
      expect((await auth.login(email)).status).toBe(200);
      expect(await auth.users.count({})).toBe(1);
      await stop();
    },
  );

  test.each([0, 1, 2, 3, 4])('(n = %i) while another link is asked for mails it all the same, if it said so', async (n) => {
    const pending = async (system: TestAuth): Promise<void> => {
      await system.register({ email });
      await system.tokenFor(email);
      await system.until(async () => (await system.users.find({}))[0]?.mails.length === 0);
    };
    const ask = async (system: TestAuth): Promise<number> =>
      (await system.request('POST', '/auth/resend-verification', { body: { email } })).status;
    const { auth, stop, acknowledged, inTime } = await inOneLife(n, pending, ask);
    expect(acknowledged).toBe(n >= 1);
    if (!acknowledged) await ask(auth);
    await inTime(() => auth.mails.length >= 2);
    const token = /token=([\w-]+)/.exec(auth.mails.at(-1)!.text)?.[1];
    expect((await auth.request('POST', '/auth/verify-email', { body: { token } })).status).toBe(200);
    await stop();
  });

  test.each([0, 1, 2, 3])('(n = %i) while an address is verified has done it or not, and tells others what it has done', async (n) => {
    let token = '';
    const pending = async (system: TestAuth): Promise<void> => {
      await system.register({ email });
      token = await system.tokenFor(email);
      await system.until(async () => (await system.users.find({}))[0]?.mails.length === 0);
    };
    const verify = async (system: TestAuth): Promise<number> =>
      (await system.request('POST', '/auth/verify-email', { body: { token } })).status;
    const { auth, stop, acknowledged, inTime } = await inOneLife(n, pending, verify);
    expect(acknowledged).toBe(n >= 1);
    expect(await verify(auth)).toBe(acknowledged ? 400 : 200);
    await inTime(() => auth.published.some((event) => event.version === 1));
    expect((await auth.login(email)).status).toBe(200);
    await stop();
  });

  test.each([0, 1, 2])('(n = %i) while somebody signs out: what was acknowledged stays so', async (n) => {
    let token = '';
    const signIn = async (system: TestAuth): Promise<void> => {
      ({ token } = await system.person(email));
      await system.until(async () => ((await system.users.find({}))[0]?.outbox ?? []).length === 0);
    };
    const { auth, stop, acknowledged, inTime } = await inOneLife(
      n,
      signIn,
      async (system) => (await system.as({ token }).post('/auth/logout')).status,
    );
    expect(acknowledged).toBe(n >= 1);
    expect((await auth.as({ token }).get('/users/profile')).status).toBe(acknowledged ? 401 : 200);
    if (acknowledged) await inTime(() => auth.published.some((event) => event.version === 3));
    await stop();
  });

  test.each([0, 1])('(n = %i) while a session moves on leaves the client a token that works', async (n) => {
    let refreshToken = '';
    const refresh = (system: TestAuth) => system.request('POST', '/auth/refresh', { body: { refreshToken } });
    const signIn = async (system: TestAuth): Promise<void> => {
      ({ refreshToken } = await system.person(email));
      await system.until(async () => ((await system.users.find({}))[0]?.outbox ?? []).length === 0);
    };
    const { auth, stop, acknowledged } = await inOneLife(n, signIn, async (system) => (await refresh(system)).status);
    expect(acknowledged).toBe(n >= 1);
    // Also where the answer was lost: the predecessor is forgiven for a moment.
    expect((await refresh(auth)).status).toBe(200);
    await stop();
  });
});
