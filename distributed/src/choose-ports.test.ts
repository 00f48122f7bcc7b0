import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { choosePorts } from './choose-ports.ts';

test('Ports are free ones, each once', async () => {
  // in the lower half, so that none is behind the last one
  const ports = await choosePorts(12, () => Math.random() / 2);
  expect(new Set(ports).size).toBe(12);
  const servers = ports.map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  expect(servers.map((server) => (server.address() as AddressInfo).port)).toEqual(ports);
  const first = ports[0]!;
  // where somebody listens, the next one is taken; behind the last one the first
  const random = (): number => (first - 20_000) / 12_000 + 1e-9;
  const [next] = await choosePorts(1, random);
  expect(next).toBeGreaterThan(first);
  expect(await choosePorts(2, () => 0.99999)).toHaveLength(2);
  for (const server of servers) server.close();
});
