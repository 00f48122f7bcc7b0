import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiKeyOf } from '@commonpurse/shared/http';
import { fakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import { sentTwice } from '../testing/sent-twice.ts';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock();
let auth: TestAuth;
let people = 0;
beforeAll(async () => {
  auth = await startAuth({ clock, logLevel: 'info' });
});
afterAll(() => auth.stop());

const outcome = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const person = (): Promise<SignedIn> => auth.person(`person-${++people}@example.com`);
const make = async (who: SignedIn, facts: object = {}): Promise<TestAnswer['body']> => {
  const { status, body, text } = await auth.as(who).post('/auth/api-keys', { name: 'Sheet', scopes: ['profile:read'], ...facts });
  if (status !== 201) throw new Error(text);
  return body;
};
const exchange = (key: string): Promise<TestAnswer> => auth.internal('gateway').post('/internal/key-tokens', { key });
/** What the gateway sends on for a key. */
const tokenOf = async (key: string): Promise<string> => (await exchange(key)).body.token;
const profile = async (token: string): Promise<string> => outcome(await auth.as({ token }).get('/users/profile'));

describe('making a key', () => {
  test('shows it once, with everything it is', async () => {
    const ada = await person();
    const facts = { name: ' Sheet ', scopes: ['budgets:read', 'records:read', 'records:read'], expiresAt: '2026-02-01T01:00:00+01:00' };
    const { status, body, headers } = await auth.as(ada).post('/auth/api-keys', facts);
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      id: expect.any(String),
      name: 'Sheet',
      scopes: ['records:read', 'budgets:read'],
      expiresAt: '2026-02-01T00:00:00.000Z',
      createdAt: '2026-01-15T12:00:00.000Z',
      lastUsedAt: null,
      key: expect.stringMatching(/^cp_[0-9A-Za-z]{70}$/),
    });
    const { body: list } = await auth.as(ada).get('/auth/api-keys');
    const { key, ...shown } = body;
    expect(list).toEqual({ items: [shown], nextCursor: null });
    const stored = JSON.stringify([await auth.users.get(ada.id), auth.logs, auth.published, await auth.history.find({})]);
    expect(stored).not.toContain(key);
    expect(stored).not.toContain(key.slice(35, 67));
  });

  test.each([
    ['no name', { name: ' ' }, '/name'],
    ['no scope', { scopes: [] }, '/scopes'],
    ['a scope that is none', { scopes: ['records:read', 'admin'] }, '/scopes/1'],
    ['an end that is over', { expiresAt: '2026-01-15T12:00:00Z' }, '/expiresAt'],
    ['an end that is none', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['an end in the year 10000', { expiresAt: '9999-12-31T23:59:59-01:00' }, '/expiresAt'],
    ['a key of one’s own', { key: 'cp_mine' }, '/key'],
  ])('with %s is 400', async (_what, facts, path) => {
    const ada = await person();
    const { status, body } = await auth.as(ada).post('/auth/api-keys', { name: 'Sheet', scopes: ['profile:read'], ...facts });
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  test('takes every scope of the contract', async () => {
    const scopes = ['records', 'budgets', 'notifications'].flatMap((what) => [`${what}:read`, `${what}:write`]);
    expect((await make(await person(), { scopes: [...scopes, 'profile:read', 'shares:read'] })).scopes).toHaveLength(8);
  });

  test('without an end makes one for good, said or left out', async () => {
    const ada = await person();
    expect([(await make(ada, { expiresAt: null })).expiresAt, (await make(ada)).expiresAt]).toEqual([null, null]);
  });

  test('goes on until there are fifty, also when many are made at once', async () => {
    const ada = await person();
    const answers = await Promise.all(
      Array.from({ length: 55 }, (_, n) => auth.as(ada).post('/auth/api-keys', { name: `k${n}`, scopes: ['profile:read'] })),
    );
    expect(answers.map(outcome).filter((each) => each === '409 conflict')).toHaveLength(5);
    const { items, total } = (await auth.as(ada).get('/auth/api-keys?limit=20&count=true')).body;
    expect([items.length, total]).toEqual([20, 50]);
  });
});

describe('a key', () => {
  test('reaches what its scopes name, and nothing else', async () => {
    const ada = await person();
    const reader = await tokenOf((await make(ada)).key);
    const other = await tokenOf((await make(ada, { scopes: ['records:read'] })).key);
    expect((await auth.as({ token: reader }).get('/users/profile')).body.id).toBe(ada.id);
    expect(await profile(other)).toBe('403 insufficient-scope');
  });

  test('is refused by every path of auth that needs a session', async () => {
    const ada = await person();
    const token = await tokenOf((await make(ada, { scopes: ['profile:read', 'shares:read'] })).key);
    const calls: [string, string][] = [
      ['POST', '/auth/logout'],
      ['GET', '/auth/sessions'],
      ['POST', '/auth/api-keys'],
      ['GET', '/auth/api-keys'],
      ['DELETE', '/auth/api-keys/x'],
      ['POST', '/auth/change-password'],
      ['POST', '/auth/enable-2fa'],
      ['POST', '/auth/ws-ticket'],
      ['PUT', '/users/profile'],
    ];
    for (const [method, path] of calls) expect(outcome(await auth.request(method, path, { token }))).toBe('403 insufficient-scope');
    expect(outcome(await auth.as({ token }).post('/auth/verify-2fa', { code: '123456' }))).toBe('403 insufficient-scope');
  });

  test('is refused as itself, too, where the gateway exchanges none: when it lives for what it is, when it is dead for being dead', async () => {
    const ada = await person();
    const { id, key } = await make(ada);
    const verify = async () => outcome(await auth.as({ token: key }).post('/auth/verify-2fa', { code: '123456' }));
    expect(await verify()).toBe('403 insufficient-scope');
    expect(outcome(await auth.as(ada).delete(`/auth/api-keys/${id}`))).toBe('204');
    expect(await verify()).toBe('401 unauthenticated');
  });

  test('ends at once when it is revoked, with the token it was exchanged for', async () => {
    const ada = await person();
    const { id, key } = await make(ada);
    const token = await tokenOf(key);
    expect(await profile(token)).toBe('200');
    expect(outcome(await auth.as(ada).delete(`/auth/api-keys/${id}`))).toBe('204');
    expect(await profile(token)).toBe('401 unauthenticated');
    expect(outcome(await exchange(key))).toBe('404 not-found');
    expect(outcome(await auth.as(ada).delete(`/auth/api-keys/${id}`))).toBe('404 not-found');
  });

  test('that is revoked twice at once is over for neither request before every service can know', async () => {
    const ada = await person();
    const { id } = await make(ada);
    const revoke = () => auth.as(ada).delete(`/auth/api-keys/${id}`);
    expect(await sentTwice(auth, revoke)).toEqual({ second: 'raises the stamp, too', statuses: [204, 404] });
  });

  test('is revoked by its owner only', async () => {
    const [ada, eve] = [await person(), await person()];
    const { id, key } = await make(ada);
    expect(outcome(await auth.as(eve).delete(`/auth/api-keys/${id}`))).toBe('404 not-found');
    expect((await exchange(key)).status).toBe(200);
  });

  test('ends by itself when it was told to', async () => {
    const ada = await person();
    const { key } = await make(ada, { expiresAt: new Date(clock.now() + 30_000).toISOString() });
    const token = await tokenOf(key);
    clock.advance(29_999);
    expect(await profile(token)).toBe('200');
    clock.advance(1);
    expect(await profile(token)).toBe('401 unauthenticated');
    expect(outcome(await exchange(key))).toBe('404 not-found');
  });

  test('gives tokens of a minute', async () => {
    const { key } = await make(await person());
    const { body } = await exchange(key);
    expect(body.expiresAt).toBe(Math.floor(clock.now() / 1000) + 60);
    clock.advance(60_000);
    expect(await profile(body.token)).toBe('401 unauthenticated');
  });

  test('survives another password and a logout, but not that its owner is disabled', async () => {
    const ada = await person();
    const { key } = await make(ada);
    await auth.as(ada).post('/auth/change-password', { currentPassword: goodPassword, newPassword: 'another purse of 9 coins' });
    await auth.as(ada).post('/auth/logout', { allDevices: true });
    const token = await tokenOf(key);
    expect(await profile(token)).toBe('200');
    await auth.tamper(ada.id, { status: 'disabled' });
    expect(await profile(token)).toBe('401 unauthenticated');
    expect(outcome(await exchange(key))).toBe('404 not-found');
  });

  test('is told to other services with when it ends, by a stamp that they see at once', async () => {
    const ada = await person();
    const before = (await auth.internal().get(`/internal/people/${ada.id}`)).body.version;
    const { id } = await make(ada);
    const { body } = await auth.internal().get(`/internal/people/${ada.id}`);
    expect([body.version, body.keys]).toEqual([before + 1, [{ id, until: null }]]);
    expect(await auth.cache.get(`stamp:${ada.id}`)).toBe(String(before + 1));
  });

  test('says when it was last used, to the minute, however often it is', async () => {
    const ada = await person();
    const { key } = await make(ada);
    const shown = async (): Promise<string> => (await auth.as(ada).get('/auth/api-keys')).body.items[0].lastUsedAt;
    const version = async (): Promise<number> => (await auth.users.get(ada.id))!.version;
    await exchange(key);
    const first = await shown();
    expect(first).toBe(new Date(clock.now()).toISOString());
    const written = await version();
    clock.advance(59_999);
    await Promise.all(Array.from({ length: 20 }, () => exchange(key)));
    expect([await shown(), await version()]).toEqual([first, written]);
    clock.advance(1);
    await Promise.all(Array.from({ length: 20 }, () => exchange(key)));
    expect([await shown(), await version()]).toEqual([new Date(clock.now()).toISOString(), written + 1]);
  });

  test('is said to have been used where it was, and no other', async () => {
    const ada = await person();
    const made = [await make(ada, { name: 'one' }), await make(ada, { name: 'two' })];
    const used = async (): Promise<unknown[]> => {
      const { items } = (await auth.as(ada).get('/auth/api-keys')).body;
      return made.map(({ id }) => items.find((each: { id: string }) => each.id === id).lastUsedAt);
    };
    await exchange(made[0].key);
    const first = new Date(clock.now()).toISOString();
    expect(await used()).toEqual([first, null]);
    clock.advance(1_000);
    await exchange(made[1].key);
    expect(await used()).toEqual([first, new Date(clock.now()).toISOString()]);
  });

  test('that was made up is none, also with the id of one that lives', async () => {
    const { id, key } = await make(await person());
    for (const made of ['', 'cp_', apiKeyOf(randomUUID(), 'k'.repeat(32)), apiKeyOf(id, 'k'.repeat(32)), `${key}x`])
      expect(outcome(await exchange(made))).toBe('404 not-found');
  });

  test('is exchanged for the gateway only', async () => {
    const ada = await person();
    const { key } = await make(ada);
    expect(outcome(await auth.as(ada).post('/internal/key-tokens', { key }))).toBe('401 unauthenticated');
    expect(outcome(await auth.as({ token: key }).get('/users/profile'))).toBe('401 unauthenticated');
  });

  test('leaves a trace when it is made, ended and misused', async () => {
    const ada = await person();
    const { id, key } = await make(ada);
    await auth.as(ada).delete(`/auth/api-keys/${id}`);
    await exchange(key);
    const events = auth.logs.filter(({ keyId, event }) => keyId === id && event !== 'authn_key_used').map(({ event }) => event);
    expect(events).toEqual(['authn_token_created', 'authn_token_revoked', 'authn_token_invalid']);
  });
});
