import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { goodPassword, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth({ clock, logLevel: 'trace' });
});
afterAll(() => auth.stop());

/** Time goes by once everything that was asked for is done. */
const pass = async (ms: number): Promise<void> => {
  await auth.atRest();
  clock.advance(ms);
};
const mailsTo = (email: string): TestAuth['mails'] => auth.mails.filter(({ to }) => to.toLowerCase() === email);
const verify = (token: string) => auth.request('POST', '/auth/verify-email', { body: { token } });
const resend = (email: string) => auth.request('POST', '/auth/resend-verification', { body: { email } });
const expectTokenInvalid = async (token: string): Promise<void> => {
  const { status, body } = await verify(token);
  expect([status, body.code]).toEqual([400, 'token-invalid']);
};

describe('registering', () => {
  test('answers the same for a new, a pending and an existing address, byte for byte', async () => {
    await auth.account('owner@example.com');
    await auth.register({ email: 'pending@example.com' });
    await auth.tokenFor('pending@example.com');
    const answers = await Promise.all(
      ['new@example.com', 'pending@example.com', 'owner@example.com', ' OWNER@example.com'].map((email) => auth.register({ email })),
    );
    for (const { status, text } of answers) expect([status, text]).toEqual([202, '{"status":"verification-sent"}']);
  });

  test('tells the owner of an existing address, once a minute, and changes nothing', async () => {
    await auth.account('told@example.com');
    await auth.register({ email: 'TOLD@example.com', password: 'somebody else wants in' });
    await auth.register({ email: 'told@example.com', password: 'somebody else wants in' });
    await auth.until(() => mailsTo('told@example.com').length > 1);
    await auth.atRest();
    const [, told, ...more] = mailsTo('told@example.com');
    expect(more).toEqual([]);
    expect(told?.subject).toBe('You already have an account');
    expect(told?.text).not.toContain('token=');
    expect((await auth.login('told@example.com')).status).toBe(200);
    expect((await auth.login('told@example.com', 'somebody else wants in')).status).toBe(401);
    await pass(60_000);
    await auth.register({ email: 'told@example.com' });
    await auth.until(() => mailsTo('told@example.com').length === 3);
  });

  test('again before the address is verified replaces what was pending, and ends the older link', async () => {
    await auth.register({ email: 'Again@example.com', displayName: 'First' });
    const first = await auth.tokenFor('Again@example.com');
    const sent = auth.mails.length;
    await auth.register({ email: 'again@example.com', password: 'the second one I chose', displayName: 'Second', baseCurrency: 'CHF' });
    const second = await auth.tokenFor('again@example.com', sent);
    await expectTokenInvalid(first);
    expect((await verify(second)).status).toBe(200);
    expect((await auth.login('again@example.com')).status).toBe(401);
    const { body } = await auth.login('again@example.com', 'the second one I chose');
    expect(body.user).toMatchObject({ email: 'again@example.com', displayName: 'Second', baseCurrency: 'CHF' });
  });

  test('fifty times at once makes one account, of one of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => auth.register({ email: 'race@example.com', displayName: `Racer ${n}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    await auth.until(async () => (await verify(await auth.tokenFor('race@example.com'))).body.status === 'verified');
    expect((await auth.login('race@example.com')).body.user.displayName).toMatch(/^Racer \d+$/);
    const published = () => auth.published.filter(({ data }) => (data as { email: string }).email === 'race@example.com');
    await auth.until(() => new Set(published().map(({ id }) => id)).size === 2);
  });

  test('fills in what is not said', async () => {
    await auth.account('silent@example.com');
    const { body } = await auth.login('silent@example.com');
    expect(body.user).toMatchObject({ displayName: 'silent', baseCurrency: 'USD', locale: 'en', timeZone: 'UTC', monthStartDay: 1 });
    expect(body.user).toMatchObject({ role: 'user', twoFactorEnabled: false });
  });

  test.each([
    ['a short password', { password: 'short' }, '/password', 'password-too-short'],
    ['an empty password', { password: '' }, '/password', 'password-too-short'],
    ['a long password', { password: 'é'.repeat(37) }, '/password', 'password-too-long'],
    ['a password that is a book', { password: 'é'.repeat(100_000) }, '/password', 'password-too-long'],
    ['a password that everybody has', { password: 'Password1234' }, '/password', 'password-too-common'],
    ['a password with the address', { password: 'it is BAD-input!' }, '/password', 'password-contains-email'],
    ['no address', { email: undefined }, '/email', 'required'],
    ['no e-mail address', { email: 'bad' }, '/email', 'invalid-format'],
    ['a list for an address', { email: ['a@example.com'] }, '/email', 'invalid-type'],
    ['an operator for an address', { email: { $gt: '' } }, '/email', 'invalid-type'],
    ['no such currency', { baseCurrency: 'EURO' }, '/baseCurrency', 'currency-unknown'],
    ['no such zone', { timeZone: 'Europe/Atlantis' }, '/timeZone', 'time-zone-invalid'],
    ['no such language', { locale: 'de_AT' }, '/locale', 'locale-invalid'],
    ['a name of two lines', { displayName: 'a\nb' }, '/displayName', 'control-character'],
    ['a role', { role: 'admin' }, '/role', 'unknown-field'],
    ['an id', { id: 'x' }, '/id', 'unknown-field'],
    ['a verified flag', { verifiedAt: '2026-01-01T00:00:00.000Z' }, '/verifiedAt', 'unknown-field'],
  ])('with %s is 400 and sends nothing', async (_what, fields, path, code) => {
    const { status, body } = await auth.request('POST', '/auth/register', {
      body: { email: 'bad-input@example.com', password: goodPassword, ...fields },
    });
    expect([status, body.code]).toEqual([400, 'validation-failed']);
    expect(body.errors).toContainEqual(expect.objectContaining({ path, code }));
    await auth.atRest();
    expect(mailsTo('bad-input@example.com')).toEqual([]);
  });
});

