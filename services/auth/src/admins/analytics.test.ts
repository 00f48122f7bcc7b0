import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PeerUnavailable } from '@commonpurse/shared/service';
import { codeOf, type FakePeer, fakeClock } from '@commonpurse/shared/testing';
import { goodPassword, type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const clock = fakeClock(Date.parse('2026-01-14T23:00:00.000Z'));
let auth: TestAuth;
let root: SignedIn;
let away = false;
const counting =
  (days: object[]): FakePeer =>
  ({ path }) => {
    if (away) throw new PeerUnavailable('away');
    if (!path.startsWith('/internal/daily-counts')) throw new Error(`nobody asks for ${path}`);
    return { days };
  };
const peers = {
  records: counting([{ day: '2026-01-15', counts: { 'created-expense': 3, 'created-income': 1, errors: 1 } }]),
  budgets: counting([
    { day: '2026-01-14', counts: { errors: 4 } },
    { day: '2026-01-15', counts: { errors: 2 } },
  ]),
  notifications: counting([]),
};

beforeAll(async () => {
  auth = await startAuth({ clock, peers });
  root = await auth.person('root@example.com');
  await auth.internal().post('/internal/admins', { email: root.email });
});
afterAll(() => auth.stop());

const read = (query = '') => auth.as(root).get(`/admin/analytics${query}`);

describe('analytics', () => {
  test('count people, who is active, logins, records and errors', async () => {
    const ada = await auth.person('ada@example.com');
    clock.advance(2 * 60 * 60 * 1000);
    await auth.login('ada@example.com', 'not the one I chose');
    await auth.login('nobody@example.com', 'not the one I chose');
    for (let n = 0; n < 3; n++) await auth.login('ada@example.com');
    await auth.request('POST', '/auth/refresh', { body: { refreshToken: root.refreshToken } });
    root = { ...root, token: (await auth.login(root.email)).body.accessToken };
    const { secret } = (await auth.as(root).post('/auth/enable-2fa', { password: goodPassword })).body;
    await auth.as(root).post('/auth/verify-2fa', { code: codeOf(secret, clock.now()) });
    await auth.register({ email: 'pending@example.com' });
    await auth.until(async () => (await auth.users.count({ personVersion: 0 })) === 1);
    await auth.as(root).patch(`/admin/users/${ada.id}`, { status: 'disabled' });
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(body).toEqual({
      from: '2025-12-17',
      to: '2026-01-15',
      users: { total: 2, active: 1, disabled: 1, admins: 1, twoFactor: 1, unverified: 1 },
      activeUsers: [
        { day: '2026-01-14', count: 2 },
        { day: '2026-01-15', count: 2 },
      ],
      registrations: [{ day: '2026-01-14', count: 2 }],
      logins: [
        { day: '2026-01-14', succeeded: 2, failed: 0 },
        { day: '2026-01-15', succeeded: 4, failed: 2 },
      ],
      records: [
        { day: '2026-01-15', type: 'expense', count: 3 },
        { day: '2026-01-15', type: 'income', count: 1 },
      ],
      errors: [
        { day: '2026-01-14', count: 4 },
        { day: '2026-01-15', count: 3 },
      ],
      unavailable: [],
    });
  });

  test('of other days are those days’', async () => {
    const { body } = await read('?from=2026-01-14&to=2026-01-14');
    expect(body).toMatchObject({ from: '2026-01-14', to: '2026-01-14', logins: [{ day: '2026-01-14', succeeded: 2, failed: 0 }] });
  });

  test('go back over 366 days', async () => {
    expect((await read('?from=2025-01-14&to=2026-01-14')).status).toBe(200);
  });

  test('survive a restart, and nobody is counted twice for it', async () => {
    await auth.restart();
    await auth.request('POST', '/auth/refresh', { body: { refreshToken: root.refreshToken } });
    expect((await read()).body.activeUsers).toEqual([
      { day: '2026-01-14', count: 2 },
      { day: '2026-01-15', count: 2 },
    ]);
  });

  test('say which service could not be asked', async () => {
    away = true;
    const { status, body } = await read();
    expect([status, body.unavailable, body.records]).toEqual([200, ['records', 'budgets', 'notifications'], []]);
    away = false;
  });

  test.each([
    ['?from=2026-01-15&to=2026-01-14', '/from'],
    ['?from=2025-01-13&to=2026-01-14', '/from'],
    ['?from=yesterday', '/from'],
    ['?to=2026-02-30', '/to'],
    ['?user=ada', '/user'],
  ])('with %s are 400', async (query, path) => {
    const { status, body } = await read(query);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  test('count as active who only goes on, with a session or with a key for a program', async () => {
    const [bea, cyd] = [await auth.person('bea@example.com'), await auth.person('cyd@example.com')];
    const { key } = (await auth.as(cyd).post('/auth/api-keys', { name: 'k', scopes: ['records:read'] })).body;
    clock.advance(24 * 60 * 60 * 1000);
    await auth.internal().post('/internal/admins', { email: bea.email });
    const { accessToken: token } = (await auth.request('POST', '/auth/refresh', { body: { refreshToken: bea.refreshToken } })).body;
    await auth.internal('gateway').post('/internal/key-tokens', { key });
    const { body } = await auth.as({ token }).get('/admin/analytics?from=2026-01-16');
    expect(body).toMatchObject({ activeUsers: [{ day: '2026-01-16', count: 2 }], logins: [] });
  });

  test('are for administrators', async () => {
    const eve = await auth.person('eve@example.com');
    expect((await auth.as(eve).get('/admin/analytics')).status).toBe(403);
  });

  test('name nobody', async () => {
    const { text } = await read();
    for (const { _id, email } of await auth.users.find({})) {
      expect(text).not.toContain(_id);
      expect(text).not.toContain(email);
    }
  });
});
