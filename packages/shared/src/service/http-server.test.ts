import { once } from 'node:events';
import type { RequestListener, Server, ServerResponse } from 'node:http';
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

describe('closing', () => {
  /** A client whose request is under way, and the answer it waits for. */
  async function underWay(): Promise<{ socket: Socket; res: ServerResponse }> {
    const begun = Promise.withResolvers<ServerResponse>();
    const socket = await asking((_req, res) => begun.resolve(res), 60_000);
    return { socket: socket.setEncoding('utf8'), res: await begun.promise };
  }

  test('lets who was let in before hear an answer, and nobody else in', async () => {
    const { socket, res } = await underWay();
    const { port } = server.address() as AddressInfo;
    const closed = closeServer(server);
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
    res.end('heard');
    const [heard] = (await once(socket.resume(), 'data')) as [string];
    expect(heard).toMatch(/heard/);
    await closed;
  });

  test('waits for nobody longer than told, whether an answer is under way or nothing was asked', async () => {
    const { socket } = await underWay();
    const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(server, 'connection');
    const cutOff = [socket, silent].map((each) => once(each.resume(), 'close'));
    await closeServer(server, 20);
    await Promise.all(cutOff);
  });
});
