import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock, type TestAnswer } from '@commonpurse/shared/testing';
import { type SignedIn, startAuth, type TestAuth } from '../testing/start-auth.ts';

const day = 24 * 60 * 60 * 1000;
const clock = fakeClock();
let auth: TestAuth;
let people = 0;
beforeAll(async () => {
  auth = await startAuth({ clock, env: { RATE_LIMIT_AUTH: 'off' } });
});
afterAll(() => auth.stop());

const person = (): Promise<SignedIn> => auth.person(`person-${++people}@example.com`);
const refresh = (refreshToken: string): Promise<TestAnswer> => auth.request('POST', '/auth/refresh', { body: { refreshToken } });
const profile = async (token: string): Promise<number> => (await auth.as({ token }).get('/users/profile')).status;
const personVersion = async (id: string): Promise<number> => (await auth.internal().get(`/internal/people/${id}`)).body.version;
const refused = ({ status, body }: TestAnswer): [number, string] => [status, body.code];

describe('refreshing', () => {
  test('gives a new pair that works, and leaves the person as others know them', async () => {
    const ada = await person();
    const version = await personVersion(ada.id);
    clock.advance(1000);
    const { status, body, headers } = await refresh(ada.refreshToken);
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType']);
    expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    expect(headers['cache-control']).toBe('no-store');
    expect([await profile(ada.token), await profile(body.accessToken)]).toEqual([200, 200]);
    expect(await personVersion(ada.id)).toBe(version);
  });

  test('fifty times at once moves the session on by one, and all get the same token', async () => {
    const ada = await person();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(ada.refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const tokens = new Set(answers.map(({ body }) => body.refreshToken as string));
    expect(tokens.size).toBe(1);
    expect([...tokens][0]).toContain('.2.');
  });

  test('in a chain of races each token leads to one successor', async () => {
    let token = (await person()).refreshToken;
    for (let generation = 2; generation <= 6; generation++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)));
      const next = new Set(answers.map(({ body }) => body.refreshToken as string));
      expect(next.size).toBe(1);
      token = [...next][0]!;
      expect(token.split('.')[1]).toBe(String(generation));
    }
  });

  test('with the predecessor within 10 s gives the same refresh token again', async () => {
    const ada = await person();
    const first = await refresh(ada.refreshToken);
    clock.advance(10_000);
    const again = await refresh(ada.refreshToken);
    expect([again.status, again.body.refreshToken]).toEqual([200, first.body.refreshToken]);
  });

  test('with the predecessor later ends the session for both who have it', async () => {
    const ada = await person();
    const { body } = await refresh(ada.refreshToken);
    clock.advance(10_001);
    const reused = await refresh(ada.refreshToken);
    expect(refused(reused)).toEqual([401, 'refresh-token-reused']);
    expect(reused.headers['www-authenticate']).toBe('Bearer');
    expect(refused(await refresh(body.refreshToken))).toEqual([401, 'token-invalid']);
    expect(await profile(body.accessToken)).toBe(401);
  });

  test('with one that was used before tells everybody else that the session is over, and no other', async () => {
    const ada = await person();
    const other = (await auth.login(ada.email)).body.refreshToken.split('.')[0];
    await refresh(ada.refreshToken);
    clock.advance(10_001);
    const before = await personVersion(ada.id);
    await refresh(ada.refreshToken);
    expect(await personVersion(ada.id)).toBe(before + 1);
    const { data } = await auth.until(() => auth.published.find(({ subject, version }) => subject === ada.id && version === before + 1));
    expect((data as { sessions: { id: string }[] }).sessions.map(({ id }) => id)).toEqual([other]);
  });

  test('with an older one ends the session however soon it comes', async () => {
    const ada = await person();
    const second = await refresh(ada.refreshToken);
    const third = await refresh(second.body.refreshToken);
    expect(refused(await refresh(ada.refreshToken))).toEqual([401, 'refresh-token-reused']);
    expect(await profile(third.body.accessToken)).toBe(401);
  });

  test('with one that was made up is 401 and ends nothing', async () => {
    const ada = await person();
    const [sid = '', , mac = ''] = ada.refreshToken.split('.');
    for (const made of [`${sid}.2.${mac}`, `${sid}.1.${'A'.repeat(43)}`, sid, ada.token, 'x', `${sid}.-1.${mac}`]) {
      expect(refused(await refresh(made))).toEqual([401, 'token-invalid']);
    }
    expect(await profile(ada.token)).toBe(200);
    expect((await refresh(ada.refreshToken)).status).toBe(200);
  });

  test('after 30 idle days, or 90 days in all, is too late', async () => {
    const idle = await person();
    clock.advance(30 * day);
    expect(refused(await refresh(idle.refreshToken))).toEqual([401, 'token-invalid']);
    let { refreshToken } = await person();
    for (let n = 0; n < 3; n++) {
      clock.advance(29 * day);
      refreshToken = (await refresh(refreshToken)).body.refreshToken;
    }
    clock.advance(3 * day);
    expect(refused(await refresh(refreshToken))).toEqual([401, 'token-invalid']);
  });

  test('gives no access token that outlives the 90 days', async () => {
    let { refreshToken, token } = await person();
    for (const ms of [29 * day, 29 * day, 29 * day, 3 * day - 1]) {
      clock.advance(ms);
      ({ refreshToken, accessToken: token } = (await refresh(refreshToken)).body);
    }
    expect(await profile(token)).toBe(200);
    clock.advance(1);
    expect(await profile(token)).toBe(401);
  });

  test('keeps the session where it is when the address changes, and shows the new one', async () => {
    const ada = await person();
    const headers = { 'x-client-address': '2001:db8::7' };
    const { body } = await auth.request('POST', '/auth/refresh', { body: { refreshToken: ada.refreshToken }, headers });
    const { items } = (await auth.as({ token: body.accessToken }).get('/auth/sessions')).body;
    expect(items).toMatchObject([{ ip: '2001:db8::7', current: true }]);
  });
});

