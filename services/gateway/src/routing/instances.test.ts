import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, request, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fakeClock, freePort } from '@commonpurse/shared/testing';
import { pino } from 'pino';
import { createInstanceWatch } from '../health/watch-instances.ts';
import { call, closeAll, doorTo, listen, readAll } from '../testing/door.ts';
import { InstanceAgent } from './instance-agent.ts';
import { createTargets } from './targets.ts';

afterEach(closeAll);

/** An address where nobody listens. */
const nowhere = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;
/** An instance that answers with the body it got, and notes that it was asked. */
async function instance(answer?: RequestListener): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const { origin } = await listen((req, res) => {
    asked.push(req.method!);
    if (answer) return answer(req, res);
    void readAll(req).then((body) => res.end(body));
  });
  return { origin, asked };
}
const dying: RequestListener = (req) => void readAll(req).then(() => req.socket.destroy());

/** As a service refuses: once all of it is here. */
const hearingOut: RequestListener = (req, res) => void readAll(req).then(() => notBegun(req, res));
const notBegun: RequestListener = (_req, res) => void res.writeHead(503, { 'Retry-After': '1', 'X-Internal-Not-Begun': 'yes' }).end('{}');

describe('of several instances', () => {
  test('one that can not be reached is passed over, and the next one gets the whole body', async () => {
    const there = await instance();
    const { url } = await doorTo([await nowhere(), there.origin]);
    const parts = Array.from({ length: 32 }, () => 'x'.repeat(32 * 1024));
    for (let n = 0; n < 4; n += 1) {
      const answer = await call(url, 'POST', parts);
      expect([answer.status, answer.text.length]).toEqual([200, 1024 * 1024]);
    }
    expect(there.asked).toHaveLength(4);
  });

  test('none that can be reached is told as that', async () => {
    const { url, outcomes } = await doorTo([await nowhere(), await nowhere()]);
    expect((await call(url, 'POST', ['x'])).status).toBe(500);
    expect(await outcomes[0]).toMatchObject({ code: 'service-unavailable' });
  });

  test('one that is back is asked again', async () => {
    const [one, two] = [await instance(), await instance()];
    const { url } = await doorTo([one.origin, two.origin]);
    for (let n = 0; n < 4; n += 1) await call(url, 'GET');
    expect([one.asked.length, two.asked.length]).toEqual([2, 2]);
  });

  test('one that dies over a question leaves it to the next one', async () => {
    const [dead, alive] = [await instance(dying), await instance()];
    const { url } = await doorTo([dead.origin, alive.origin]);
    expect((await call(url, 'GET')).status).toBe(200);
    expect([dead.asked, alive.asked]).toEqual([['GET'], ['GET']]);
  });

  test('one that dies over a change may have made it: nobody else is asked', async () => {
    const [dead, alive] = [await instance(dying), await instance()];
    const { url, outcomes } = await doorTo([dead.origin, alive.origin]);
    expect((await call(url, 'POST', ['x'])).status).toBe(500);
    expect(await outcomes[0]).toMatchObject({ code: 'service-unavailable' });
    expect(alive.asked).toEqual([]);
  });

  test('all that die over a question end it', async () => {
    const [one, two] = [await instance(dying), await instance(dying)];
    const { url } = await doorTo([one.origin, two.origin]);
    expect((await call(url, 'GET')).status).toBe(500);
    expect([one.asked, two.asked]).toEqual([['GET'], ['GET']]);
  });

  test('one that starts or stops has not begun with what it is asked: the next one is, and it is left alone for a while', async () => {
    const [stopping, there] = [await instance(notBegun), await instance()];
    const { url } = await doorTo([stopping.origin, there.origin]);
    for (let n = 0; n < 4; n += 1) expect((await call(url, 'GET')).status).toBe(200);
    expect([stopping.asked.length, there.asked.length]).toEqual([1, 4]);
  });

  test('of which none has begun the last one says so, and not what is for the gateway only', async () => {
    const [one, two] = [await instance(notBegun), await instance(notBegun)];
    const { url } = await doorTo([one.origin, two.origin]);
    const { status, headers } = await call(url, 'GET');
    expect([status, headers['retry-after'], headers['x-internal-not-begun']]).toEqual([503, '1', undefined]);
    expect([one.asked, two.asked]).toEqual([['GET'], ['GET']]);
  });

  test.each([
    ['so many bytes', { 'content-length': '7' }],
    ['chunks', { 'transfer-encoding': 'chunked' }],
  ])('one that has not begun with what still came when it was asked leaves it to the next one, whole: %s', async (_, framing) => {
    const [stopping, there] = [await instance(hearingOut), await instance()];
    const { url } = await doorTo([stopping.origin, there.origin]);
    const { status, text, headers } = await call(url, 'POST', ['in', 'pärt'], framing);
    expect([status, text, headers['x-internal-not-begun']]).toEqual([200, 'inpärt', undefined]);
    expect([stopping.asked, there.asked]).toEqual([['POST'], ['POST']]);
  });

  test('one that has not begun with more than a gateway keeps says so to the client', async () => {
    const [stopping, there] = [await instance(hearingOut), await instance()];
    const { url } = await doorTo([stopping.origin, there.origin]);
    const large = Array.from({ length: 17 }, () => 'x'.repeat(64 * 1024));
    expect((await call(url, 'POST', large)).status).toBe(503);
    expect(there.asked).toEqual([]);
  });

  test('one that has not begun with what does not come to an end says so to the client', async () => {
    const [stopping, there] = [await instance(notBegun), await instance()];
    const { url } = await doorTo([stopping.origin, there.origin]);
    const sent = request(url, { method: 'POST', agent: false });
    sent.write('in parts');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect([answer.statusCode, there.asked]).toEqual([503, []]);
    sent.destroy();
  });

  test('one that can be reached gets the upgrade', async () => {
    const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello';
    const upgrade = (socket: Socket): void => void socket.on('error', () => {}).once('data', () => socket.end(switched));
    const sockets = createServer(upgrade).listen(0, '127.0.0.1');
    await once(sockets, 'listening');
    const there = `http://127.0.0.1:${(sockets.address() as AddressInfo).port}`;
    const { url } = await doorTo([await nowhere(), there]);
    const client = connect(Number(url.port), url.hostname);
    client.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of client) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 101 [^]*hello$/);
    sockets.close();
  });
});

