import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeAll, doorTo } from '../testing/door.ts';

const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
let instance: Server;
let origin: string;
beforeEach(async () => {
  instance = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(`${upgrade}goodbye`));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(instance, 'listening');
  origin = `http://127.0.0.1:${(instance.address() as AddressInfo).port}`;
});
afterEach(() => {
  closeAll();
  instance.close();
});

/** A client that has heard the goodbye, and not said its own. */
async function toldGoodbye(url: URL): Promise<Socket> {
  const client = connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true });
  client.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  let heard = '';
  client.on('data', (chunk: Buffer) => void (heard += chunk.toString()));
  await once(client, 'end');
  expect(heard).toMatch(/goodbye$/);
  return client;
}
const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await once(socket, 'close');
};

describe('a client whose other end has said goodbye', () => {
  test('is heard out until it has said its own, and then let go', async () => {
    const { url, upgraded } = await doorTo([origin]);
    const client = await toldGoodbye(url);
    for (let n = 0; n < 64; n += 1) {
      client.write(Buffer.alloc(64 * 1024));
      if (client.writableNeedDrain) await once(client, 'drain');
    }
    client.end();
    await closed(client);
    expect(client.errored).toBeNull();
    await closed(upgraded[0]!);
  });

  test('is let go if it never says its own', async () => {
    const { url, upgraded } = await doorTo([origin], 30_000, 20);
    const client = await toldGoodbye(url);
    client.on('error', () => client.destroy());
    await closed(upgraded[0]!);
    client.destroy();
  });
});
