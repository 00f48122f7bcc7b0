import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { CacheUnavailable } from '../cache.ts';
import { createLink } from './link.ts';

const closes: (() => void)[] = [];
afterEach(() => closes.splice(0).forEach((close) => close()));

/** Where a server listens that answers so to GET and SET, and takes everything else. */
async function answering(answers: Readonly<Record<'get' | 'set', string>>): Promise<string> {
  const server = createServer((socket) => {
    const commandsIn = (text: string): string[] =>
      [...text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)].map(([, command]) => command!.toLowerCase());
    socket.on('error', () => undefined).setEncoding('utf8');
    socket.on('data', (text: string) => {
      for (const command of commandsIn(text)) socket.write(answers[command as 'get' | 'set'] ?? '+OK\r\n');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closes.push(() => void server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('A connection to what has become a replica is given up, as another may lead to the master; one on which a call was wrong is kept', async () => {
  const url = await answering({ get: '-WRONGTYPE it is a list\r\n', set: '-READONLY You can not write to a replica\r\n' });
  const changes: boolean[] = [];
  const link = createLink({
    url,
    where: 'Redis',
    timeoutMs: 10_000,
    settle: async () => undefined,
    changed: () => void changes.push(link.up),
  });
  closes.push(() => link.close());
  await link.open();
  await expect(link.call((redis) => redis.get('a'))).rejects.toThrow(CacheUnavailable);
  expect([link.up, changes]).toEqual([true, [true]]);
  await expect(link.call((redis) => redis.set('a', 'x'))).rejects.toThrow(/READONLY/);
  expect([link.up, changes]).toEqual([false, [true, false]]);
});
