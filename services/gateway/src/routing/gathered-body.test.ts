import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeAll, doorTo, listen } from '../testing/door.ts';
import { GatheredBody } from './gathered-body.ts';

afterEach(closeAll);

/** A request whose body comes in chunks, and what may be read from its connection. */
function coming() {
  const connection = { paused: false, pause: () => void (connection.paused = true), resume: () => void (connection.paused = false) };
  const req = Object.assign(new PassThrough(), { headers: { 'transfer-encoding': 'chunked' }, socket: connection });
  return { req, connection, body: GatheredBody.of(req as unknown as IncomingMessage)! };
}
/** A service that has taken what `taken` says, and takes nothing more before it is let. */
function slow() {
  const taken: string[] = [];
  let goOn = (): void => {};
  const to = new Writable({
    highWaterMark: 1,
    write: (piece: Buffer, _encoding, done) => {
      taken.push(piece.toString());
      goOn = done;
    },
  });
  return { to, taken, goOn: () => goOn() };
}
const turns = async (count = 3): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise(setImmediate);
};

describe('a body in the smallest chunks', () => {
  test('goes on byte for byte, in a few pieces', async () => {
    const pieces: string[] = [];
    const { origin } = await listen((req, res) => {
      req.setEncoding('latin1').on('data', (piece: string) => pieces.push(piece));
      req.once('end', () => res.end());
    });
    const { url } = await doorTo([origin]);
    const bytes = Array.from({ length: 5_000 }, (_, n) => String(n % 10));
    const client = connect(Number(url.port), url.hostname);
    client.write(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    client.write(`${bytes.map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`);
    await once(client, 'data');
    client.destroy();
    expect(pieces.join('')).toBe(bytes.join(''));
    expect(pieces.length).toBeLessThan(100);
  });

  test('is read no faster than it is taken', async () => {
    const { req, connection, body } = coming();
    const { to, taken, goOn } = slow();
    body.pipe(to);
    for (const piece of ['a', 'b', 'c']) req.write(piece);
    await turns();
    expect([taken, connection.paused, req.isPaused()]).toEqual([['abc'], true, true]);
    req.end('d');
    await turns();
    goOn();
    await turns();
    expect([taken, connection.paused]).toEqual([['abc', 'd'], true]);
    goOn();
    await once(to, 'finish');
  });

  test('waits for where it goes to, and takes little room meanwhile', async () => {
    const { req, connection, body } = coming();
    const part = 'x'.repeat(1_024);
    for (let n = 0; n < 63; n += 1) req.write(part);
    await turns();
    expect(connection.paused).toBe(false);
    req.write(part);
    await turns();
    expect([connection.paused, req.isPaused()]).toEqual([true, true]);
    req.end('end');
    const to = new PassThrough();
    body.pipe(to);
    expect(Buffer.concat(await to.toArray()).toString()).toBe(`${part.repeat(64)}end`);
    expect(connection.paused).toBe(false);
  });

  test.each<[what: string, end: (to: Writable) => unknown]>([
    ['has gone', (to) => to.destroy()],
    ['has answered', (to) => to.emit('response', new PassThrough().end().resume())],
  ])('is kept no more once who took it %s', async (_what, end) => {
    const { req, connection, body } = coming();
    const { to } = slow();
    body.pipe(to);
    req.write('a');
    await turns();
    expect(connection.paused).toBe(true);
    end(to);
    await turns();
    expect([connection.paused, req.isPaused(), req.listenerCount('data')]).toEqual([false, false, 0]);
  });

  const hasty: RequestListener = (req, res) => void req.resume().once('data', () => res.writeHead(413).end());
  test.each<[how: string, origin: () => Promise<string>, status: number]>([
    ['nobody takes it', async () => 'http://127.0.0.1:1', 500],
    ['not all of it is wanted', async () => (await listen(hasty)).origin, 413],
  ])('is let go where %s, and the connection goes on', async (_how, origin, status) => {
    const { url } = await doorTo([await origin()]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // more than the kernel holds for both sides
    const large = 'x'.repeat(16 * 1024 * 1024);
    const statuses: unknown[] = [];
    for (let n = 0; n < 2; n += 1) {
      const sent = request(url, { method: 'POST', agent });
      sent.write('first');
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      statuses.push(answer.statusCode);
      sent.end(large);
      await Promise.all([once(answer.resume(), 'end'), once(sent, 'finish')]);
    }
    agent.destroy();
    expect(statuses).toEqual([status, status]);
  });
});

test('a body of which the length is told is left as it is', () => {
  expect(GatheredBody.of({ headers: { 'content-length': '3' } } as unknown as IncomingMessage)).toBeUndefined();
});
