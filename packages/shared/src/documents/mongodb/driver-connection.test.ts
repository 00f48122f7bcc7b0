import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

/** What is mended of the driver's own (patches/): a command that meets a connection which is going away must be refused. One that is never
 *  answered keeps its caller waiting for ever; when it is the driver's own look at the server, so do all that come after it. */
interface DriverConnection {
  command(namespace: object, command: object): Promise<unknown>;
  destroy(): void;
}
const internals = createRequire(import.meta.url);
const { Connection } = internals('mongodb/lib/cmap/connection.js') as {
  Connection: new (socket: Socket, options: object) => DriverConnection;
};
const { ns } = internals('mongodb/lib/utils.js') as { ns: (name: string) => object };

let silent: Server;
let socket: Socket;
let connection: DriverConnection;
beforeEach(async () => {
  silent = createServer((peer) => peer.pause()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  socket = connect((silent.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  connection = new Connection(socket, { id: 1, hostAddress: { toString: () => 'silent' } });
});
afterEach(async () => {
  socket.destroy();
  silent.close();
});
const command = (document: object): Promise<unknown> => connection.command(ns('admin.$cmd'), document);

test('a command on a socket that is gone and has not said so yet is refused', async () => {
  socket.destroy();
  await expect(command({ hello: 1 })).rejects.toThrow('closed');
});

test('a command that waits for its bytes to be taken is refused when the connection is closed', async () => {
  const waiting = command({ insert: 'records', documents: [{ text: 'x'.repeat(15_000_000) }] });
  while (socket.writableLength === 0) await new Promise(setImmediate);
  connection.destroy();
  await expect(waiting).rejects.toThrow('closed');
});