test('a connection that has brought an answer takes the next request', async () => {
  const { origin } = await instance((req, res) => void readAll(req).then(() => res.end(String(req.socket.remotePort))));
  const { url } = await doorTo([origin]);
  const whole = { 'content-length': '1' };
  const answers = [await call(url, 'GET'), await call(url, 'POST', ['x'], whole), await call(url, 'GET')];
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

test('a connection that leads to another instance serves no second request: by then the one that was meant may be back', async () => {
  const away = await nowhere();
  const { origin } = await instance((_req, res) => void res.end('another'));
  const agent = new InstanceAgent(
    createTargets(() => [away, origin], fakeClock()),
    { keepAlive: true },
  );
  const ask = async (): Promise<string> => {
    const [answer] = (await once(request(away, { agent }).end(), 'response')) as [IncomingMessage];
    return readAll(answer);
  };
  expect(await ask()).toBe('another');
  const back = createHttpServer((_req, res) => void res.end('back')).listen(Number(new URL(away).port), '127.0.0.1');
  await once(back, 'listening');
  expect(await ask()).toBe('back');
  agent.destroy();
  back.close();
});

test('a connection that nobody needs is let go before the instance closes it', async () => {
  const { origin } = await instance();
  const agent = new InstanceAgent(
    createTargets(() => [origin], fakeClock()),
    { keepAlive: true },
  );
  const sent = request(origin, { agent });
  sent.on('response', (answer) => void answer.resume());
  sent.end();
  const [socket] = (await once(agent, 'free')) as [Socket];
  await new Promise(setImmediate);
  expect(socket.timeout).toBe(30_000);
  socket.emit('timeout');
  expect(socket.destroyed).toBe(true);
  agent.destroy();
});

describe('an instance with a door on this machine', () => {
  const path = process.platform === 'linux' ? `\0${randomUUID()}` : join(tmpdir(), randomUUID());
  const askBy = async (origin: string): Promise<string> => {
    const agent = new InstanceAgent(
      createTargets(() => [origin], fakeClock()),
      { keepAlive: true },
      (url) => (url === origin ? path : undefined),
    );
    const [answer] = (await once(request(origin, { agent }).end(), 'response')) as [IncomingMessage];
    const text = await readAll(answer);
    agent.destroy();
    return text;
  };

  test('is asked there, and at its port once the door is gone', async () => {
    const { origin } = await instance((_req, res) => void res.end('port'));
    const door = createHttpServer((_req, res) => void res.end('door')).listen(path);
    await once(door, 'listening');
    expect(await askBy(origin)).toBe('door');
    door.close();
    await once(door, 'close');
    expect(await askBy(origin)).toBe('port');
  });
});

describe('looking at instances', () => {
  test('finds those that take connections and can not be used, and those that can again', async () => {
    const clock = fakeClock();
    const urls = (service: string): readonly string[] => (service === 'records' ? ['a', 'b'] : ['only']);
    const targets = createTargets(urls, clock);
    const usable: Record<string, boolean> = { a: false, b: true };
    const asked: string[] = [];
    const ask = async (url: string) => {
      asked.push(url);
      return url === 'a' && !usable['a'] ? null : { name: 'records' as const, ready: usable[url]!, parts: {} };
    };
    const watch = createInstanceWatch({ urls, targets, clock, log: pino({ level: 'silent' }), ask });
    await watch.start();
    await new Promise(setImmediate);
    expect([1, 2, 3].map(() => targets.next('records'))).toEqual(['b', 'b', 'b']);
    usable['a'] = true;
    clock.advance(1_000);
    await new Promise(setImmediate);
    expect(new Set([1, 2].map(() => targets.next('records')))).toEqual(new Set(['a', 'b']));
    // a service of one instance has nobody to go to instead
    expect(asked).not.toContain('only');
    await watch.stop();
  });

  test('that are all unusable changes nothing: somebody has to be asked', () => {
    const targets = createTargets(() => ['a', 'b'], fakeClock());
    targets.looked('a', false);
    targets.looked('b', false);
    expect([targets.next('auth'), targets.next('auth')].toSorted()).toEqual(['a', 'b']);
    expect(targets.insteadOf('a')).toEqual(['b']);
    expect(targets.insteadOf('elsewhere')).toEqual([]);
  });
});
