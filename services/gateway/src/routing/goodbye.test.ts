import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeAll, doorTo } from '../testing/door.ts';

const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
/** As long as a timer can be set to: nobody is cut off for his silence. */
const never = 2 ** 31 - 1;
const servers: Server[] = [];
/** An instance that upgrades every connection; what follows is done by hand. */
async function instance(upgraded: (socket: Socket) => void, answer = upgrade): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(answer);
      socket.resume();
      upgraded(socket);
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  closeAll();
  for (const server of servers.splice(0)) server.close();
});

/** A client, and what it has heard so far. */
interface Client {
  readonly socket: Socket;
  heard(): string;
}
/** It has asked for an upgrade. */
function enter(url: URL): Client {
  const socket = connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  let heard = '';
  socket.on('data', (chunk: Buffer) => void (heard += chunk.toString()));
  return { socket, heard: () => heard };
}
const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await once(socket, 'close');
};

describe('a client whose other end has said goodbye', () => {
  let origin: string;
  beforeEach(async () => {
    origin = await instance((socket) => socket.end('goodbye'));
  });
  const toldGoodbye = async (url: URL): Promise<Socket> => {
    const { socket, heard } = enter(url);
    await once(socket, 'end');
    expect(heard()).toMatch(/goodbye$/);
    return socket;
  };

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
    const { url, upgraded } = await doorTo([origin], 30_000, 20, never);
    const client = await toldGoodbye(url);
    await closed(upgraded[0]!);
    client.destroy();
  });
});

describe('a client whose other end breaks off', () => {
  test('hears that nothing more comes, in no words of HTTP, and is let go', async () => {
    const asked = Promise.withResolvers<Socket>();
    const { url, upgraded } = await doorTo([await instance(asked.resolve)], 30_000, 20, never);
    const { socket, heard } = enter(url);
    (await asked.promise).write('hello');
    while (!heard().endsWith('hello')) await once(socket, 'data');
    (await asked.promise).resetAndDestroy();
    await once(socket, 'end');
    expect(heard()).toMatch(/\r\n\r\nhello$/);
    await closed(upgraded[0]!);
    socket.destroy();
  });
});

describe('a client that takes less than it is told', () => {
  test.each<[string, (client: Socket, here: Socket) => void]>([
    ['by itself', (client) => void client.resetAndDestroy()],
    ['by the gateway', (_, here) => void here.destroy()],
  ])('and is cut off %s leaves no connection to the other end', async (_, cutOff) => {
    const asked = Promise.withResolvers<Socket>();
    const { url, upgraded } = await doorTo([await instance(asked.resolve)]);
    const client = enter(url);
    const other = await asked.promise;
    await once(client.socket, 'data');
    client.socket.pause();
    other.once('end', () => other.end());
    while (other.write(Buffer.alloc(1024 * 1024)));
    cutOff(client.socket, upgraded[0]!);
    await closed(other);
    client.socket.destroy();
  });

  test('is cut off once nothing has moved for a while, though it stays connected', async () => {
    const asked = Promise.withResolvers<Socket>();
    const { url, upgraded } = await doorTo([await instance(asked.resolve)], 30_000, 30_000, 50);
    const client = enter(url);
    const other = await asked.promise;
    await once(client.socket, 'data');
    client.socket.pause();
    while (other.write(Buffer.alloc(1024 * 1024)));
    await closed(upgraded[0]!);
    client.socket.destroy();
    other.destroy();
  });
});

describe('a gateway that ends', () => {
  /** Says goodbye when nothing can be said to it any more. */
  const polite = (): Promise<string> =>
    instance((socket) => {
      socket.write('hello');
      socket.once('end', () => socket.end('goodbye'));
    });
  const greeted = async (url: URL): Promise<Client> => {
    const client = enter(url);
    while (!client.heard().endsWith('hello')) await once(client.socket, 'data');
    return client;
  };

  test('leaves the goodbye to the other end, and waits until its clients have said theirs', async () => {
    const { url, sayGoodbye } = await doorTo([await polite()]);
    const [one, two] = [await greeted(url), await greeted(url)];
    const told = [one, two].map(({ socket }) => once(socket, 'end'));
    let over = false;
    const ending = sayGoodbye().then(() => void (over = true));
    // what is said in that moment is heard by nobody, and breaks nothing
    for (const { socket } of [one, two]) socket.write('news');
    await Promise.all(told);
    for (const { heard } of [one, two]) expect(heard()).toMatch(/hellogoodbye$/);
    expect(over).toBe(false);
    for (const { socket } of [one, two]) socket.end();
    await ending;
  });

  test('waits for the last of them, whoever has gone before', async () => {
    const { url, upgraded, sayGoodbye } = await doorTo([await polite()]);
    const leave = async ({ socket }: Client, here: Socket): Promise<void> => {
      socket.end();
      await closed(here);
      await new Promise(setImmediate);
    };
    await leave(await greeted(url), upgraded[0]!);
    const [one, two] = [await greeted(url), await greeted(url)];
    let over = false;
    const ending = sayGoodbye().then(() => void (over = true));
    await leave(one, upgraded[1]!);
    expect(over).toBe(false);
    await leave(two, upgraded[2]!);
    await ending;
  });

  test('waits no longer than it has to where the other end says nothing', async () => {
    const { url, upgraded, sayGoodbye } = await doorTo([await instance((socket) => void socket.write('hello'))], 30_000, 20, never);
    const { socket } = await greeted(url);
    await sayGoodbye();
    await closed(upgraded[0]!);
    socket.destroy();
  });

  test('has nothing to wait for where nobody is connected, and lets nobody in', async () => {
    const { url, sayGoodbye } = await doorTo([await polite()]);
    const gone = await greeted(url);
    gone.socket.end();
    await closed(gone.socket);
    await sayGoodbye();
    const { socket, heard } = enter(url);
    await once(socket, 'data');
    expect(heard()).toMatch(/^HTTP\/1.1 503 service-unavailable/);
    socket.destroy();
  });

  test('takes leave of those whose upgrade is answered after all', async () => {
    const asked = Promise.withResolvers<Socket>();
    const { url, sayGoodbye } = await doorTo([await instance(asked.resolve, '')]);
    const client = enter(url);
    const other = await asked.promise;
    await sayGoodbye();
    other.write(upgrade);
    other.once('end', () => other.end('goodbye'));
    await once(client.socket, 'end');
    expect(client.heard()).toMatch(/goodbye$/);
    client.socket.end();
  });
});
