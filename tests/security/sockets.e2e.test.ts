import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Frame, sendRequest } from '@commonpurse/shared/testing';
import { WebSocket } from 'ws';
import { eventually } from '../e2e/support/eventually.ts';
import { expense } from '../e2e/support/household.ts';
import { cleanUp } from '../e2e/support/launch.ts';
import { goLive, type Live } from '../e2e/support/live.ts';
import { password, type Person, signIn, signUp } from '../e2e/support/person.ts';
import { converse, written } from './support/converse.ts';
import { type Ground, ground } from './support/ground.ts';
import { clientFrame, fragments, rawSocket } from './support/raw-socket.ts';
import { resigned, signingKeyOf } from './support/tokens.ts';

/** Whose pages the operator lets in. */
const app = 'https://app.example';
let place: Ground;
let owner: Person;
let stranger: Person;

beforeAll(async () => {
  place = await ground({ ALLOWED_ORIGINS: app });
  ({ owner, stranger } = place.cast);
});
afterAll(cleanUp);

const doors: readonly (readonly [name: string, url: () => string])[] = [
  ['gateway', () => place.system.url],
  ['service', () => place.doors.service.notifications],
];

/** The status of an upgrade, 101 where it was let in. */
function upgraded(url: string, query: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws${query}`, 'commonpurse.v1', { headers });
    socket.on('unexpected-response', (_req, res) => resolve(res.statusCode!));
    socket.on('open', () => (socket.terminate(), resolve(101))).on('error', () => undefined);
  });
}
const aTicket = async (): Promise<string> => (await owner.post('/auth/ws-ticket')).body.ticket;

test('an open socket is ended with its token', async () => {
  const key = await signingKeyOf(place.system.dataDir);
  // long enough to open two sockets with it
  const short = resigned(owner.tokens.accessToken, key, { exp: Math.floor(Date.now() / 1000) + 10 });
  const open = await Promise.all(doors.map(([, url]) => goLive(url(), short)));
  expect(await Promise.all(open.map(({ closed }) => closed))).toEqual([4401, 4401]);
});

test('a page of the gateway itself may open one', async () => {
  const { origin } = new URL(place.system.url);
  expect(await upgraded(origin, `?ticket=${await aTicket()}`, { origin })).toBe(101);
});

describe.each(doors)('at the %s', (door, url) => {
  test('a page of elsewhere opens no socket, and spends no ticket', async () => {
    const port = new URL(url()).port;
    const ticket = await aTicket();
    const refused = async (origin: string, host: string): Promise<void> =>
      expect([origin, host, await upgraded(url(), `?ticket=${ticket}`, { origin, host })]).toEqual([origin, host, 403]);
    const others = ['https://evil.example', 'null', 'file://', 'http://localhost:1', `http://localhost:${port}`];
    const pages = [...others, app.replace('https', 'http'), `${app}:444`, `${app}.evil.example`];
    // a name that was made to lead here stands in the host, too
    const names = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '0.0.0.0'];
    // all at once: a ticket does not live long
    await Promise.all([
      ...pages.map((origin) => refused(origin, `127.0.0.1:${port}`)),
      ...names.map((name) => refused(`http://${name}:${port}`, `${name}:${port}`)),
    ]);
    expect(await upgraded(url(), `?ticket=${ticket}`, { origin: app })).toBe(101);
    expect(await upgraded(url(), `?ticket=${ticket}`, { origin: app })).toBe(401);
  });

  test('a program that is no browser says no origin, but who it is', async () => {
    expect(await upgraded(url(), '', { authorization: `Bearer ${owner.tokens.accessToken}` })).toBe(101);
    for (const query of ['', '?ticket=', '?ticket=x', `?ticket=${owner.tokens.accessToken}`, `?token=${owner.tokens.accessToken}`])
      expect([query, await upgraded(url(), query, {})]).toEqual([query, 401]);
  });

  test('who nobody knows is told so, whatever page it is', async () => {
    for (const query of ['', '?ticket=x', '?ticket=x&since=x'])
      expect([query, await upgraded(url(), query, { origin: 'https://evil.example' })]).toEqual([query, 401]);
  });

  test('an API key opens none', async () => {
    const { body } = await owner.post('/auth/api-keys', { name: 'live', scopes: ['records:read', 'notifications:read'] });
    // only the gateway knows what a key is
    expect(await upgraded(url(), '', { authorization: `Bearer ${body.key}` })).toBe(door === 'gateway' ? 403 : 401);
  });

  test('nobody names whose frames they want', async () => {
    const authorization = `Bearer ${stranger.tokens.accessToken}`;
    for (const query of [
      `?userId=${owner.id}`,
      `?user=${owner.id}`,
      `?topic=${owner.id}`,
      '?since=0&since=1',
      '?since[]=0',
      '?__proto__=x',
    ])
      expect([query, await upgraded(url(), query, { authorization })]).toEqual([query, 400]);
    const live = await goLive(url(), stranger.tokens.accessToken);
    const wishes = [
      { type: 'subscribe', userId: owner.id },
      { type: 'resume', since: 0, userId: owner.id },
      { type: 'hello', data: { userId: owner.id } },
      { type: '__proto__', since: 0 },
    ];
    for (const wish of wishes) live.send(wish);
    await eventually(
      async () => live.frames.filter(({ type }) => type === 'error').length,
      (errors) => errors === wishes.length,
    );
    await owner.post('/records', { ...expense, description: 'not for strangers' });
    const { body } = await stranger.post('/records', { ...expense, description: 'my own' });
    await live.frame(({ data }) => data.id === body.id);
    expect(live.frames.filter(({ type }) => type.startsWith('record.')).map(({ data }) => data.ownerId)).toEqual([stranger.id]);
    await live.close();
  });

  const ends: Readonly<Record<string, (leaving: Person) => Promise<unknown>>> = {
    'signing out': (leaving) => leaving.post('/auth/logout', {}),
    'signing out everywhere': async (leaving) => (await signIn(place.system, leaving.email)).post('/auth/logout', { allDevices: true }),
    'a new password elsewhere': async (leaving) =>
      (await signIn(place.system, leaving.email)).post('/auth/change-password', {
        currentPassword: password,
        newPassword: 'another horse battery staple',
      }),
    'a stolen refresh token': async ({ tokens: { refreshToken } }) => {
      const refresh = (body: object) => sendRequest(place.system.url, 'POST', '/auth/refresh', { body });
      const { body } = await refresh({ refreshToken });
      await refresh({ refreshToken: body.refreshToken });
      await refresh({ refreshToken });
    },
    'an administrator': async ({ id }) => {
      const token = await place.cast.credentials('admin', { admits: 'admin' }, 'gateway');
      const disabled = await sendRequest(place.system.url, 'PATCH', `/admin/users/${id}`, { token: token!, body: { status: 'disabled' } });
      expect(disabled.status).toBe(200);
    },
  };
  test.each(Object.keys(ends))('an open socket is told of, and ended by, %s', async (end) => {
    const leaving = await signUp(place.system, `${randomUUID()}@home.example`);
    const live = await goLive(url(), leaving.tokens.accessToken);
    await ends[end]!(leaving);
    expect(await live.closed).toBe(4401);
    expect(live.frames.at(-1)!.type).toBe('session.revoked');
  });

  const kiB = 1024;
  const broken: readonly (readonly [what: string, frames: () => readonly Buffer[], code: number])[] = [
    ['a message above 64 KiB', () => [clientFrame({ payload: Buffer.alloc(64 * kiB + 1, 'a') })], 1009],
    ['a message that says it has 4 GiB', () => [clientFrame({ payload: Buffer.alloc(10), length: 4 * 1024 ** 3 })], 1009],
    ['a length that no number holds', () => [clientFrame({ payload: Buffer.alloc(10), length: 2n ** 63n })], 1009],
    ['many fragments above it together', () => fragments(80, kiB), 1009],
    ['fragments without end of nothing', () => fragments(100_000, 0), 1008],
    ['binary, ten times', () => Array.from({ length: 10 }, () => clientFrame({ opcode: 2, payload: randomBytes(10) })), 4400],
    ['text that is none', () => [clientFrame({ payload: Buffer.from([0xff, 0xfe]) })], 1007],
    ['an unmasked frame', () => [clientFrame({ payload: Buffer.from('{}'), masked: false })], 1002],
    ['an unknown kind', () => [clientFrame({ opcode: 5, payload: Buffer.from('{}') })], 1002],
    ['compression that was not agreed', () => [clientFrame({ payload: Buffer.from('{}'), reserved: 4 })], 1002],
    ['a ping of 126 bytes', () => [clientFrame({ opcode: 9, payload: Buffer.alloc(126) })], 1002],
    ['a ping in fragments', () => [clientFrame({ opcode: 9, payload: Buffer.alloc(1), final: false })], 1002],
    ['a continuation of nothing', () => [clientFrame({ opcode: 0, payload: Buffer.from('{}') })], 1002],
  ];
  test.each(broken)('%s ends it', async (_what, frames, code) => {
    const socket = await rawSocket(url(), owner.tokens.accessToken);
    // at once: who is still writing when the other side has gone may lose what it was told
    socket.write(Buffer.concat(frames()));
    expect(await socket.closeCode).toBe(code);
  });

  test('a depth of 10,000, and names of every object, are an error frame and no more', async () => {
    const live: Live = await goLive(url(), owner.tokens.accessToken);
    const texts = [
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      '{"__proto__":{"type":"ping"}}',
      '{"type":"ping","constructor":1}',
      'null',
    ];
    for (const text of texts) live.send(text);
    await eventually(
      async () => live.frames.filter(({ type }: Frame) => type === 'error').length,
      (errors) => errors === texts.length,
    );
    live.send({ type: 'ping' });
    await live.frame(({ type }) => type === 'pong');
    await live.close();
  });

  test('what follows an upgrade is no request, with a body neither', async () => {
    const hidden = written('GET /internal/openapi.json HTTP/1.1', [`Authorization: Bearer ${owner.tokens.accessToken}`]);
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version: 13',
    ];
    for (const length of [[], ['Content-Length: 5'], [`Content-Length: ${hidden.length}`]]) {
      const headers = [...upgrade, ...length, `Authorization: Bearer ${owner.tokens.accessToken}`];
      const heard = await converse(url(), written('GET /ws HTTP/1.1', headers) + hidden);
      expect(heard).toMatchObject({ statuses: [101], ended: true });
    }
  });

  test('an upgrade that is refused opens no way past', async () => {
    const bearer = `Authorization: Bearer ${owner.tokens.accessToken}`;
    const websocket = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
    const hidden = written('GET /internal/openapi.json HTTP/1.1', [bearer]);
    const tries = [
      ['/ws', ...websocket, bearer, 'Sec-WebSocket-Version: 777'],
      ['/ws', ...websocket, bearer],
      ['/ws', ...websocket.slice(0, 2), bearer, 'Sec-WebSocket-Version: 13'],
      ['/ws', ...websocket, 'Sec-WebSocket-Version: 13'],
      ['/ws?topic=x', ...websocket, bearer, 'Sec-WebSocket-Version: 13'],
      ['/records', ...websocket, bearer, 'Sec-WebSocket-Version: 13'],
      ['/internal/openapi.json', ...websocket, bearer, 'Sec-WebSocket-Version: 13'],
      ['/ws/../internal', ...websocket, bearer, 'Sec-WebSocket-Version: 13'],
      // to the gateway no upgrade, after which it would listen on
      ['/ws', 'Connection: Upgrade, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__', bearer],
    ];
    for (const [path, ...headers] of tries) {
      const heard = await converse(url(), written(`GET ${path} HTTP/1.1`, headers) + hidden);
      expect({ path, headers, statuses: heard.statuses, ended: heard.ended }).toEqual({
        path,
        headers,
        statuses: [heard.statuses.find((status) => status >= 400 && status < 500)],
        ended: true,
      });
    }
  });
});
