import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { channel } from 'node:diagnostics_channel';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const sockets: Socket[] = [];
/** What the server has got, piece by piece. */
const received: string[] = [];

/** Answers every line with itself, in capitals. */
const shout = (): Server =>
  createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received.push(chunk.toString());
      socket.write(chunk.toString().toUpperCase());
    });
  });

/** Tells of every socket that a server of this process has accepted. */
const accepted = channel('net.server.socket');

describe('the TCP proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  beforeEach(async () => {
    server = shout();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await openTcpProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    await proxy.close();
    sockets.length = 0;
    received.length = 0;
    await new Promise((resolve) => server.close(resolve));
  });

  /** A client that keeps what it hears and how it ended. */
  async function join() {
    const socket: Socket = connect(proxy.port, '127.0.0.1');
    const client = { socket, heard: '', ended: null as string | null };
    socket.on('data', (chunk) => (client.heard += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (client.ended = error.code ?? error.message));
    socket.on('close', () => (client.ended ??= 'closed'));
    await until(() => !socket.connecting);
    return client;
  }

  test('lets everything through, both ways, and the end too', async () => {
    const client = await join();
    client.socket.write('milk');
    await until(() => client.heard === 'MILK');
    expect(proxy.connections).toBe(1);
    client.socket.end();
    await until(() => client.ended === 'closed' && proxy.connections === 0);
  });

  test('as the server that died: cuts who is there, refuses who comes, and serves again', async () => {
    const before = await join();
    await proxy.mode('refuse');
    await until(() => before.ended === 'ECONNRESET');
    const refused = await join();
    await until(() => refused.ended === 'ECONNREFUSED');
    await proxy.mode('pass');
    const after = await join();
    after.socket.write('bread');
    await until(() => after.heard === 'BREAD');
  });

  test('resets who is there and who comes', async () => {
    const before = await join();
    await proxy.mode('reset');
    await until(() => before.ended === 'ECONNRESET');
    const after = await join();
    await until(() => after.ended === 'ECONNRESET');
  });

  test('a cut resets who is there and serves who comes', async () => {
    const before = await join();
    await until(() => proxy.connections === 1);
    proxy.cut();
    await until(() => before.ended === 'ECONNRESET');
    const after = await join();
    after.socket.write('eggs');
    await until(() => after.heard === 'EGGS');
  });

  test('is done with who was just leaving when it was cut', async () => {
    const openBefore = socketsOpen();
    const cutWhileEnding = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      if (socket.localPort === proxy.port) socket.on('end', () => process.nextTick(() => process.nextTick(() => proxy.cut())));
    };
    accepted.subscribe(cutWhileEnding);
    const client = await join();
    await until(() => proxy.connections === 1);
    accepted.unsubscribe(cutWhileEnding);
    client.socket.end();
    await until(() => proxy.connections === 0);
    // what is left open here keeps the whole process from ending
    await until(() => socketsOpen() <= openBefore);
  });

  test('holds everything up in a black hole and loses nothing of it', async () => {
    const client = await join();
    await proxy.mode('blackhole');
    client.socket.write('salt');
    const other = await join();
    other.socket.write('oil');
    await until(() => proxy.connections === 2);
    expect([client.heard, other.heard]).toEqual(['', '']);
    await proxy.mode('pass');
    await until(() => client.heard === 'SALT' && other.heard === 'OIL');
  });

  test('lets nothing of what a muted server says through, until it is none any more', async () => {
    const before = await join();
    await proxy.mode('mute');
    const later = await join();
    before.socket.write('milk');
    later.socket.write('bread');
    await until(() => received.toSorted().join() === 'bread,milk');
    expect([before.heard, later.heard]).toEqual(['', '']);
    await proxy.mode('pass');
    await until(() => before.heard === 'MILK' && later.heard === 'BREAD');
  });

  test('lets not even an end or a reset out of a black hole, until it is none any more', async () => {
    const [ending, resetting] = [await join(), await join()];
    await until(() => proxy.connections === 2 && sockets.length === 2);
    await proxy.mode('blackhole');
    sockets[0]?.end();
    sockets[1]?.resetAndDestroy();
    const other = await join();
    await until(() => proxy.connections === 3);
    expect([ending.ended, resetting.ended, other.ended]).toEqual([null, null, null]);
    await proxy.mode('pass');
    await until(() => [ending.ended, resetting.ended].toSorted().join() === 'ECONNRESET,closed');
  });

  test('delays every byte, and none overtakes another when the delay is taken back', async () => {
    const client = await join();
    await proxy.mode({ delayMs: 100 });
    client.socket.write('a');
    await until(() => proxy.held === 1);
    await proxy.mode('pass');
    client.socket.write('b');
    await until(() => client.heard.length === 2);
    expect([client.heard, proxy.held]).toEqual(['AB', 0]);
  });

  test('says something in the name of the server', async () => {
    const client = await join();
    await until(() => proxy.connections === 1);
    proxy.inject(Buffer.from('hello'));
    await until(() => client.heard === 'hello');
  });

  test('a trap takes the bytes it was set for and all that follow, of every connection that is open', async () => {
    const [client, other] = [await join(), await join()];
    await until(() => proxy.connections === 2);
    const sprung = proxy.trap((direction, bytes) => direction === 'to client' && bytes.includes('JAM'));
    client.socket.write('honey');
    await until(() => client.heard === 'HONEY');
    client.socket.write('jam');
    await sprung;
    other.socket.write('rye');
    const after = await join();
    after.socket.write('oats');
    await until(() => after.heard === 'OATS');
    expect([client.heard, other.heard]).toEqual(['HONEY', '']);
  });

  test('a trap that was disarmed lets everything pass', async () => {
    void proxy.trap(() => true);
    proxy.disarm();
    const client = await join();
    client.socket.write('corn');
    await until(() => client.heard === 'CORN');
  });

  test('leads a URL through itself', async () => {
    expect(proxy.through('amqp://guest:pass@example.org:5672/shop?heartbeat=5')).toBe(
      `amqp://guest:pass@127.0.0.1:${proxy.port}/shop?heartbeat=5`,
    );
    const other = await openTcpProxy(`redis://127.0.0.1:${(server.address() as AddressInfo).port}/3`);
    const socket = connect(other.port, '127.0.0.1');
    socket.write('tea');
    expect(String((await once(socket, 'data'))[0])).toBe('TEA');
    await other.close();
    socket.destroy();
  });
});

/** Of the whole process, in which other tests may have left some. */
const socketsOpen = (): number => process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCPSocket')).length;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
