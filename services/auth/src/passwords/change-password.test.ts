import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
let auth: TestAuth;
let people = 0;
beforeAll(async () => {
  auth = await startAuth({ clock, logLevel: 'info' });
});
afterAll(() => auth.stop());

const next = 'another purse of 9 coins';
const code = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const person = (): Promise<SignedIn> => auth.person(`person-${++people}@example.com`);
const change = (who: { token: string }, newPassword: string = next, currentPassword = goodPassword): Promise<TestAnswer> =>
  auth.as(who).post('/auth/change-password', { currentPassword, newPassword });
const profile = async (token: string): Promise<number> => (await auth.as({ token }).get('/users/profile')).status;

describe('changing the password', () => {
  test('ends every other session, and only the new one signs in', async () => {
    const ada = await person();
    const other = (await auth.login(ada.email)).body;
    const answer = await change(ada);
    expect([code(answer), answer.text]).toEqual(['204', '']);
    expect([await profile(ada.token), await profile(other.accessToken)]).toEqual([200, 401]);
    expect((await auth.request('POST', '/auth/refresh', { body: { refreshToken: ada.refreshToken } })).status).toBe(200);
    expect(code(await auth.login(ada.email))).toBe('401 invalid-credentials');
    expect((await auth.login(ada.email, next)).status).toBe(200);
  });

  test('ends links that were mailed to reset it', async () => {
    const ada = await person();
    const sent = auth.mails.length;
    await auth.request('POST', '/auth/forgot-password', { body: { email: ada.email } });
    const token = await auth.tokenFor(ada.email, sent);
    expect(code(await change(ada))).toBe('204');
    const reset = await auth.request('POST', '/auth/reset-password', { body: { token, password: 'the thief would like this' } });
    expect(code(reset)).toBe('400 token-invalid');
  });

  test('with a wrong one is 403, which no client takes for an expired token', async () => {
    const ada = await person();
    expect(code(await change(ada, next, 'not the one I chose'))).toBe('403 invalid-credentials');
    expect((await auth.login(ada.email)).status).toBe(200);
  });

  test('to one that breaks a rule is 400, whatever the current one is', async () => {
    const ada = await person();
    for (const current of [goodPassword, 'not the one I chose']) {
      const { status, body } = await change(ada, 'short', current);
      expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path: '/newPassword', code: 'password-too-short' })]]);
    }
  });

  test('needs a session', async () => {
    expect(code(await auth.request('POST', '/auth/change-password', { body: {} }))).toBe('401 unauthenticated');
  });

  test('ten times at once changes it once', async () => {
    const ada = await person();
    const wanted = Array.from({ length: 10 }, (_, n) => `another purse of ${n} coins`);
    const answers = await Promise.all(wanted.map((password) => change(ada, password)));
    const won = answers.flatMap((answer, n) => (answer.status === 204 ? [n] : []));
    expect(won).toHaveLength(1);
    expect((await auth.login(ada.email, wanted[won[0]!])).status).toBe(200);
  });

  test('by guessing is slowed, and does not keep the owner from signing in elsewhere', async () => {
    const ada = await person();
    const tries: string[] = [];
    for (let n = 0; n < 11; n++) tries.push(code(await change(ada, next, `guess number ${n}`)));
    expect(tries).toEqual([...Array(10).fill('403 invalid-credentials'), '429 rate-limited']);
    expect((await auth.login(ada.email)).status).toBe(200);
  });

  test('leaves a trace', async () => {
    const ada = await person();
    await auth.as(ada).post(
      '/auth/change-password',
      { currentPassword: goodPassword, newPassword: next },
      {
        headers: { 'x-request-id': 'trace-change' },
      },
    );
    expect(auth.logs).toContainEqual(
      expect.objectContaining({ event: 'authn_password_change', userId: ada.id, requestId: 'trace-change', stream: 'security' }),
    );
    for (const secret of [goodPassword, next]) expect(JSON.stringify(auth.logs)).not.toContain(secret);
  });
});
