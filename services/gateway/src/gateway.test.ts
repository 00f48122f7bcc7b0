import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { openApiOf } from '@commonpurse/shared/http';
import { type Clock, loadConfig, PeerUnavailable, type Peers, type Service, systemClock } from '@commonpurse/shared/service';
import { createFakeAuth, type FakeAuth, fakeClock, sendRequest, type TestAnswer, type TestCall } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import { GatewayConfig } from './config.ts';
import { createGatewayService } from './service.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Backend {
  readonly url: string;
  readonly seen: Seen[];
  readonly server: Server;
}
/** A service behind the gateway: a plain server that remembers what it was told. */
async function backend(answer: (res: ServerResponse, req: IncomingMessage) => void = (res) => void res.end('{}')): Promise<Backend> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      seen.push({ method: req.method!, url: req.url!, headers: req.headers, body: Buffer.concat(chunks).toString() });
      answer(res, req);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

/** Notifications, which tell whoever opens a socket what came with it. */
async function socketBackend(): Promise<Backend> {
  const notifications = await backend();
  const sockets = new WebSocketServer({ server: notifications.server });
  sockets.on('connection', (socket, { url, headers }) =>
    socket.send(JSON.stringify([url, headers['x-client-address'], headers['x-user-id'], headers.origin, headers.host])),
  );
  closing.push(async () => sockets.close());
  return notifications;
}

interface Gateway {
  readonly service: Service;
  readonly url: string;
  readonly auth: FakeAuth;
  /** What it logs of a request, once it does. */
  logged(requestId: string): Promise<Record<string, unknown>>;
  call(method: string, path: string, call?: TestCall): Promise<TestAnswer>;
}
async function gateway(
  backends: Record<string, readonly string[]>,
  env: Record<string, string> = {},
  clock: Clock = systemClock,
): Promise<Gateway> {
  const cache = createMemoryCache({ clock });
  const auth = await createFakeAuth({ cache, clock });
  const get = async (service: string, path: string): Promise<unknown> => {
    if (!auth.available) throw new PeerUnavailable(service);
    return path === '/internal/openapi.json' ? openApiOf({ name: service, endpoints: [] }) : auth.answer(path);
  };
  const lines: Record<string, unknown>[] = [];
  const written = new EventEmitter();
  const write = (text: string): void => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    written.emit('line');
  };
  const logged = async (requestId: string): Promise<Record<string, unknown>> => {
    const line = lines.find((one) => one['requestId'] === requestId && 'status' in one);
    return line ?? once(written, 'line').then(async () => logged(requestId));
  };
  const service = createGatewayService({
    config: loadConfig(GatewayConfig, env),
    cache,
    localCache: createMemoryCache({ clock }),
    peers: { get } as unknown as Peers,
    urls: (name) => backends[name] ?? [],
    clock,
    log: pino({ level: 'debug' }, { write }),
  });
  const { url } = await service.listen({ host: '127.0.0.1', port: 0 });
  await service.start();
  closing.push(() => service.stop());
  return { service, url, auth, logged, call: (method, path, call) => sendRequest(url, method, path, call) };
}

describe('the log', () => {
  test('names a request that the gateway itself has refused, for no service knows of it', async () => {
    const { call, logged, auth } = await gateway({});
    const { token } = await auth.user();
    await call('GET', '/nothing', { headers: { 'x-request-id': 'lost' } });
    expect(await logged('lost')).toMatchObject({ level: 30, service: 'gateway', msg: 'refused', status: 404, code: 'not-found' });
    await call('GET', '/records//x', { headers: { 'x-request-id': 'odd' } });
    expect(await logged('odd')).toMatchObject({ level: 30, msg: 'refused', status: 400 });
    await call('GET', '/records', { token, headers: { 'x-request-id': 'away' } });
    expect(await logged('away')).toMatchObject({ level: 40, route: 'records', status: 503, code: 'service-unavailable' });
  });

  test('names what a service has answered, and what comes in floods, to who looks closely', async () => {
    const records = await backend((res) => void res.writeHead(404).end('{}'));
    const { call, logged } = await gateway({ records: [records.url] }, { RATE_LIMIT_ADDRESS: '3' });
    await call('GET', '/records/x', { headers: { 'x-request-id': 'proxied' } });
    expect(await logged('proxied')).toMatchObject({ level: 20, route: 'records', status: 404 });
    await call('GET', '/health/live', { headers: { 'x-request-id': 'alive' } });
    expect(await logged('alive')).toMatchObject({ level: 20, route: 'gateway', status: 200 });
    await call('GET', '/records', { token: 'nonsense', headers: { 'x-request-id': 'forged' } });
    expect(await logged('forged')).toMatchObject({ level: 20, status: 401 });
    await call('GET', '/records');
    await call('GET', '/records', { headers: { 'x-request-id': 'too-many' } });
    expect(await logged('too-many')).toMatchObject({ level: 20, status: 429 });
  });
});

