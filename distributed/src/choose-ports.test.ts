import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { choosePorts } from './choose-ports.ts';

const firstBlock = (): number => 0;

test('Ports are free ones, each once, as many as are asked for', async () => {
  const { ports, release } = await choosePorts(120);
  expect(new Set(ports).size).toBe(120);
  const servers = ports.map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  expect(servers.map((server) => (server.address() as AddressInfo).port)).toEqual(ports);
  for (const server of servers) server.close();
  release();
});

test('Two who choose at the same time, from the same place, get different ports although nobody listens on them yet', async () => {
  const chosen = await Promise.all([choosePorts(18, firstBlock), choosePorts(18, firstBlock)]);
  expect(new Set(chosen.flatMap(({ ports }) => ports)).size).toBe(36);
  for (const { release } of chosen) release();
});

test('A port where somebody listens is passed over, and behind the last block comes the first', async () => {
  const before = await choosePorts(2, firstBlock);
  before.release();
  const [taken, next] = before.ports as [number, number];
  const server = createServer().listen(taken, '127.0.0.1');
  await once(server, 'listening');
  const after = await choosePorts(1, firstBlock);
  expect(after.ports).toEqual([next]);
  after.release();
  server.close();
  const last = await choosePorts(60, () => 0.99999);
  expect(Math.min(...last.ports)).toBeLessThan(taken + 50);
  last.release();
});

test('More ports than there are is an error, and none is held after it', async () => {
  await expect(choosePorts(50, firstBlock, 1)).rejects.toThrow('there are not 50 free ports between 20000 and 20049');
  const { ports, release } = await choosePorts(1, firstBlock, 1);
  expect(ports).toHaveLength(1);
  release();
});
