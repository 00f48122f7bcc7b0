import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { CacheUnavailable } from '@commonpurse/shared/cache';
import { fakeClock, type FakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import bcrypt from 'bcrypt';
import { startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let clock: FakeClock;
const start = async (): Promise<void> => {
  clock = fakeClock();
  auth = await startAuth({ clock });
};
afterEach(() => auth.stop());

/** As it is called here, without a callback. */
type Comparing = { compare(password: string, hash: string): Promise<boolean> };

const home = { 'x-client-address': '203.0.113.7' };
const away = { 'x-client-address': '198.51.100.4' };
const wrong = 'not the one I chose';
const code = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`;

describe('a wrong login', () => {
  test('answers the same for a wrong password and an unknown address, byte for byte', async () => {
    await start();
    await auth.account('ada@example.com');
    const known = await auth.login('ada@example.com', wrong);
    const unknown = await auth.login('nobody@example.com', wrong);
    expect(code(known)).toBe('401 invalid-credentials');
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...known.body, requestId: '' });
  });

  test('is answered so before it is said whether the address is verified', async () => {
    await start();
    await auth.register({ email: 'pending@example.com' });
    expect(code(await auth.login('pending@example.com', wrong))).toBe('401 invalid-credentials');
    expect(code(await auth.login('pending@example.com'))).toBe('403 email-not-verified');
  });

  test('of more than 72 bytes is wrong even where its beginning is right', async () => {
    await start();
    const password = '🦊'.repeat(18);
    await auth.account('fox@example.com', { password });
    expect(code(await auth.login('fox@example.com', `${password}x`))).toBe('401 invalid-credentials');
    expect((await auth.login('fox@example.com', password)).status).toBe(200);
  });

  test('does not come about by how accents are typed', async () => {
    await start();
    await auth.account('accents@example.com', { password: 'e\u0301clair au cafe\u0301' });
    expect((await auth.login('accents@example.com', 'éclair au café')).status).toBe(200);
  });

  test('a password that is changed while it is compared opens nothing', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    const comparing: Comparing = bcrypt;
    const { compare } = comparing;
    const compared = jest.spyOn(comparing, 'compare').mockImplementationOnce(async (...given) => {
      await auth.tamper(ada.id, { passwordHash: await bcrypt.hash('another one of mine', 4) });
      return compare(...given);
    });
    expect(code(await auth.login(ada.email))).toBe('401 invalid-credentials');
    compared.mockRestore();
    expect((await auth.login(ada.email, 'another one of mine')).status).toBe(200);
  });

  test('a disabled account says so, after the password only', async () => {
    await start();
    const ada = await auth.person('ada@example.com');
    await auth.tamper(ada.id, { status: 'disabled' });
    expect(code(await auth.login(ada.email, wrong))).toBe('401 invalid-credentials');
    expect(code(await auth.login(ada.email))).toBe('403 account-disabled');
    expect((await auth.as(ada).get('/users/profile')).status).toBe(401);
  });
});

describe('guessing', () => {
  test.each(['ada@example.com', 'nobody@example.com'])('at %s is slowed after ten tries, and goes on at one in 6 s', async (email) => {
    await start();
    await auth.account('ada@example.com');
    const tries: string[] = [];
    for (let n = 0; n < 12; n++) tries.push(code(await auth.login(email, wrong, away)));
    expect(tries).toEqual([...Array(10).fill('401 invalid-credentials'), ...Array(2).fill('429 rate-limited')]);
    const refused = await auth.login(email, wrong, away);
    expect(refused.headers['retry-after']).toBe('6');
    clock.advance(6_000);
    expect(code(await auth.login(email, wrong, away))).toBe('401 invalid-credentials');
    expect(code(await auth.login(email, wrong, away))).toBe('429 rate-limited');
  });

  test('a hundred times at once gets no more tries than one after the other', async () => {
    await start();
    await auth.account('ada@example.com');
    const answers = await Promise.all(Array.from({ length: 100 }, () => auth.login('ada@example.com', wrong, away)));
    const codes = answers.map(code);
    expect(codes.filter((each) => each === '401 invalid-credentials')).toHaveLength(10);
    expect(codes.filter((each) => each === '429 rate-limited')).toHaveLength(90);
  });

  test('from everywhere does not lock the owner out of where they signed in before', async () => {
    await start();
    await auth.account('ada@example.com');
    expect((await auth.login('ada@example.com', undefined, home)).status).toBe(200);
    for (let n = 0; n < 11; n++) await auth.login('ada@example.com', wrong, away);
    expect(code(await auth.login('ada@example.com', undefined, away))).toBe('429 rate-limited');
    expect((await auth.login('ada@example.com', undefined, home)).status).toBe(200);
    clock.advance(30 * 24 * 60 * 60 * 1000);
    for (let n = 0; n < 11; n++) await auth.login('ada@example.com', wrong, away);
    expect(code(await auth.login('ada@example.com', undefined, home))).toBe('429 rate-limited');
  });

  test('a household is known by its /64', async () => {
    await start();
    await auth.account('ada@example.com');
    await auth.login('ada@example.com', undefined, { 'x-client-address': '2001:db8:1:2::1' });
    for (let n = 0; n < 11; n++) await auth.login('ada@example.com', wrong, away);
    expect((await auth.login('ada@example.com', undefined, { 'x-client-address': '2001:db8:1:2:ffff::9' })).status).toBe(200);
    expect(code(await auth.login('ada@example.com', undefined, { 'x-client-address': '2001:db8:1:3::1' }))).toBe('429 rate-limited');
  });

  test('is what counts, not signing in: fifty right logins at once all succeed', async () => {
    await start();
    await auth.account('ada@example.com');
    const answers = await Promise.all(Array.from({ length: 50 }, () => auth.login('ada@example.com', undefined, away)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('is not possible while nobody counts: without the cache a login is 503', async () => {
    await start();
    await auth.account('ada@example.com');
    auth.cache.limit = () => Promise.reject(new CacheUnavailable('away'));
    expect(code(await auth.login('ada@example.com'))).toBe('503 service-unavailable');
  });

  test('leaves a trace that names the account by a fingerprint only', async () => {
    clock = fakeClock();
    auth = await startAuth({ clock, logLevel: 'info' });
    await auth.login('secretive@example.com', wrong, { ...away, 'x-request-id': 'trace-1' });
    const line = auth.logs.find(({ event }) => event === 'authn_login_fail');
    expect(line).toMatchObject({
      stream: 'security',
      requestId: 'trace-1',
      ip: '198.51.100.4',
      account: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(JSON.stringify(auth.logs)).not.toMatch(/secretive|not the one/);
  });

  test('with the right password leaves one too where the account may not be entered, which says whose it is and why', async () => {
    auth = await startAuth({ logLevel: 'info' });
    await auth.register({ email: 'ada@example.com' });
    await auth.tokenFor('ada@example.com');
    const { status } = await auth.login('ada@example.com', undefined, { ...away, 'x-request-id': 'trace-2' });
    const [user] = await auth.users.find({});
    expect(status).toBe(403);
    expect(auth.logs).toContainEqual(
      expect.objectContaining({
        stream: 'security',
        event: 'authn_login_fail',
        requestId: 'trace-2',
        ip: '198.51.100.4',
        userId: user!._id,
        reason: 'email-not-verified',
      }),
    );
  });
});
