import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeServer, createHttpServer } from './http-server.ts';

let server: Server;
afterEach(() => closeServer(server));

/** More than the kernel takes for a client that doesn't read. */
const large = 'x'.repeat(32 * 1024 * 1024);

/** A client that has asked for something, and reads nothing yet. */
async function asking(listener: RequestListener, silentMsMax: number): Promise<Socket> {
  server = createHttpServer(listener, {}, silentMsMax).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  return socket;
}

describe('a client', () => {
  test('that takes nothing of its answer is cut off, and keeps no memory', async () => {
    const closed = Promise.withResolvers<boolean>();
    await asking((_req, res) => {
      res.once('close', () => closed.resolve(res.writableFinished));
      res.end(large);
    }, 100);
    expect(await closed.promise).toBe(false);
  });

  test('that takes its time gets all of it', async () => {
    const socket = await asking((_req, res) => void res.end(large), 1_000);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setImmediate(() => socket.resume());
    });
    await once(socket.resume(), 'close');
    expect(bytes).toBeGreaterThan(large.length);
  });
});
