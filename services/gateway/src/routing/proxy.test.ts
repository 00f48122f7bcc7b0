import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fakeClock } from '@commonpurse/shared/testing';
import { createServiceProxy } from './proxy.ts';
import { createTargets } from './targets.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

interface Door {
  readonly url: URL;
  /** What the passages that are over came to, in the order of their end. */
  readonly outcomes: Promise<unknown>[];
}
/** A door that hands everything to this service. */
async function door(service: RequestListener, answerTimeoutMs = 30_000): Promise<Door> {
  const { origin } = await listen(service);
  const proxy = createServiceProxy({ targets: createTargets(() => [origin], fakeClock()), answerTimeoutMs });
  closing.push(() => proxy.close());
  const outcomes: Promise<unknown>[] = [];
  const front = await listen((req, res) => {
    const visitor = { requestId: 'r', address: '203.0.113.9', path: '/', headers: ['X-Own', 'yes'] };
    const passed = proxy.forward(req, res, visitor, 'records');
    outcomes.push(
      passed.then(
        () => 'over',
        (error: unknown) => error,
      ),
    );
    passed.catch(() => void (res.headersSent || res.writeHead(500).end()));
  });
  return { url: front, outcomes };
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
/** Tells method, framing and body of what arrived. */
const echo = (req: IncomingMessage, res: ServerResponse): void => {
  void readAll(req).then((body) => {
    const { 'content-length': length = null, 'transfer-encoding': encoding = null } = req.headers;
    res.end(JSON.stringify({ method: req.method, length, encoding, body }));
  });
};
async function call(url: URL, method: string, body: readonly string[] = [], headers: Record<string, string> = {}) {
  const sent = request(url, { method, headers, agent: false });
  for (const part of body) sent.write(part);
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await readAll(answer) };
}

describe('a request is handed on', () => {
  test('with the body it came with, framed as it came', async () => {
    const { url, outcomes } = await door(echo);
    const told = async (...given: Parameters<typeof call> extends [URL, ...infer Rest] ? Rest : never) =>
      JSON.parse((await call(url, ...given)).text) as unknown;
    expect(await told('POST', ['ab', 'cd'])).toEqual({ method: 'POST', length: null, encoding: 'chunked', body: 'abcd' });
    expect(await told('POST', ['abcd'], { 'content-length': '4' })).toEqual({ method: 'POST', length: '4', encoding: null, body: 'abcd' });
    expect(await told('POST', [], { 'content-length': '0' })).toEqual({ method: 'POST', length: '0', encoding: null, body: '' });
    expect(await told('DELETE')).toMatchObject({ method: 'DELETE', encoding: null, body: '' });
    expect(await Promise.all(outcomes)).toEqual(['over', 'over', 'over', 'over']);
  });
  test('and the answer back, without a body where there is none', async () => {
    const { url } = await door((req, res) => void res.writeHead(Number(req.url!.slice(1)), { ETag: '"1"', 'X-Own': 'no' }).end());
    for (const status of [204, 304, 200]) {
      const answer = await call(new URL(`/${status}`, url), 'GET');
      expect(answer).toMatchObject({ status, text: '', headers: { etag: '"1"', 'x-own': 'yes' } });
    }
    expect((await call(new URL('/200', url), 'HEAD')).status).toBe(200);
  });
  test('whole and unchanged, however much it is and however slowly it is taken', async () => {
    const part = 'x'.repeat(64 * 1024);
    const { url } = await door((req, res) => void req.pipe(res));
    const answer = await call(
      url,
      'POST',
      Array.from({ length: 64 }, () => part),
    );
    expect(answer.text).toHaveLength(64 * part.length);
  });
  test('also to a client that knows no chunks', async () => {
    const { url } = await door((_req, res) => {
      res.write('in ');
      res.end('parts');
    });
    const socket = connect(Number(url.port), url.hostname);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/\r\nconnection: close\r\n([^]*\r\n)?\r\nin parts$/i);
  });
});

describe('a passage that fails', () => {
  test('before the answer says why: the service is silent', async () => {
    const { url, outcomes } = await door(() => {}, 30);
    expect((await call(url, 'GET')).status).toBe(500);
    expect(await outcomes[0]).toMatchObject({ code: 'gateway-timeout' });
  });
  test('before the answer says why: the service hangs up on a body that still comes', async () => {
    const { url, outcomes } = await door((req) => req.socket.destroy());
    const sent = request(url, { method: 'POST', agent: false });
    sent.write('x'.repeat(1024 * 1024));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(500);
    expect(await outcomes[0]).toMatchObject({ code: 'service-unavailable' });
    sent.destroy();
  });
  test('in the middle of the answer cuts the connection', async () => {
    const { url } = await door((_req, res) => {
      res.writeHead(200, { 'Content-Length': 100 }).write('half');
      setImmediate(() => res.destroy());
    });
    await expect(call(url, 'GET')).rejects.toThrow();
  });
  test('for the client went away: the service hears of it', async () => {
    const gone = Promise.withResolvers<void>();
    const there = Promise.withResolvers<void>();
    const { url } = await door((_req, res) => {
      res.once('close', () => gone.resolve());
      there.resolve();
    });
    const sent = request(url, { agent: false });
    sent.on('error', () => {});
    sent.end();
    await there.promise;
    sent.destroy();
    await gone.promise;
  });
});
