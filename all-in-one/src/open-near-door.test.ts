import { randomUUID } from 'node:crypto';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeServer, createHttpServer, openPort } from '@commonpurse/shared/service';
import { onLinux } from '@commonpurse/shared/testing';
import { freshPath, openNearDoor } from './open-near-door.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => closeServer(server))));

async function service(): Promise<Server> {
  const server = createHttpServer((req, res) => res.end(`${req.method} ${req.url}`));
  servers.push(server);
  await openPort(server, { host: '127.0.0.1', port: 0 });
  return server;
}
async function textAt(socketPath: string): Promise<string> {
  const [answer] = (await once(get({ socketPath, path: '/records?limit=1', agent: false }), 'response')) as [IncomingMessage];
  return Buffer.concat(await answer.toArray()).toString();
}
/** Where there are no names without files, one with. */
const path = (): string => freshPath() ?? join(tmpdir(), randomUUID());

describe('a door beside the port', () => {
  test('leads to the same service', async () => {
    const door = await openNearDoor(await service(), path());
    expect(await textAt(door!.path)).toBe('GET /records?limit=1');
    door!.close();
  });

  test('lets nobody in once it is closed', async () => {
    const door = await openNearDoor(await service(), path());
    door!.close();
    await expect(textAt(door!.path)).rejects.toThrow(/ECONNREFUSED|ENOENT/);
  });

  onLinux(test)('takes everybody who comes at the same moment, as after a restart', async () => {
    const door = await openNearDoor(await service(), path());
    // more than Node lets wait by itself, and never more than this system does
    const length = Math.min(700, Number(await readFile('/proc/sys/net/core/somaxconn', 'utf8')));
    const sockets = Array.from({ length }, () => connect({ path: door!.path }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.destroy();
    door!.close();
  });

  test('is cut with the service', async () => {
    const server = await service();
    const door = await openNearDoor(server, path());
    const open = get({ socketPath: door!.path, agent: false, headers: { connection: 'keep-alive' } });
    const [answer] = (await once(open, 'response')) as [IncomingMessage];
    const cut = once(answer.socket, 'close');
    door!.close();
    await closeServer(server);
    await cut;
  });
});

test('there is none where it can not be', async () => {
  const server = createServer();
  expect(await openNearDoor(server, '/there/is/no/such/folder/door')).toBeNull();
  expect([freshPath('linux'), freshPath('win32')]).toEqual([expect.stringMatching(/^\0commonpurse-/), null]);
  expect(await openNearDoor(server, null)).toBeNull();
});
