import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, fakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
let auth: TestAuth;
let people = 0;
beforeAll(async () => {
  auth = await startAuth({ clock, env: { RATE_LIMIT_AUTH: '100,600' } });
});
afterAll(() => auth.stop());

interface Protected extends SignedIn {
  readonly secret: string;
  readonly codes: string[];
}
/** Somebody with two-factor login, whose next code is a fresh one. */
async function protectedPerson(): Promise<Protected> {
  const who = await auth.person(`person-${++people}@example.com`);
  const { secret } = (await auth.as(who).post('/auth/enable-2fa', { password: goodPassword })).body;
  const { body } = await auth.as(who).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) });
  clock.advance(60_000);
  return { ...who, secret, codes: body.recoveryCodes };
}
const outcome = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const begin = async (who: SignedIn, facts: object = {}): Promise<string> => {
  const { body } = await auth.request('POST', '/auth/login', { body: { email: who.email, password: goodPassword, ...facts } });
  return body.challengeToken;
};
const answer = (challengeToken: string, code: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
  auth.request('POST', '/auth/verify-2fa', { body: { challengeToken, code }, headers });
const codeNow = (who: Protected): string => codeOf(who.secret, clock.now());
const wrong = '000-000';

describe('a login with two-factor login on', () => {
  test('begins with the password and ends with a code, with tokens that work', async () => {
    const ada = await protectedPerson();
    const body = { email: ada.email, password: goodPassword, deviceName: 'Phone' };
    const first = await auth.request('POST', '/auth/login', { body });
    expect([first.status, first.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(first.body).toEqual({ twoFactorRequired: true, challengeToken: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 300 });
    const { status, body: tokens, headers } = await answer(first.body.challengeToken, codeNow(ada));
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(Object.keys(tokens).toSorted()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType', 'user']);
    expect(tokens.user).toMatchObject({ id: ada.id, twoFactorEnabled: true });
    const { items } = (await auth.as({ token: tokens.accessToken }).get('/auth/sessions')).body;
    expect(items[0]).toMatchObject({ deviceName: 'Phone', current: true });
  });

  test('tells that it is on to those who know the password only', async () => {
    const ada = await protectedPerson();
    const unknown = await auth.login('nobody@example.com', wrong);
    const known = await auth.login(ada.email, wrong);
    expect({ ...known.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    await auth.tamper(ada.id, { status: 'disabled' });
    expect(outcome(await auth.login(ada.email))).toBe('403 account-disabled');
  });

  test('opens no session before the code', async () => {
    const ada = await protectedPerson();
    const before = (await auth.users.get(ada.id))!;
    await begin(ada);
    const after = (await auth.users.get(ada.id))!;
    expect([after.sessions, after.devices, after.personVersion]).toEqual([before.sessions, before.devices, before.personVersion]);
  });

  test('takes a code of one step before or after', async () => {
    const ada = await protectedPerson();
    clock.advance(60_000);
    expect(outcome(await answer(await begin(ada), codeOf(ada.secret, clock.now() - 60_000)))).toBe('401 invalid-code');
    expect(outcome(await answer(await begin(ada), codeOf(ada.secret, clock.now() - 30_000)))).toBe('200');
    expect(outcome(await answer(await begin(ada), codeOf(ada.secret, clock.now() + 30_000)))).toBe('200');
    // What lies before a code that was used is old too.
    expect(outcome(await answer(await begin(ada), codeNow(ada)))).toBe('401 invalid-code');
  });

  test('takes no code that switched it on', async () => {
    const who = await auth.person(`person-${++people}@example.com`);
    const { secret } = (await auth.as(who).post('/auth/enable-2fa', { password: goodPassword })).body;
    const code = codeOf(secret, clock.now());
    await auth.as(who).post('/auth/verify-2fa', { code });
    expect(outcome(await answer(await begin(who), code))).toBe('401 invalid-code');
  });

  test('lets one in by one code, however many try at once with challenges of their own', async () => {
    const ada = await protectedPerson();
    const challenges = await Promise.all(Array.from({ length: 20 }, () => begin(ada)));
    const code = codeNow(ada);
    const answers = (await Promise.all(challenges.map((challenge) => answer(challenge, code)))).map(outcome);
    expect(answers.filter((each) => each === '200')).toHaveLength(1);
    expect(answers.filter((each) => each === '401 invalid-code')).toHaveLength(19);
  });

  test('lets one in by one recovery code, however many try at once', async () => {
    const ada = await protectedPerson();
    const challenges = await Promise.all(Array.from({ length: 20 }, () => begin(ada)));
    const answers = (await Promise.all(challenges.map((challenge) => answer(challenge, ada.codes[0]!.toUpperCase())))).map(outcome);
    expect(answers.filter((each) => each === '200')).toHaveLength(1);
    expect(outcome(await answer(await begin(ada), ada.codes[0]!))).toBe('401 invalid-code');
    expect(outcome(await answer(await begin(ada), ada.codes[9]!))).toBe('200');
  });

  test('goes by the challenge, whatever token lies beside it', async () => {
    const ada = await protectedPerson();
    expect(outcome(await answer(await begin(ada), codeNow(ada), { authorization: 'Bearer stale.and.worthless' }))).toBe('200');
  });
});

describe('a challenge', () => {
  test('serves one login, also twenty times at once', async () => {
    const ada = await protectedPerson();
    const challenge = await begin(ada);
    const answers = (await Promise.all(Array.from({ length: 20 }, () => answer(challenge, codeNow(ada))))).map(outcome);
    expect(answers.toSorted()).toEqual(['200', ...Array(19).fill('401 challenge-invalid')]);
  });

  test('dies with the fifth wrong code', async () => {
    const ada = await protectedPerson();
    const challenge = await begin(ada);
    const tries: string[] = [];
    for (let n = 0; n < 6; n++) tries.push(outcome(await answer(challenge, wrong)));
    expect(tries).toEqual([...Array(5).fill('401 invalid-code'), '401 challenge-invalid']);
    expect(outcome(await answer(challenge, codeNow(ada)))).toBe('401 challenge-invalid');
    expect(outcome(await answer(await begin(ada), codeNow(ada)))).toBe('200');
  });

  test('gets no more than five tries when fifty come at once', async () => {
    const ada = await protectedPerson();
    const challenge = await begin(ada);
    const answers = (await Promise.all(Array.from({ length: 50 }, () => answer(challenge, wrong)))).map(outcome);
    expect(answers.filter((each) => each === '401 invalid-code')).toHaveLength(5);
  });

  test('lives for five minutes', async () => {
    const ada = await protectedPerson();
    const [inTime, late] = [await begin(ada), await begin(ada)];
    clock.advance(299_999);
    expect(outcome(await answer(inTime, codeNow(ada)))).toBe('200');
    clock.advance(1);
    expect(outcome(await answer(late, ada.codes[0]!))).toBe('401 challenge-invalid');
  });

  test('that was made up is refused the same', async () => {
    for (const made of ['', 'x', 'A'.repeat(43), '../..']) expect(outcome(await answer(made, '123456'))).toBe('401 challenge-invalid');
  });

  test('dies with the password', async () => {
    const ada = await protectedPerson();
    const challenge = await begin(ada);
    const newPassword = 'another purse of 9 coins';
    await auth.as(ada).post('/auth/change-password', { currentPassword: goodPassword, newPassword });
    expect(outcome(await answer(challenge, codeNow(ada)))).toBe('401 challenge-invalid');
  });
});

test('who was disabled and let in again has to begin anew', async () => {
  const [ada, root] = [await protectedPerson(), await auth.person(`person-${++people}@example.com`)];
  expect((await auth.internal().post('/internal/admins', { email: root.email })).status).toBe(200);
  const challenge = await begin(ada);
  for (const status of ['disabled', 'active']) expect((await auth.as(root).patch(`/admin/users/${ada.id}`, { status })).status).toBe(200);
  expect(outcome(await answer(challenge, codeNow(ada)))).toBe('401 challenge-invalid');
  expect(outcome(await answer(await begin(ada), codeNow(ada)))).toBe('200');
});

test('a new password by mail does not get around the code', async () => {
  const ada = await protectedPerson();
  const challenge = await begin(ada);
  const sent = auth.mails.length;
  await auth.request('POST', '/auth/forgot-password', { body: { email: ada.email } });
  const body = { token: await auth.tokenFor(ada.email, sent), password: 'another purse of 9 coins' };
  expect((await auth.request('POST', '/auth/reset-password', { body })).status).toBe(204);
  expect(outcome(await answer(challenge, codeNow(ada)))).toBe('401 challenge-invalid');
  const { body: login } = await auth.login(ada.email, body.password);
  expect(login).toMatchObject({ twoFactorRequired: true });
  expect(outcome(await answer(login.challengeToken, codeNow(ada)))).toBe('200');
});

test('codes are guessed a hundred times a day, then one in a quarter of an hour, and passwords go on', async () => {
  const slow = await startAuth({ clock, env: { RATE_LIMIT_AUTH: '20,600' } });
  const who = await slow.person('patient@example.com');
  const { secret } = (await slow.as(who).post('/auth/enable-2fa', { password: goodPassword })).body;
  await slow.as(who).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) });
  const away = { 'x-client-address': '198.51.100.4' };
  const guess = async (code: string): Promise<TestAnswer> => {
    const { challengeToken } = (await slow.login(who.email, goodPassword, away)).body;
    return slow.request('POST', '/auth/verify-2fa', { body: { challengeToken, code }, headers: away });
  };
  for (let n = 0; n < 100; n++) {
    expect(outcome(await guess(wrong))).toBe('401 invalid-code');
    clock.advance(3_000);
  }
  clock.advance(60_000);
  const refused = await guess(codeOf(secret, clock.now()));
  expect([outcome(refused), Number(refused.headers['retry-after']) > 400]).toEqual(['429 rate-limited', true]);
  clock.advance(864_000);
  expect(outcome(await guess(codeOf(secret, clock.now())))).toBe('200');
  await slow.stop();
});

test('codes are guessed no faster than passwords, over any number of challenges, and the owner’s network has a count of its own', async () => {
  const slow = await startAuth({ clock });
  const who = await slow.person('slow@example.com');
  const { secret } = (await slow.as(who).post('/auth/enable-2fa', { password: goodPassword })).body;
  await slow.as(who).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) });
  clock.advance(60_000);
  const away = { 'x-client-address': '198.51.100.4' };
  const guess = async (code: string, headers = {}): Promise<string> => {
    const { challengeToken } = (await slow.login(who.email, goodPassword, headers)).body;
    return outcome(await slow.request('POST', '/auth/verify-2fa', { body: { challengeToken, code }, headers }));
  };
  const tries: string[] = [];
  for (let n = 0; n < 10; n++) tries.push(await guess(wrong, away));
  expect(tries).toEqual(Array(10).fill('401 invalid-code'));
  expect(outcome(await slow.login(who.email, goodPassword, away))).toBe('429 rate-limited');
  expect(await guess(codeOf(secret, clock.now()))).toBe('200');
  await slow.stop();
});
