import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { codeOf, fakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import bcrypt from 'bcrypt';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
let auth: TestAuth;
let people = 0;
beforeAll(async () => {
  auth = await startAuth({ clock, logLevel: 'info' });
});
afterAll(() => auth.stop());

const code = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const person = (): Promise<SignedIn> => auth.person(`person-${++people}@example.com`);
const enable = (who: SignedIn, password = goodPassword): Promise<TestAnswer> => auth.as(who).post('/auth/enable-2fa', { password });
const confirm = (who: SignedIn, typed: string): Promise<TestAnswer> => auth.as(who).post('/auth/verify-2fa', { code: typed });
const codeNow = (secret: string): string => codeOf(secret, clock.now());
/** A code that is none of the secret's now. */
const wrongCode = (secret: string): string => {
  const near = [-30_000, 0, 30_000].map((ms) => codeOf(secret, clock.now() + ms));
  return ['111111', '222222', '333333', '444444'].find((each) => !near.includes(each))!;
};
/** Switches it on, and lets the code that did so become old. */
async function protectedPerson(): Promise<SignedIn & { secret: string; codes: string[] }> {
  const who = await person();
  const { secret } = (await enable(who)).body;
  const { body } = await confirm(who, codeNow(secret));
  clock.advance(60_000);
  return { ...who, secret, codes: body.recoveryCodes };
}
const both = (who: SignedIn, path: string, typed: string, password = goodPassword): Promise<TestAnswer> =>
  auth.as(who).post(path, { password, code: typed });

describe('switching two-factor login on', () => {
  test('gives a secret by hand, by link and by camera, and is not active before a code has shown', async () => {
    const ada = await person();
    const { status, body, headers } = await enable(ada);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(Object.keys(body).toSorted()).toEqual(['otpauthUrl', 'qrCode', 'secret']);
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(body.otpauthUrl).toContain(`secret=${body.secret}`);
    const [head, svg = ''] = body.qrCode.split(',');
    expect(head).toBe('data:image/svg+xml;base64');
    expect(Buffer.from(svg, 'base64').toString()).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>$/);
    expect((await auth.login(ada.email)).body.accessToken).toBeDefined();
    expect((await auth.as(ada).get('/users/profile')).body.twoFactorEnabled).toBe(false);
  });

  test('is confirmed by the first code, which shows the recovery codes once', async () => {
    const ada = await person();
    const { secret } = (await enable(ada)).body;
    const version = (await auth.as(ada).get('/users/profile')).body.version;
    const { status, body } = await confirm(ada, codeNow(secret));
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['recoveryCodes']);
    expect(new Set(body.recoveryCodes).size).toBe(10);
    for (const shown of body.recoveryCodes) expect(shown).toMatch(/^\w{4}(-\w{4}){3}$/);
    expect((await auth.as(ada).get('/users/profile')).body).toMatchObject({ twoFactorEnabled: true, version: version + 1 });
    expect((await auth.login(ada.email)).body).toMatchObject({ twoFactorRequired: true });
  });

  test('takes a code with a blank in it, as apps show it', async () => {
    const ada = await person();
    const { secret } = (await enable(ada)).body;
    const now = codeNow(secret);
    expect((await confirm(ada, ` ${now.slice(0, 3)} ${now.slice(3)} `)).status).toBe(200);
  });

  test('with a wrong password or a wrong code is 403', async () => {
    const ada = await person();
    expect(code(await enable(ada, 'not the one I chose'))).toBe('403 invalid-credentials');
    const { secret } = (await enable(ada)).body;
    expect(code(await confirm(ada, wrongCode(secret)))).toBe('403 invalid-code');
    expect((await confirm(ada, codeNow(secret))).status).toBe(200);
  });

  test('again draws another secret, and the first is worth nothing', async () => {
    const ada = await person();
    const first = (await enable(ada)).body.secret;
    const second = (await enable(ada)).body.secret;
    expect(second).not.toBe(first);
    expect(code(await confirm(ada, codeNow(first)))).toBe('403 invalid-code');
    expect((await confirm(ada, codeNow(second))).status).toBe(200);
  });

  test('while it is on, or before it was begun, is a conflict', async () => {
    const ada = await person();
    expect(code(await confirm(ada, '123456'))).toBe('409 two-factor-disabled');
    const { secret } = (await enable(ada)).body;
    await confirm(ada, codeNow(secret));
    expect(code(await enable(ada))).toBe('409 two-factor-enabled');
    expect(code(await confirm(ada, codeNow(secret)))).toBe('409 two-factor-enabled');
  });

  test('twenty times at once with one code switches it on once', async () => {
    const ada = await person();
    const { secret } = (await enable(ada)).body;
    const answers = (await Promise.all(Array.from({ length: 20 }, () => confirm(ada, codeNow(secret))))).map(code);
    expect(answers.filter((each) => each === '200')).toHaveLength(1);
    expect(answers.filter((each) => each === '409 two-factor-enabled')).toHaveLength(19);
  });

  test('needs somebody who is signed in', async () => {
    expect(code(await auth.request('POST', '/auth/enable-2fa', { body: { password: goodPassword } }))).toBe('401 unauthenticated');
    expect(code(await auth.request('POST', '/auth/verify-2fa', { body: { code: '123456' } }))).toBe('401 unauthenticated');
    expect(code(await auth.as({ token: 'x.y.z' }).post('/auth/verify-2fa', { code: '123456' }))).toBe('401 unauthenticated');
    expect((await auth.request('POST', '/auth/verify-2fa', { body: {} })).status).toBe(400);
  });
});

