import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { createUpgrade, type UpgradeDeps } from './upgrade.ts';

test('An upgrade in which something breaks is answered and closed, and says nothing of what broke', async () => {
  const visitor = { requestId: 'r', address: '203.0.113.9', path: '/ws', headers: [] };
  const broken = { count: () => Promise.reject(new TypeError('a bug')) };
  const deps = { front: { greet: () => visitor }, limiter: broken, policies: { address: null } } as unknown as UpgradeDeps;
  const [socket, client] = duplexPair();
  await createUpgrade(deps)({ headers: {}, rawHeaders: [] } as unknown as IncomingMessage, socket as unknown as Socket, Buffer.alloc(0));
  const answer = await text(client);
  expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n.*"code":"internal-error"/s);
  expect(answer).not.toContain('a bug');
});
