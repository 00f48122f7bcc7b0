import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort, listenApart } from './free-port.ts';

test('a port to leave and come back to is none that the system gives away', async () => {
  const server = createServer();
  const port = await listenApart(server);
  expect((server.address() as AddressInfo).port).toBe(port);
  expect([port >= 12_000, port < 20_000]).toEqual([true, true]);
  server.close();
  await once(server, 'close');
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

test('where somebody listens another port is taken, and what else is wrong is told', async () => {
  const [taken, server] = [createServer(), createServer()];
  const ports = [await listenApart(taken), await freePort()];
  const drawn = ports.map((port) => (port - 12_000 + 0.5) / 8_000);
  expect(await listenApart(server, () => drawn.shift()!)).toBe(ports[1]);
  await expect(listenApart(server)).rejects.toMatchObject({ code: 'ERR_SERVER_ALREADY_LISTEN' });
  taken.close();
  server.close();
});
