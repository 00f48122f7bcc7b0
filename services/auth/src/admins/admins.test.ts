import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Doc, upsertNewer } from '@commonpurse/shared/documents';
import type { TestAnswer } from '@commonpurse/shared/testing';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

let auth: TestAuth;
let root: SignedIn;
let people = 0;
beforeAll(async () => {
  auth = await startAuth({ logLevel: 'info', env: { RATE_LIMIT_AUTH: 'off' } });
  root = await admin();
});
afterAll(() => auth.stop());

const outcome = ({ status, body }: TestAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const person = (): Promise<SignedIn> => auth.person(`person-${++people}@example.com`);
const makeAdmin = (email: string): Promise<TestAnswer> => auth.internal().post('/internal/admins', { email });
async function admin(): Promise<SignedIn> {
  const who = await person();
  expect((await makeAdmin(who.email)).status).toBe(200);
  return who;
}
const patch = (by: SignedIn, id: string, body: object, headers: Record<string, string> = {}): Promise<TestAnswer> =>
  auth.as(by).patch(`/admin/users/${id}`, body, { headers });
const read = (by: SignedIn, id: string): Promise<TestAnswer> => auth.as(by).get(`/admin/users/${id}`);

describe('the first administrator', () => {
  test('is made by the operator, by an address that is verified', async () => {
    const ada = await person();
    expect((await makeAdmin(ada.email.toUpperCase())).body).toMatchObject({ id: ada.id, role: 'admin', status: 'active' });
    expect((await auth.as(ada).get('/users/profile')).body.role).toBe('admin');
    expect((await makeAdmin(ada.email)).status).toBe(200);
    await auth.register({ email: 'pending@example.com' });
    await auth.tokenFor('pending@example.com');
    for (const email of ['pending@example.com', 'nobody@example.com']) expect(outcome(await makeAdmin(email))).toBe('404 not-found');
    expect(outcome(await auth.as(ada).post('/internal/admins', { email: ada.email }))).toBe('401 unauthenticated');
  });
});

describe('what only administrators may', () => {
  test('is 403 to everybody else, whether or not there is what they ask for', async () => {
    const eve = await person();
    for (const id of [root.id, eve.id, 'nobody']) {
      expect(outcome(await read(eve, id))).toBe('403 forbidden');
      expect(outcome(await patch(eve, id, { role: 'admin' }))).toBe('403 forbidden');
    }
    expect(outcome(await auth.as(eve).get('/users/search?q=person'))).toBe('403 forbidden');
    for (const path of ['/admin/users/x', '/users/search?q=ad'])
      expect(outcome(await auth.request('GET', path))).toBe('401 unauthenticated');
    expect(auth.logs).toContainEqual(
      expect.objectContaining({ event: 'authz_fail', userId: eve.id, reason: 'forbidden: PATCH /admin/users/:id' }),
    );
  });

  test('ends with the next request once the role is taken away', async () => {
    const ada = await admin();
    expect((await read(ada, root.id)).status).toBe(200);
    expect((await patch(root, ada.id, { role: 'user' })).status).toBe(200);
    expect(outcome(await read(ada, root.id))).toBe('403 forbidden');
  });

  test('is never reached by a key', async () => {
    const { key } = (await auth.as(root).post('/auth/api-keys', { name: 'k', scopes: ['profile:read'] })).body;
    const { token } = (await auth.internal().post('/internal/key-tokens', { key })).body;
    expect(outcome(await auth.as({ token }).get(`/admin/users/${root.id}`))).toBe('403 insufficient-scope');
    expect(outcome(await auth.as({ token }).get('/users/search?q=person'))).toBe('403 insufficient-scope');
  });
});

describe('finding people', () => {
  beforeAll(async () => {
    await auth.account('Zoe.Quill@Example.com', { displayName: 'Ångström, Zoe' });
    await auth.account('zo@example.com', { displayName: 'quillon' });
    await auth.register({ email: 'zoe.unverified@example.com' });
    await auth.tokenFor('zoe.unverified@example.com');
  });
  const found = async (query: string): Promise<string[]> =>
    (await auth.as(root).get(`/users/search?${query}`)).body.items.map(({ email }: { email: string }) => email);

  test.each([
    ['an address, in any case', 'q=ZOE.q', ['Zoe.Quill@Example.com']],
    ['two characters of it', 'q=zo', ['Zoe.Quill@Example.com', 'zo@example.com']],
    ['a name, in any case', 'q=Quill', ['zo@example.com']],
    ['a name however its accents are typed', `q=${encodeURIComponent('A\u030angstro\u0308m')}`, ['Zoe.Quill@Example.com']],
    ['nothing in the middle of either', 'q=oe', []],
    ['no operator', `q=${encodeURIComponent('.*')}`, []],
  ])('by %s', async (_what, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test('shows who they are, and no more', async () => {
    const { body } = await auth.as(root).get('/users/search?q=zo@&count=true');
    expect(body).toEqual({
      items: [
        {
          id: expect.any(String),
          email: 'zo@example.com',
          displayName: 'quillon',
          role: 'user',
          status: 'active',
          createdAt: expect.any(String),
        },
      ],
      nextCursor: null,
      total: 1,
    });
  });

  test('follows a change of the name', async () => {
    const ada = await person();
    const facts = { displayName: 'Wanda', baseCurrency: 'EUR', locale: 'en', timeZone: 'UTC', monthStartDay: 1 };
    await auth.as(ada).put('/users/profile', facts);
    expect(await found('q=wanda')).toEqual([ada.email]);
  });

  test('comes in pages that a cursor leads through', async () => {
    const first = (await auth.as(root).get('/users/search?q=zo&limit=1')).body;
    expect(first.items).toHaveLength(1);
    const second = (await auth.as(root).get(`/users/search?q=zo&limit=1&cursor=${first.nextCursor}`)).body;
    expect([second.items[0].email, second.nextCursor]).toEqual(['zo@example.com', null]);
    expect((await auth.as(root).get(`/users/search?q=quill&cursor=${first.nextCursor}`)).status).toBe(400);
    expect((await auth.as(await admin()).get(`/users/search?q=zo&cursor=${first.nextCursor}`)).status).toBe(400);
  });

  test.each(['', 'q=', 'q=z', 'q=%20z%20', 'q=zo&limit=0'])('with %p is 400', async (query) => {
    expect((await auth.as(root).get(`/users/search?${query}`)).status).toBe(400);
  });

  test('finds accounts from before there was a search, after the next start', async () => {
    const ada = await person();
    const users = auth.users;
    await upsertNewer(users, ada.id, (user) => {
      const { search: _search, ...older } = user!;
      return { ...older, version: user!.version + 1 } as Doc as NonNullable<typeof user>;
    });
    expect(await found(`q=${ada.email}`)).toEqual([]);
    await auth.restart();
    expect(await found(`q=${ada.email}`)).toEqual([ada.email]);
  });
});

describe('an account', () => {
  test('is shown with its version, and nothing its owner keeps in it', async () => {
    const ada = await person();
    const { status, body, headers } = await read(root, ada.id);
    expect([status, headers.etag]).toEqual([200, '"1"']);
    expect(body).toEqual({
      id: ada.id,
      email: ada.email,
      displayName: expect.any(String),
      role: 'user',
      status: 'active',
      twoFactorEnabled: false,
      createdAt: expect.any(String),
      version: 1,
    });
    const unchanged = await auth.as(root).get(`/admin/users/${ada.id}`, { headers: { 'if-none-match': '"1"' } });
    expect(unchanged.status).toBe(304);
    expect(outcome(await read(root, 'nobody'))).toBe('404 not-found');
  });

  test('is nobody’s before its address is verified', async () => {
    await auth.register({ email: 'waiting@example.com' });
    await auth.tokenFor('waiting@example.com');
    const { _id } = (await auth.users.find({ personVersion: 0 })).find(({ email }) => email === 'waiting@example.com')!;
    expect(outcome(await read(root, _id))).toBe('404 not-found');
    expect(outcome(await patch(root, _id, { role: 'admin' }))).toBe('404 not-found');
  });

  test('takes a role and a status, under the version that was read', async () => {
    const ada = await person();
    expect((await patch(root, ada.id, { role: 'admin' }, { 'if-match': '"1"' })).body).toMatchObject({ role: 'admin', version: 2 });
    expect(outcome(await patch(root, ada.id, { role: 'user' }, { 'if-match': '"1"' }))).toBe('412 version-mismatch');
    expect((await patch(root, ada.id, {})).body).toMatchObject({ role: 'admin', version: 2 });
    expect((await patch(root, ada.id, { role: 'user', status: 'disabled' })).body).toMatchObject({
      role: 'user',
      status: 'disabled',
      version: 3,
    });
    expect(outcome(await patch(root, 'nobody', { role: 'user' }))).toBe('404 not-found');
  });

  test.each([{ role: 'root' }, { status: 'gone' }, { email: 'other@example.com' }, { role: null }, { version: 7 }])(
    'takes no %o',
    async (body) => {
      const ada = await person();
      expect((await patch(root, ada.id, body)).status).toBe(400);
      expect((await read(root, ada.id)).body.version).toBe(1);
    },
  );

  test('that is disabled is out at once, with its sessions and keys, and none of them comes back', async () => {
    const ada = await person();
    const { key } = (await auth.as(ada).post('/auth/api-keys', { name: 'k', scopes: ['profile:read'] })).body;
    const exchange = (): Promise<TestAnswer> => auth.internal().post('/internal/key-tokens', { key });
    const { token } = (await exchange()).body;
    await patch(root, ada.id, { status: 'disabled' });
    for (const each of [ada.token, token])
      expect(outcome(await auth.as({ token: each }).get('/users/profile'))).toBe('401 unauthenticated');
    expect(outcome(await auth.request('POST', '/auth/refresh', { body: { refreshToken: ada.refreshToken } }))).toBe('401 token-invalid');
    expect(outcome(await auth.login(ada.email))).toBe('403 account-disabled');
    await patch(root, ada.id, { status: 'active' });
    expect(outcome(await auth.as(ada).get('/users/profile'))).toBe('401 unauthenticated');
    expect(outcome(await exchange())).toBe('404 not-found');
    expect((await auth.login(ada.email, goodPassword)).status).toBe(200);
  });

  test('is changed with a trace, in the security log and in the history', async () => {
    const ada = await person();
    await patch(root, ada.id, { role: 'admin' }, { 'x-request-id': 'trace-admin' });
    await patch(root, ada.id, { role: 'user', status: 'disabled' });
    const events = auth.logs.filter(({ target, stream }) => stream === 'security' && target === ada.id);
    expect(events.map(({ event, userId }) => [event, userId])).toEqual([
      ['authz_admin', root.id],
      ['privilege_permissions_changed', root.id],
      ['authz_admin', root.id],
      ['privilege_permissions_changed', root.id],
      ['user_disabled', root.id],
    ]);
    expect(events[1]).toMatchObject({ requestId: 'trace-admin', reason: 'user to admin' });
    const lines = await auth.until(async () => {
      const found = await auth.history.find({ aggregateId: ada.id });
      return found.length >= 4 && found;
    });
    expect(lines.map(({ entry }) => [entry.action, entry.by])).toEqual(
      expect.arrayContaining([
        ['standing-changed', root.id],
        ['standing-changed', root.id],
      ]),
    );
  });
});