describe('switching it off', () => {
  test('takes both factors', async () => {
    const ada = await protectedPerson();
    const { version } = (await auth.as(ada).get('/users/profile')).body;
    expect(code(await both(ada, '/auth/disable-2fa', codeNow(ada.secret), 'not the one I chose'))).toBe('403 invalid-credentials');
    expect(code(await both(ada, '/auth/disable-2fa', wrongCode(ada.secret)))).toBe('403 invalid-code');
    expect(code(await both(ada, '/auth/disable-2fa', codeNow(ada.secret)))).toBe('204');
    expect((await auth.login(ada.email)).body.accessToken).toBeDefined();
    expect((await auth.as(ada).get('/users/profile')).body).toMatchObject({ twoFactorEnabled: false, version: version + 1 });
    expect(code(await both(ada, '/auth/disable-2fa', codeNow(ada.secret)))).toBe('409 two-factor-disabled');
  });

  test('takes a recovery code for the code, and ends logins that were half way in', async () => {
    const ada = await protectedPerson();
    const { challengeToken } = (await auth.login(ada.email)).body;
    expect(code(await both(ada, '/auth/disable-2fa', ada.codes[0]!))).toBe('204');
    const late = await auth.request('POST', '/auth/verify-2fa', { body: { challengeToken, code: codeNow(ada.secret) } });
    expect(code(late)).toBe('401 challenge-invalid');
  });

  test('and on again brings back no login that was half way in before', async () => {
    const ada = await protectedPerson();
    const { challengeToken } = (await auth.login(ada.email)).body;
    await both(ada, '/auth/disable-2fa', codeNow(ada.secret));
    const { secret } = (await enable(ada)).body;
    expect(code(await confirm(ada, codeNow(secret)))).toBe('200');
    clock.advance(60_000);
    const late = await auth.request('POST', '/auth/verify-2fa', { body: { challengeToken, code: codeNow(secret) } });
    expect(code(late)).toBe('401 challenge-invalid');
  });
});

describe('recovery codes', () => {
  test('are replaced with both factors, and the old ones die', async () => {
    const ada = await protectedPerson();
    expect(code(await both(ada, '/auth/recovery-codes', wrongCode(ada.secret)))).toBe('403 invalid-code');
    const { status, body } = await both(ada, '/auth/recovery-codes', codeNow(ada.secret));
    expect([status, body.recoveryCodes.length]).toEqual([200, 10]);
    expect(body.recoveryCodes.filter((each: string) => ada.codes.includes(each))).toEqual([]);
    // the code that replaced them is used up as well
    for (const dead of [codeNow(ada.secret), ada.codes[1]!])
      expect(code(await both(ada, '/auth/disable-2fa', dead))).toBe('403 invalid-code');
    expect(code(await both(ada, '/auth/disable-2fa', body.recoveryCodes[0]))).toBe('204');
  });

  test('are nothing to somebody without two-factor login', async () => {
    expect(code(await both(await person(), '/auth/recovery-codes', '123456'))).toBe('409 two-factor-disabled');
  });
});