describe('a verification link', () => {
  test('works once, also when it is followed twenty times at once', async () => {
    await auth.register({ email: 'once@example.com' });
    const token = await auth.tokenFor('once@example.com');
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'token-invalid')).toHaveLength(19);
  });

  test('works for 24 hours', async () => {
    await auth.register({ email: 'late@example.com' });
    const token = await auth.tokenFor('late@example.com');
    await pass(24 * 60 * 60 * 1000);
    await expectTokenInvalid(token);
    const sent = auth.mails.length;
    await resend('late@example.com');
    const next = await auth.tokenFor('late@example.com', sent);
    await pass(24 * 60 * 60 * 1000 - 1);
    expect((await verify(next)).status).toBe(200);
  });

  test('that was made up is refused', async () => {
    for (const token of ['nonsense', 'q2X0Yb1mC8sZk3vW9tLr4g', '../..', '%00', '']) expect((await verify(token)).status).toBe(400);
  });

  test('leads to PUBLIC_URL, whatever host the request named', async () => {
    await auth.register({ email: 'host@example.com' }, { host: 'evil.example', 'x-forwarded-host': 'evil.example' });
    await auth.tokenFor('host@example.com');
    const [mail] = mailsTo('host@example.com');
    expect(mail?.text).toContain('https://purse.example/verify-email?token=');
    expect(`${mail?.text}${mail?.html}`).not.toContain('evil');
  });

  test('comes without a word of whoever asked for it; the owner of the address is called by name', async () => {
    await auth.register({ email: 'named@example.com', displayName: 'you have won, see http://evil.example' });
    const token = await auth.tokenFor('named@example.com');
    await auth.request('POST', '/auth/forgot-password', { body: { email: 'named@example.com' } });
    await auth.until(() => mailsTo('named@example.com').length === 2);
    for (const { text, html } of mailsTo('named@example.com')) expect(`${text}${html}`).not.toContain('evil');
    expect((await verify(token)).status).toBe(200);
    await auth.register({ email: 'named@example.com' });
    await auth.until(() => mailsTo('named@example.com').length === 3);
    expect(mailsTo('named@example.com')[2]?.text).toContain('Hello you have won');
  });
});

describe('asking for another link', () => {
  test('is 202 for any address, and mails those only that wait for one', async () => {
    await auth.account('verified@example.com');
    await auth.atRest();
    const sent = auth.mails.length;
    for (const email of ['verified@example.com', 'stranger@example.com']) {
      const { status, text } = await resend(email);
      expect([status, text]).toEqual([202, '{"status":"verification-sent"}']);
    }
    await auth.register({ email: 'marker@example.com' });
    await auth.tokenFor('marker@example.com', sent);
    await auth.atRest();
    expect(auth.mails.slice(sent).map(({ to }) => to)).toEqual(['marker@example.com']);
  });

  test('mails at most once a minute, each time ending the link before', async () => {
    await auth.register({ email: 'resend@example.com' });
    const first = await auth.tokenFor('resend@example.com');
    await Promise.all(Array.from({ length: 5 }, () => resend('Resend@example.com')));
    await auth.until(() => mailsTo('resend@example.com').length === 2);
    await pass(59_999);
    await resend('resend@example.com');
    await pass(1);
    const sent = auth.mails.length;
    await resend('resend@example.com');
    const newest = await auth.tokenFor('resend@example.com', sent);
    expect(mailsTo('resend@example.com')).toHaveLength(3);
    await expectTokenInvalid(first);
    expect((await verify(newest)).status).toBe(200);
  });
});

test('neither passwords nor tokens reach the log or the events', async () => {
  const token = await auth.tokenFor('once@example.com');
  const told = JSON.stringify([auth.logs, auth.published]);
  for (const secret of [goodPassword, 'somebody else wants in', token, '$2b$']) expect(told).not.toContain(secret);
});