describe('proxying', () => {
  test('passes the request on with what the gateway vouches for, and the answer back', async () => {
    const records = await backend((res) => {
      res.writeHead(201, { Location: '/records/1', ETag: '"1"', 'Content-Type': 'application/json', 'X-Request-Id': 'not-mine' });
      res.end('{"id":"1"}');
    });
    const { call, auth } = await gateway({ records: [records.url] });
    const { token } = await auth.user();
    const headers = {
      'x-request-id': 'mine',
      'x-user-id': 'evil',
      'x-forwarded-for': '6.6.6.6',
      'idempotency-key': 'k',
      connection: 'x-client-address',
    };
    const answer = await call('POST', '/records?x=1', { token, body: { a: 1 }, headers });
    expect(answer).toMatchObject({
      status: 201,
      body: { id: '1' },
      headers: { location: '/records/1', etag: '"1"', 'x-request-id': 'mine', 'x-content-type-options': 'nosniff' },
    });
    expect(records.seen).toHaveLength(1);
    expect(records.seen[0]).toMatchObject({
      method: 'POST',
      url: '/records?x=1',
      body: '{"a":1}',
      headers: { authorization: `Bearer ${token}`, 'x-request-id': 'mine', 'idempotency-key': 'k', 'x-client-address': '127.0.0.1' },
    });
    expect(Object.keys(records.seen[0]!.headers)).not.toEqual(expect.arrayContaining(['x-user-id']));
    expect(records.seen[0]!.headers).not.toHaveProperty('x-forwarded-for');
  });
  test('strips spoofed identity also from a request that asks to continue first', async () => {
    const records = await backend();
    const { url } = await gateway({ records: [records.url] });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      'POST /records HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nX-Client-Address: 6.6.6.6\r\nX-User-Id: evil\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    );
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toContain('HTTP/1.1 200');
    expect(records.seen[0]!.headers).toMatchObject({ 'x-client-address': '127.0.0.1' });
    expect(records.seen[0]!.headers).not.toHaveProperty('x-user-id');
  });
  test('takes turns between instances and passes over one that is down', async () => {
    const healthy = (res: ServerResponse): void => void res.end(JSON.stringify({ name: 'records', ready: true, parts: {} }));
    const [one, three] = [await backend(healthy), await backend(healthy)];
    const { call } = await gateway({ records: [one.url, 'http://127.0.0.1:1', three.url] });
    const statuses: number[] = [];
    for (let n = 0; n < 9; n += 1) statuses.push((await call('GET', '/records')).status);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    // Whose turn the one that is down would have had depends on who has found it so by then.
    const asked = [one, three].map(({ seen }) => seen.filter(({ url }) => url === '/records').length);
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(3);
  });
  test('answers 503 with Retry-After for a service that is away, and goes on for the others', async () => {
    const budgets = await backend();
    const { call } = await gateway({ budgets: [budgets.url], records: ['http://127.0.0.1:1'] });
    for (const path of ['/records', '/notifications']) {
      expect(await call('GET', path)).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
        body: { code: 'service-unavailable' },
      });
    }
    expect((await call('GET', '/budgets')).status).toBe(200);
  });
  test('cuts the connection when a service dies in the middle of an answer', async () => {
    const records = await backend((res) => {
      res.writeHead(200, { 'Content-Length': 1000 });
      res.write('half');
      setImmediate(() => res.destroy());
    });
    const { call } = await gateway({ records: [records.url] });
    await expect(call('GET', '/records')).rejects.toThrow();
  });
  test('routes nothing to /internal and nothing that can be read in two ways', async () => {
    const records = await backend();
    const { call } = await gateway({ records: [records.url] });
    expect(await call('GET', '/internal/changes')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    for (const path of ['/records/../internal/changes', '/records/%2e%2e/internal', '//records', '/records%2f..', '/records#x']) {
      expect(await call('GET', path)).toMatchObject({ status: 400, body: { errors: [{ code: 'ambiguous-path' }] } });
    }
    expect(records.seen).toEqual([]);
  });
  test('takes no request that is for two hosts', async () => {
    const records = await backend();
    const { url } = await gateway({ records: [records.url] });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /records HTTP/1.1\r\nHost: purse.example\r\nhost: evil.example\r\nConnection: close\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 [^]*"header-invalid"/);
    expect(records.seen).toEqual([]);
  });
  test('refuses bodies above the limits by their length alone', async () => {
    const records = await backend();
    const { call } = await gateway({ records: [records.url] }, { MAX_UPLOAD_BYTES: String(2 * 1024 * 1024) });
    const raw = Buffer.alloc(1024 * 1024 + 1, 'a');
    expect(await call('POST', '/records', { raw })).toMatchObject({ status: 413, body: { code: 'too-large' } });
    expect(await call('POST', '/records/bulk-import', { raw })).toMatchObject({ status: 200 });
    // a file of exactly the limit with the longest options that records takes
    const largest = 2 * 1024 * 1024 + 128 * 1024;
    expect(await call('POST', '/records/bulk-import', { raw: Buffer.alloc(largest) })).toMatchObject({ status: 200 });
    expect(await call('POST', '/records/bulk-import', { raw: Buffer.alloc(largest + 1) })).toMatchObject({ status: 413 });
  });
});