test('guessing codes is slowed, and the owner gets in elsewhere', async () => {
  const ada = await protectedPerson();
  const tries: string[] = [];
  for (let n = 0; n < 11; n++) tries.push(code(await both(ada, '/auth/disable-2fa', wrongCode(ada.secret))));
  expect(tries).toEqual([...Array(10).fill('403 invalid-code'), '429 rate-limited']);
  const { challengeToken } = (await auth.login(ada.email)).body;
  expect((await auth.request('POST', '/auth/verify-2fa', { body: { challengeToken, code: codeNow(ada.secret) } })).status).toBe(200);
});

test('codes beside a session are guessed a hundred times a day as well', async () => {
  const slow = await startAuth({ clock, env: { RATE_LIMIT_AUTH: '20,600' } });
  const who = await slow.person('patient@example.com');
  const { secret } = (await slow.as(who).post('/auth/enable-2fa', { password: goodPassword })).body;
  await slow.as(who).post('/auth/verify-2fa', { code: codeNow(secret) });
  clock.advance(60_000);
  const disable = async (typed: string): Promise<string> =>
    code(await slow.as(who).post('/auth/disable-2fa', { password: goodPassword, code: typed }));
  for (let n = 0; n < 100; n++) {
    expect(await disable(wrongCode(secret))).toBe('403 invalid-code');
    clock.advance(3_000);
  }
  clock.advance(60_000);
  expect(await disable(codeNow(secret))).toBe('429 rate-limited');
  await slow.stop();
});

/** What is answered where the password becomes another one while this one is compared. */
async function changedMeanwhile(who: SignedIn, ask: () => Promise<TestAnswer>): Promise<string> {
  const comparing: { compare(password: string, hash: string): Promise<boolean> } = bcrypt;
  const { compare } = comparing;
  const compared = jest.spyOn(comparing, 'compare').mockImplementationOnce(async (...given) => {
    await auth.tamper(who.id, { passwordHash: await bcrypt.hash('another one of mine', 4) });
    return compare(...given);
  });
  const answer = await ask();
  compared.mockRestore();
  return code(answer);
}

test('a password that is changed while it is compared begins nothing', async () => {
  const ada = await person();
  expect(await changedMeanwhile(ada, () => enable(ada))).toBe('403 invalid-credentials');
  expect((await auth.users.get(ada.id))!.twoFactor ?? null).toBeNull();
});

test.each(['/auth/disable-2fa', '/auth/recovery-codes'])(
  'a new password in the middle ends the proof of the old one: nothing comes of %s, nor is its code used up',
  async (path) => {
    const ada = await protectedPerson();
    const before = (await auth.users.get(ada.id))!.twoFactor;
    expect(await changedMeanwhile(ada, () => both(ada, path, codeNow(ada.secret)))).toBe('403 invalid-credentials');
    expect((await auth.users.get(ada.id))!.twoFactor).toEqual(before);
  },
);

test('neither secrets nor codes are at rest, logged or told', async () => {
  const ada = await protectedPerson();
  await auth.as(ada).post('/auth/verify-2fa', { code: codeNow(ada.secret) });
  const told = JSON.stringify([auth.logs, auth.published, await auth.users.find({}), await auth.history.find({})]);
  for (const secret of [ada.secret, ...ada.codes]) expect(told).not.toContain(secret);
  // Among so many random characters its six digits may come one after the other by chance; not by themselves.
  expect(told).not.toMatch(new RegExp(`(?<![\\w.-])${codeNow(ada.secret)}(?![\\w.-])`));
  expect((await auth.users.get(ada.id))!.twoFactor!.seed).toMatch(/^v1\.t1\./);
  for (const event of ['authn_two_factor_begun', 'authn_two_factor_enabled'])
    expect(auth.logs).toContainEqual(expect.objectContaining({ event, userId: ada.id }));
});