describe('signing out', () => {
  test('ends this session at once, and leaves the others', async () => {
    const ada = await person();
    const other = (await auth.login(ada.email)).body;
    const { status, text } = await auth.as(ada).post('/auth/logout');
    expect([status, text]).toEqual([204, '']);
    expect(await profile(ada.token)).toBe(401);
    expect(refused(await refresh(ada.refreshToken))).toEqual([401, 'token-invalid']);
    expect(await profile(other.accessToken)).toBe(200);
  });

  test('on all devices ends every session', async () => {
    const ada = await person();
    const other = (await auth.login(ada.email)).body;
    expect((await auth.as(ada).post('/auth/logout', { allDevices: true })).status).toBe(204);
    expect([await profile(ada.token), await profile(other.accessToken)]).toEqual([401, 401]);
  });

  test('is told to everybody else, with what is left', async () => {
    const ada = await person();
    await auth.as(ada).post('/auth/logout');
    const { version, data } = await auth.until(() => auth.published.findLast(({ subject, version: at }) => subject === ada.id && at === 3));
    expect([version, (data as { sessions: unknown[] }).sessions]).toEqual([3, []]);
  });
});

describe('the list of sessions', () => {
  test('shows devices, newest first, and which one asks', async () => {
    const ada = await person();
    clock.advance(5000);
    const body = { email: ada.email, password: 'a purse full of 7 coins', deviceName: '  Phone ' };
    const phone = await auth.request('POST', '/auth/login', { body, headers: { 'x-client-address': '198.51.100.4' } });
    const { status, body: list } = await auth.as({ token: phone.body.accessToken }).get('/auth/sessions');
    expect(status).toBe(200);
    expect(list.nextCursor).toBeNull();
    expect(list.items).toMatchObject([
      { deviceName: 'Phone', ip: '198.51.100.4', current: true },
      { deviceName: null, ip: '127.0.0.1', current: false },
    ]);
    expect(Object.keys(list.items[0]).toSorted()).toEqual(['createdAt', 'current', 'deviceName', 'id', 'ip', 'lastUsedAt']);
  });

  test('comes in pages', async () => {
    const ada = await person();
    for (let n = 0; n < 4; n++) {
      clock.advance(1000);
      await auth.login(ada.email);
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await auth.as(ada).get(`/auth/sessions?limit=2&count=true${cursor && `&cursor=${cursor}`}`);
      expect(body.total).toBe(5);
      seen.push(...body.items.map(({ createdAt }: { createdAt: string }) => createdAt));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect((await auth.as(ada).get('/auth/sessions?cursor=nonsense')).status).toBe(400);
  });

  test('holds fifty; one more ends the one that was unused for longest', async () => {
    const ada = await person();
    clock.advance(1000);
    await Promise.all(Array.from({ length: 49 }, () => auth.login(ada.email)));
    expect(await profile(ada.token)).toBe(200);
    clock.advance(1000);
    const { body } = await auth.login(ada.email);
    expect(await profile(ada.token)).toBe(401);
    expect((await auth.as({ token: body.accessToken }).get('/auth/sessions?limit=200')).body.items).toHaveLength(50);
  });

  test('leaves out one that has been idle for too long', async () => {
    const ada = await person();
    await auth.login(ada.email);
    let { refreshToken } = ada;
    const listedAfter = async (ms: number): Promise<number> => {
      clock.advance(ms);
      const { body } = await refresh(refreshToken);
      ({ refreshToken } = body);
      return (await auth.as({ token: body.accessToken }).get('/auth/sessions')).body.items.length;
    };
    expect([await listedAfter(29 * day), await listedAfter(day - 1), await listedAfter(1)]).toEqual([2, 2, 1]);
  });

  test('lets one be ended, one of one’s own only', async () => {
    const ada = await person();
    const eve = await person();
    const { body } = await auth.login(ada.email);
    const other = body.refreshToken.split('.')[0];
    const [eveBefore, adaBefore] = [await personVersion(eve.id), await personVersion(ada.id)];
    const absent = await auth.as(eve).delete('/auth/sessions/nobody');
    const foreign = await auth.as(eve).delete(`/auth/sessions/${other}`);
    expect([foreign.status, { ...foreign.body, requestId: '' }]).toEqual([404, { ...absent.body, requestId: '' }]);
    expect(await profile(body.accessToken)).toBe(200);
    expect([await personVersion(eve.id), await personVersion(ada.id)]).toEqual([eveBefore, adaBefore]);
    expect((await auth.as(ada).delete(`/auth/sessions/${other}`)).status).toBe(204);
    expect(await profile(body.accessToken)).toBe(401);
    expect((await auth.as(ada).delete(`/auth/sessions/${other}`)).status).toBe(404);
    expect(await personVersion(ada.id)).toBe(adaBefore + 1);
  });
});

describe('a ticket', () => {
  test('names person and session, once, for 30 s', async () => {
    const ada = await person();
    const { status, body } = await auth.as(ada).post('/auth/ws-ticket');
    expect([status, body]).toEqual([200, { ticket: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 30 }]);
    const said = { userId: ada.id, sessionId: ada.refreshToken.split('.')[0] };
    expect(JSON.parse((await auth.cache.take(`ticket:${body.ticket}`)) ?? 'null')).toEqual(said);
    expect(await auth.cache.take(`ticket:${body.ticket}`)).toBeNull();
    const late = (await auth.as(ada).post('/auth/ws-ticket')).body.ticket;
    clock.advance(30_000);
    expect(await auth.cache.take(`ticket:${late}`)).toBeNull();
  });
});

test('everything that needs a session refuses without one', async () => {
  const calls: [string, string][] = [
    ['POST', '/auth/logout'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions/x'],
    ['POST', '/auth/ws-ticket'],
    ['GET', '/users/profile'],
    ['PUT', '/users/profile'],
    ['GET', '/internal/people/x'],
  ];
  for (const [method, path] of calls) expect(refused(await auth.request(method, path))).toEqual([401, 'unauthenticated']);
});