test('an upload that is refused at the door is heard out', async () => {
  const { url, auth } = await gateway({ records: ['http://127.0.0.1:1'] });
  const { token } = await auth.user();
  const upload = async (authorization: string): Promise<string> => {
    const size = 40 * 1024 * 1024;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const head = `POST /records/bulk-import HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`;
    // as many clients do: it listens when it has sent everything, and not before
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(size)]), (error) => (error ? reject(error) : resolve()));
    });
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString().slice(0, 12);
  };
  expect(await upload('Bearer nonsense')).toBe('HTTP/1.1 401');
  expect(await upload(`Bearer ${token}`)).toBe('HTTP/1.1 503');
});

describe('identity', () => {
  test('turns a bad token away at the door, but not from what anyone may call', async () => {
    const [records, auth] = [await backend(), await backend()];
    const { call } = await gateway({ records: [records.url], auth: [auth.url] });
    for (const authorization of ['Bearer nonsense', 'Basic eDp5', 'Bearer', 'Bearer a b']) {
      expect(await call('GET', '/records', { headers: { authorization } })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: { code: 'unauthenticated' },
      });
    }
    expect((await call('POST', '/auth/login', { token: 'nonsense', body: {} })).status).toBe(200);
    for (const path of ['/docs', '/openapi.json', '/problems/unauthenticated', '/health/live'])
      expect((await call('GET', path, { token: 'expired' })).status).toBe(200);
    expect(records.seen).toEqual([]);
  });
  test('leaves the decision to the service while nobody can say whose token it is', async () => {
    const records = await backend();
    const system = await gateway({ records: [records.url] });
    const { token } = await system.auth.user();
    system.auth.available = false;
    expect((await system.call('GET', '/records', { token })).status).toBe(200);
  });
});

