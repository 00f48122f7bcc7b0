import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import { goodPassword, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth({ clock, logLevel: 'trace' });
});
afterAll(() => auth.stop());

const next = 'another purse of 9 coins';
const minute = 60_000;
/** Time goes by once everything that was asked for is done. */
const pass = async (ms: number): Promise<void> => {
  await auth.atRest();
  clock.advance(ms);
};
const code = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const mailsTo = (email: string): TestAuth['mails'] => auth.mails.filter(({ to }) => to.toLowerCase() === email);
const forgot = (email: string, headers: Record<string, string> = {}) =>
  auth.request('POST', '/auth/forgot-password', { body: { email }, headers });
const reset = (token: string, password: string = next) => auth.request('POST', '/auth/reset-password', { body: { token, password } });
/** Asks for a link and waits for its token. */
async function linkFor(email: string): Promise<string> {
  const sent = auth.mails.length;
  expect((await forgot(email)).status).toBe(202);
  return auth.tokenFor(email, sent);
}

describe('asking for a link to set a new password', () => {
  test('is 202 for any address, byte for byte, and mails only where there is an account', async () => {
    await auth.account('owner@example.com');
    const sent = auth.mails.length;
    for (const email of ['owner@example.com', 'stranger@example.com', ' OWNER@example.com '])
      expect(await forgot(email)).toMatchObject({ status: 202, text: '{"status":"reset-sent"}' });
    await auth.register({ email: 'marker@example.com' });
    await auth.tokenFor('marker@example.com', sent);
    await auth.until(() => mailsTo('owner@example.com').length === 2);
    await auth.atRest();
    expect(
      auth.mails
        .slice(sent)
        .map(({ to }) => to)
        .toSorted(),
    ).toEqual(['marker@example.com', 'owner@example.com']);
  });

  test('mails at most once a minute, each time ending the link before', async () => {
    await auth.account('minute@example.com');
    const first = await linkFor('minute@example.com');
    await pass(minute - 1);
    await Promise.all(Array.from({ length: 5 }, () => forgot('Minute@example.com')));
    await pass(1);
    const second = await linkFor('minute@example.com');
    expect(mailsTo('minute@example.com')).toHaveLength(3);
    expect(code(await reset(first))).toBe('400 token-invalid');
    expect(code(await reset(second))).toBe('204');
  });

  test('leads to PUBLIC_URL, whatever host the request named', async () => {
    await auth.account('host@example.com');
    const sent = auth.mails.length;
    await forgot('host@example.com', { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' });
    await auth.tokenFor('host@example.com', sent);
    const mail = mailsTo('host@example.com').at(-1);
    expect(mail?.subject).toBe('Set a new password');
    expect(mail?.text).toContain('https://purse.example/reset-password?token=');
    expect(`${mail?.text}${mail?.html}`).not.toContain('evil');
  });
});

describe('setting a new password', () => {
  test('ends every session, and only the new password signs in', async () => {
    const ada = await auth.person('ada@example.com');
    const other = (await auth.login(ada.email)).body;
    expect(code(await reset(await linkFor(ada.email)))).toBe('204');
    expect((await auth.as(ada).get('/users/profile')).status).toBe(401);
    expect((await auth.as({ token: other.accessToken }).get('/users/profile')).status).toBe(401);
    const refreshed = await auth.request('POST', '/auth/refresh', { body: { refreshToken: other.refreshToken } });
    expect(code(refreshed)).toBe('401 token-invalid');
    expect(code(await auth.login(ada.email))).toBe('401 invalid-credentials');
    expect((await auth.login(ada.email, next)).status).toBe(200);
    await auth.until(() => auth.published.some(({ subject, data }) => subject === ada.id && (data as { version: number }).version === 4));
  });

  test('works once, also when the link is used twenty times at once', async () => {
    await auth.account('once@example.com');
    const token = await linkFor('once@example.com');
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset(token)));
    expect(answers.map(code).filter((each) => each === '204')).toHaveLength(1);
    expect(answers.map(code).filter((each) => each === '400 token-invalid')).toHaveLength(19);
  });

  test('works for half an hour', async () => {
    await auth.account('late@example.com');
    const late = await linkFor('late@example.com');
    await pass(30 * minute);
    expect(code(await reset(late))).toBe('400 token-invalid');
    const inTime = await linkFor('late@example.com');
    await pass(30 * minute - 1);
    expect(code(await reset(inTime))).toBe('204');
  });

  test('takes no link that was mailed for something else, and no link for it does anything else', async () => {
    await auth.register({ email: 'purpose@example.com' });
    const toVerify = await auth.tokenFor('purpose@example.com');
    expect(code(await reset(toVerify))).toBe('400 token-invalid');
    const toReset = await linkFor('purpose@example.com');
    expect(code(await auth.request('POST', '/auth/verify-email', { body: { token: toReset } }))).toBe('400 token-invalid');
  });

  test('verifies the address: whoever has the link reads its mail', async () => {
    await auth.register({ email: 'pending@example.com' });
    const toVerify = await auth.tokenFor('pending@example.com');
    expect(code(await reset(await linkFor('pending@example.com')))).toBe('204');
    expect((await auth.login('pending@example.com', next)).status).toBe(200);
    expect(code(await auth.request('POST', '/auth/verify-email', { body: { token: toVerify } }))).toBe('400 token-invalid');
  });

  test.each([
    ['a short password', 'short', 'password-too-short'],
    ['an empty password', '', 'password-too-short'],
    ['a password that is a book', 'é'.repeat(100_000), 'password-too-long'],
    ['one that everybody has', 'Password1234', 'password-too-common'],
    ['one with the address', 'it is RULES!!', 'password-contains-email'],
  ])('with %s is 400, and the link stays good', async (_what, password, expected) => {
    await pass(minute);
    const email = 'rules@example.com';
    if (mailsTo(email).length === 0) await auth.account(email);
    const token = await linkFor(email);
    const { status, body } = await reset(token, password);
    expect([status, body.code, body.errors]).toEqual([
      400,
      'validation-failed',
      [{ path: '/password', code: expected, message: expect.any(String) }],
    ]);
    expect(code(await reset(token))).toBe('204');
  });

  test('with a link that was made up is refused', async () => {
    for (const token of ['nonsense', 'q2X0Yb1mC8sZk3vW9tLr4g', '', 'x'.repeat(5000)]) expect((await reset(token)).status).toBe(400);
  });

  test('does not let a disabled account in', async () => {
    const eve = await auth.person('eve@example.com');
    const token = await linkFor(eve.email);
    await auth.tamper(eve.id, { status: 'disabled' });
    expect(code(await reset(token))).toBe('204');
    expect(code(await auth.login(eve.email, next))).toBe('403 account-disabled');
  });

  test('with a good link is not kept from its owner by somebody who guesses at the account', async () => {
    const email = 'hunted@example.com';
    await auth.account(email);
    const token = await linkFor(email);
    const guess = () => auth.login(email, 'no purse of anybody', { 'x-client-address': '198.51.100.7' });
    for (let n = 0; n < 10; n++) await guess();
    expect(code(await guess())).toBe('429 rate-limited');
    expect(code(await reset(token))).toBe('204');
    expect(code(await reset(token))).toMatch(/^4/);
  });

  test('with a dead link counts as a guess at its account', async () => {
    await auth.account('guessed@example.com');
    const token = await linkFor('guessed@example.com');
    await pass(30 * minute);
    const tries: string[] = [];
    for (let n = 0; n < 11; n++) tries.push(code(await reset(token)));
    expect(tries).toEqual([...Array(10).fill('400 token-invalid'), '429 rate-limited']);
  });
});

test('a link that was not sent while it was good is not sent at all', async () => {
  await auth.account('stale@example.com');
  const [user] = await auth.users.find({ email: 'stale@example.com' });
  const at = new Date(clock.now() - 31 * minute).toISOString();
  await auth.tamper(user!._id, { mails: [{ id: 'stale', kind: 'reset-password', at, claimedUntil: at }] });
  const sent = mailsTo('stale@example.com').length;
  await auth.until(async () => {
    await pass(1000);
    return (await auth.users.get(user!._id))!.mails.length === 0;
  });
  expect(mailsTo('stale@example.com')).toHaveLength(sent);
});

test('neither passwords nor tokens reach the log, the events or the store', async () => {
  await auth.account('secret@example.com');
  const token = await linkFor('secret@example.com');
  await reset(token);
  const told = JSON.stringify([auth.logs, auth.published, await auth.users.find({}), await auth.history.find({})]);
  for (const secret of [goodPassword, next, token]) expect(told).not.toContain(secret);
});
