import { once } from 'node:events';
import { get, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { call, closeAll, type Door, doorTo, listen, readAll } from '../testing/door.ts';

afterEach(closeAll);

/** A door that hands everything to this service. */
const door = async (service: RequestListener, answerTimeoutMs?: number): Promise<Door> =>
  doorTo([(await listen(service)).origin], answerTimeoutMs);

/** Tells method, framing and body of what arrived. */
const echo = (req: IncomingMessage, res: ServerResponse): void => {
  void readAll(req).then((body) => {
    const { 'content-length': length = null, 'transfer-encoding': encoding = null } = req.headers;
    res.end(JSON.stringify({ method: req.method, length, encoding, body }));
  });
};
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
  test('and the answer back to a client that takes nothing of it for longer than a service may be silent', async () => {
    const size = 32 * 1024 * 1024;
    const { url } = await door((req, res) => void (req.url === '/large' ? res.end(Buffer.alloc(size)) : undefined), 1_000);
    const asked = get(new URL('/large', url), { agent: false });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    // the second silent one is asked, and given up, when nothing moves here any more
    for (let times = 0; times < 2; times += 1) expect((await call(new URL('/silent', url), 'GET')).status).toBe(500);
    let taken = 0;
    for await (const chunk of answer) taken += (chunk as Buffer).length;
    expect(taken).toBe(size);
  });
  test('beside however many whose bodies take their time', async () => {
    const begun = Promise.withResolvers<void>();
    let slow = 0;
    const { url } = await door((req, res) => {
      if (req.method === 'GET') res.end('here');
      else if ((slow += 1) === 512) begun.resolve();
    });
    const sockets = Array.from({ length: 600 }, () => connect(Number(url.port), url.hostname).on('error', () => {}));
    for (const socket of sockets) socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
    await begun.promise;
    const start = performance.now();
    expect((await call(url, 'GET')).text).toBe('here');
    // not once the first of the others is given up, which is after 30 s
    expect(performance.now() - start).toBeLessThan(15_000);
    for (const socket of sockets) socket.destroy();
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
  test('before the answer says why: the service is silent, and hears that nobody waits for it any more', async () => {
    const givenUp = Promise.withResolvers<void>();
    const { url, outcomes } = await door((_req, res) => void res.once('close', () => givenUp.resolve()), 30);
    expect((await call(url, 'GET')).status).toBe(500);
    expect(await outcomes[0]).toMatchObject({ code: 'gateway-timeout' });
    await givenUp.promise;
  });
  test('before an upgrade is answered says why: the service is silent', async () => {
    const { origin } = await listen(
      () => {},
      () => {},
    );
    const { url } = await doorTo([origin], 30);
    const socket = connect(Number(url.port), url.hostname);
    socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('HTTP/1.1 504 gateway-timeout\r\n\r\n');
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
  test('before the answer says why: the service goes away under a body that has been coming for long', async () => {
    const uploading = Promise.withResolvers<IncomingMessage>();
    const { url, outcomes } = await door((req) => void (req.method === 'POST' && uploading.resolve(req.resume())), 1_000);
    const sent = request(url, { method: 'POST', agent: false, headers: { 'content-length': '1000000' } }).on('error', () => {});
    let isLong = false;
    const silent = call(url, 'GET').then(() => (isLong = true));
    while (!isLong) await new Promise((resolve) => sent.write('x', () => setImmediate(resolve)));
    await silent;
    (await uploading.promise).socket.destroy();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(500);
    sent.destroy();
    expect(await Promise.all(outcomes)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'gateway-timeout' }),
        expect.objectContaining({ code: 'service-unavailable' }),
      ]),
    );
  });
  test('in the middle of a long answer cuts the connection: the service is silent, though the client has been slow before', async () => {
    const { url } = await door((_req, res) => void res.write(Buffer.alloc(32 * 1024 * 1024)), 200);
    const asked = get(url, { agent: false });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    await expect(once(answer, 'end')).rejects.toThrow('aborted');
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