describe('limits', () => {
  test('count a user by name and a stranger by address, and say what is left', async () => {
    const records = await backend();
    const { call, auth } = await gateway({ records: [records.url] }, { RATE_LIMIT_USER: '60,2', RATE_LIMIT_ADDRESS: '60,1' }, fakeClock());
    const [ann, bob] = [await auth.user(), await auth.user()];
    const statuses: number[] = [];
    for (const token of [ann.token, ann.token, ann.token, bob.token]) statuses.push((await call('GET', '/records', { token })).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
    expect((await call('GET', '/records')).headers['ratelimit']).toBe('"address";r=0;t=1');
    const refused = await call('GET', '/records', { headers: { 'x-forwarded-for': '1.2.3.4' } });
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'rate-limited' },
      headers: { 'retry-after': '1', 'ratelimit-policy': '"address";q=60;w=60' },
    });
    // so is a path that nobody can make sense of
    expect((await call('GET', '/records/../x')).status).toBe(429);
    // what a guessed token costs is counted before it is judged
    expect((await call('GET', '/records', { token: 'guess' })).status).toBe(429);
  });
  test('are told, and not touched, by what is free: whether it lives, and whether a browser may ask', async () => {
    const origin = 'https://app.example';
    const { call } = await gateway({}, { RATE_LIMIT_ADDRESS: '60,1', RATE_LIMIT_AUTH: '10,60', ALLOWED_ORIGINS: origin }, fakeClock());
    const left = async (method: string, path: string, headers: Record<string, string> = {}): Promise<unknown> => {
      const answer = await call(method, path, { headers });
      return [answer.status, answer.headers['ratelimit'], answer.headers['ratelimit-policy']];
    };
    const preflight = { origin, 'access-control-request-method': 'POST' };
    const policy = '"address";q=60;w=60';
    expect(await left('GET', '/health/live')).toEqual([200, '"address";r=1;t=0', policy]);
    expect(await left('OPTIONS', '/records', preflight)).toEqual([204, '"address";r=1;t=0', policy]);
    expect(await left('OPTIONS', '/auth/login', preflight)).toEqual([204, '"auth";r=60;t=0', '"auth";q=60;w=60']);
    expect(await left('GET', '/docs')).toEqual([200, '"address";r=0;t=1', policy]);
    expect(await left('GET', '/health/live')).toEqual([200, '"address";r=0;t=1', policy]);
    expect(await left('OPTIONS', '/records', { ...preflight, origin: 'https://evil.example' })).toEqual([403, '"address";r=0;t=1', policy]);
    // what no browser asks by itself is a call like any other
    for (const half of [{}, { origin }, { 'access-control-request-method': 'POST' }])
      expect(await left('OPTIONS', '/records', half)).toEqual([429, '"address";r=0;t=1', policy]);
    expect(await left('GET', '/records', preflight)).toEqual([429, '"address";r=0;t=1', policy]);
  });
  test('believe X-Forwarded-For only from trusted proxies', async () => {
    const records = await backend();
    const limits = { RATE_LIMIT_ADDRESS: '60,1', TRUSTED_PROXIES: '127.0.0.1' };
    const { call } = await gateway({ records: [records.url] }, limits, fakeClock());
    const from = async (address: string): Promise<number> =>
      (await call('GET', '/records', { headers: { 'x-forwarded-for': address } })).status;
    expect([
      await from('198.51.100.1'),
      await from('198.51.100.2'),
      await from('198.51.100.1'),
      await from('2001:db8::1'),
      await from('2001:db8::2'),
    ]).toEqual([200, 200, 429, 200, 429]);
    expect(records.seen[0]!.headers['x-client-address']).toBe('198.51.100.1');
  });
});

describe('browsers', () => {
  const origin = 'https://app.example';
  test('of an allowed origin are answered, those of others are not', async () => {
    const { call } = await gateway({}, { ALLOWED_ORIGINS: origin });
    const preflight = { origin, 'access-control-request-method': 'PUT' };
    expect(await call('OPTIONS', '/records', { headers: preflight })).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': origin, 'access-control-allow-methods': expect.stringContaining('PUT') },
    });
    expect(await call('OPTIONS', '/records', { headers: { ...preflight, origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
      body: { code: 'origin-not-allowed' },
    });
    const evil = await call('GET', '/health/live', { headers: { origin: 'https://evil.example' } });
    expect(evil.status).toBe(200);
    expect(evil.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await call('GET', '/health/live', { headers: { origin } })).headers).toMatchObject({
      'access-control-allow-origin': origin,
      vary: 'Origin',
    });
  });
  test('get the documentation whole from here', async () => {
    const { call } = await gateway({});
    const page = await call('GET', '/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const linked = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1]!);
    expect(linked).toHaveLength(4);
    for (const path of linked) expect((await call('GET', path)).text.length).toBeGreaterThan(100);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    const problem = await call('GET', '/problems/version-mismatch');
    expect(problem).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(problem.headers['content-security-policy']).toContain("style-src 'self';");
    expect(await call('GET', '/problems/nonsense')).toMatchObject({ status: 404, headers: { 'x-content-type-options': 'nosniff' } });
    for (const path of ['/openapi.json', '/docs'])
      for (const method of ['POST', 'OPTIONS'])
        expect(await call(method, path)).toMatchObject({
          status: 405,
          headers: { allow: 'GET, HEAD' },
          body: { code: 'method-not-allowed' },
        });
    expect(Object.keys((await call('GET', '/openapi.json')).body.paths)).toContain('/health/ready');
  });
  test.each([
    ['/docs/', '/docs'],
    ['/docs/?x=/', '/docs?x=/'],
    ['/verify-email/?token=secret', '/verify-email?token=secret'],
    ['/problems/version-mismatch/', '/problems/version-mismatch'],
  ])('that add a slash to a page, %s, are led to it', async (path, page) => {
    const { call } = await gateway({});
    for (const method of ['GET', 'HEAD'])
      expect(await call(method, path)).toMatchObject({ status: 308, headers: { location: page }, text: '' });
    expect((await call('GET', page)).status).toBe(200);
  });
  test.each(['/openapi.json/', '/docs/start.js/', '/docs/a/', '/docs//', '//docs/', '//evil.example/', '/problems/'])(
    'that add a slash to what is no page, %s, are led nowhere',
    async (path) => {
      const { call } = await gateway({});
      const { status, headers } = await call('GET', path);
      expect([400, 404]).toContain(status);
      expect(headers).not.toHaveProperty('location');
    },
  );
  test.each(['/verify-email', '/reset-password', '/login'])(
    'following the link of a mail to %s find a page that does nothing by itself',
    async (path) => {
      const auth = await backend();
      const { call } = await gateway({ auth: [auth.url] });
      const page = await call('GET', `${path}?token=secret`);
      expect(page).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' },
      });
      expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; .*form-action 'none';/);
      expect(page.text).not.toContain('secret');
      const linked = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1]!);
      expect(linked).toContain('/pages/page.css');
      for (const each of linked) expect((await call('GET', each)).status).toBe(200);
      expect(auth.seen).toEqual([]);
    },
  );
});

describe('health', () => {
  test('names every service and its state', async () => {
    const health = (ready: boolean) => (res: ServerResponse) =>
      void res.writeHead(ready ? 200 : 503).end(JSON.stringify({ name: 'x', ready, parts: { store: ready ? 'ok' : 'full' } }));
    const [up, down] = [await backend(health(true)), await backend(health(false))];
    const all = { auth: [up.url], records: [up.url], budgets: [up.url], notifications: [up.url] };
    expect(await (await gateway(all)).call('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', services: { auth: { ready: true, parts: { store: 'ok' } } } },
    });
    const broken = await gateway({ ...all, records: [down.url, up.url], budgets: [down.url], notifications: [] });
    expect(await broken.call('GET', '/health/ready')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: {
        status: 'not-ready',
        services: {
          records: { ready: true, instances: { 'records-1': { ready: false, parts: { store: 'full' } }, 'records-2': { ready: true } } },
          budgets: { ready: false, parts: { store: 'full' } },
          notifications: { ready: false, parts: { service: 'does not answer' } },
        },
      },
    });
    expect(await broken.call('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await broken.service.health()).toEqual({ name: 'gateway', ready: true, parts: { cache: 'ok' } });
    expect(await broken.service.metrics.metrics()).toContain('dependency_up{dependency="cache",service="gateway"} 1');
  });
  test('is asked of a service once for all who want to know meanwhile: nobody counts how often they do', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const service = await backend((res) => void promise.then(() => res.end(JSON.stringify({ name: 'auth', ready: true, parts: {} }))));
    const { call, service: door } = await gateway({ auth: [service.url], records: [], budgets: [], notifications: [] });
    const allCame = Promise.withResolvers<void>();
    let coming = 50;
    door.server.on('request', () => (coming -= 1) === 0 && allCame.resolve());
    const asked = Array.from({ length: coming }, () => call('GET', '/health/ready'));
    await allCame.promise;
    // goes the same way behind them
    await call('GET', '/health/live');
    expect(service.seen).toHaveLength(1);
    resolve();
    expect(new Set((await Promise.all(asked)).map(({ body }) => body.services.auth.ready))).toEqual(new Set([true]));
    await call('GET', '/health/ready');
    expect(service.seen).toHaveLength(2);
  });
});

describe('upgrades', () => {
  const open = (url: string, headers: Record<string, string> = {}): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace('http', 'ws'), { headers });
      socket.on('message', (data: Buffer) => {
        resolve(data.toString());
        socket.terminate();
      });
      socket.on('unexpected-response', (_req, res) => resolve(String(res.statusCode)));
      socket.on('error', () => resolve('error'));
    });
  test('reach notifications, which judges whose page it is, with the gateway as witness', async () => {
    const notifications = await socketBackend();
    const { url } = await gateway({ notifications: [notifications.url] });
    const through = (origin: string | null, host = new URL(url).host): string =>
      JSON.stringify(['/ws?ticket=t', '127.0.0.1', null, origin, host]);
    expect(await open(`${url}/ws?ticket=t`, { 'x-user-id': 'evil', 'x-client-address': '6.6.6.6' })).toBe(through(null));
    const [origin, host] = ['https://app.example', 'money.example'];
    expect(await open(`${url}/ws?ticket=t`, { origin, host })).toBe(through(origin, host));
    expect(await open(`${url}/records`)).toBe('404');
    expect(await open(`${url}/ws`, { authorization: 'Bearer nonsense' })).toBe('401');
  });
  test.each([
    ['GET', 'h2c'],
    ['POST', 'h2c'],
    ['POST', 'websocket'],
  ])('are only for sockets: a %s that offers %s is answered as if it did not', async (method, upgrade) => {
    const records = await backend();
    const { call, auth } = await gateway({ records: [records.url] });
    const { token } = await auth.user();
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade, 'http2-settings': 'AAMAAABkAAQAAP__' };
    const body = method === 'POST' ? { a: 1 } : undefined;
    expect(await call(method, '/records', { token, headers, body })).toMatchObject({ status: 200, body: {} });
    expect(records.seen).toMatchObject([{ method, url: '/records', body: body ? '{"a":1}' : '' }]);
    expect(records.seen[0]!.headers).not.toHaveProperty('upgrade');
  });
  test('are answered with what the door says, whoever answers', async () => {
    const [sockets, none] = [await socketBackend(), await backend((res) => void res.writeHead(401, { 'X-Request-Id': 'not-mine' }).end())];
    const headersAt = async (notifications: Backend): Promise<unknown[]> => {
      const { url } = await gateway({ notifications: [notifications.url] });
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { 'x-request-id': 'mine' } });
      const answer = await new Promise<IncomingMessage>((resolve) => {
        socket.on('upgrade', (res) => socket.once('open', () => resolve(res)));
        socket.on('unexpected-response', (_req, res) => resolve(res));
        socket.on('error', () => {});
      });
      socket.terminate();
      const { 'x-request-id': requestId, ratelimit, 'x-content-type-options': types } = answer.headers;
      return [answer.statusCode, requestId, ratelimit, types];
    };
    const said = ['mine', expect.stringMatching(/^"address";r=/), 'nosniff'];
    expect(await headersAt(sockets)).toEqual([101, ...said]);
    expect(await headersAt(none)).toEqual([401, ...said]);
  });
  /** The first that is answered to an upgrade with these lines. */
  async function asked(...lines: string[]): Promise<string> {
    const notifications = await socketBackend();
    const { url } = await gateway({ notifications: [notifications.url] });
    const { hostname, port } = new URL(url);
    const client = connect(Number(port), hostname);
    const common = ['Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: c2l4dGVlbiBieXRlcyE9PQ=='];
    client.write(['GET /ws HTTP/1.1', ...lines, ...common, '', ''].join('\r\n'));
    const [answer] = (await once(client, 'data')) as [Buffer];
    client.destroy();
    return answer.toString();
  }
  test('that are refused cost nothing once who asked is gone, whatever was said behind the question', async () => {
    const { url, service } = await gateway({});
    const connected = once(service.server, 'connection') as Promise<[Socket]>;
    const client = connect(Number(new URL(url).port), '127.0.0.1').resume();
    client.end('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer x\r\n\r\nmore');
    const [socket] = await connected;
    await once(socket, 'close');
    expect(socket.bytesWritten).toBeGreaterThan(0);
  });
  test('are for one host', async () => {
    const answer = await asked('Host: one', 'Host: two', 'Upgrade: websocket');
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"header-invalid"/s);
  });
  test('are offered in any case', async () => {
    expect(await asked('Host: one', 'Upgrade: WebSocket')).toMatch(/^HTTP\/1\.1 101 /);
  });
  test('are counted, and answered 503 with Retry-After where notifications are away', async () => {
    const { url } = await gateway({ notifications: ['http://127.0.0.1:1'] }, { RATE_LIMIT_ADDRESS: '60,1' }, fakeClock());
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?ticket=t`, { headers: { 'x-request-id': 'mine' } });
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    const type = { 'content-type': 'application/problem+json' };
    const headers = { ...type, 'retry-after': '1', 'x-request-id': 'mine', ratelimit: '"address";r=0;t=1' };
    expect(answer).toMatchObject({ statusCode: 503, headers });
    const problem = JSON.parse(Buffer.concat(await answer.toArray()).toString()) as unknown;
    expect(problem).toMatchObject({ code: 'service-unavailable', requestId: 'mine' });
    expect(await open(`${url}/ws?ticket=t`)).toBe('429');
  });
  test('are answered 503 where nobody knows of notifications, or they hang up on the question', async () => {
    const { url: early } = await gateway({});
    expect(await open(`${early}/ws?ticket=t`)).toBe('503');
    const notifications = await backend();
    notifications.server.on('upgrade', (_req, socket) => socket.destroy());
    const { url } = await gateway({ notifications: [notifications.url] });
    expect(await open(`${url}/ws?ticket=t`)).toBe('503');
  });
});

test('stopping lets what is running finish and says goodbye to the rest', async () => {
  const started = Promise.withResolvers<ServerResponse>();
  const [records, notifications] = [await backend((res) => started.resolve(res)), await socketBackend()];
  const { service, call, url } = await gateway({ records: [records.url], notifications: [notifications.url] });
  const running = call('GET', '/records');
  const held = await started.promise;
  const live = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  await once(live, 'open');
  const stopped = service.stop();
  expect(service.ready).toBe(false);
  held.end('{"late":true}');
  expect((await running).body).toBe('{"late":true}');
  await stopped;
  expect(service.server.listening).toBe(false);
  expect([WebSocket.CLOSING, WebSocket.CLOSED]).toContain(live.readyState);
});

test('stopping begins nothing new, for that would be cut off: it is refused with 503, and whoever balances gateways sees why', async () => {
  const started = Promise.withResolvers<ServerResponse>();
  const records = await backend((res) => (records.seen.length > 1 ? res.end('{}') : started.resolve(res)));
  const well = await backend((res) => void res.end('{"name":"x","ready":true,"parts":{}}'));
  const others = { auth: [well.url], budgets: [well.url], notifications: [well.url] };
  const { service, call, auth } = await gateway({ records: [records.url], ...others });
  const { token } = await auth.user();
  const running = call('POST', '/records', { token, body: {} });
  const held = await started.promise;
  const stopped = service.stop();
  expect(await call('POST', '/records', { token, body: {} })).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1', connection: 'close', 'content-type': 'application/problem+json', 'ratelimit-policy': expect.anything() },
    body: { code: 'service-unavailable', detail: 'The gateway is stopping' },
  });
  expect(records.seen).toHaveLength(1);
  expect(await call('GET', '/budgets', { token })).toMatchObject({ status: 503 });
  expect(await call('GET', '/health/live')).toMatchObject({ status: 200 });
  held.writeHead(201).end('{"late":true}');
  expect(await running).toMatchObject({ status: 201, body: '{"late":true}' });
  await stopped;
});

test('a gateway that is stopping is not ready, however well the services are', async () => {
  const well = await backend((res, { url }) =>
    url === '/records' ? held.resolve(res) : void res.end('{"name":"x","ready":true,"parts":{}}'),
  );
  const held = Promise.withResolvers<ServerResponse>();
  const all = Object.fromEntries(['auth', 'records', 'budgets', 'notifications'].map((name) => [name, [well.url]]));
  const { service, call } = await gateway(all);
  expect(await call('GET', '/health/ready')).toMatchObject({ status: 200 });
  const running = call('GET', '/records');
  const answer = await held.promise;
  const stopped = service.stop();
  expect(await call('GET', '/health/ready')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { status: 'not-ready', services: { gateway: { ready: false, parts: { service: 'is stopping' } }, auth: { ready: true } } },
  });
  answer.end();
  await Promise.all([running, stopped]);
});
