import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openTcpProxy } from '../../testing/index.ts';
import { serverUrl } from '../../testing/servers/index.ts';
import { createHints } from './hints.ts';

const url = serverUrl('redis');
const channelPrefix = `test-${randomUUID()}:`;

test('a connection for hints that carries nothing any more is noticed by who checks it, and hints are heard over the next', async () => {
  const proxy = await openTcpProxy(url);
  const given = { url: proxy.through(url), where: 'Redis', timeoutMs: 1_000, channelPrefix };
  const hints = createHints({ ...given, changed: () => undefined, onListenerError: () => undefined });
  const heard = Promise.withResolvers<string>();
  await hints.subscribe('x', heard.resolve);
  await proxy.mode('blackhole');
  expect(hints.up).toBe(true);
  await hints.check();
  expect(hints.up).toBe(false);
  await proxy.mode('pass');
  while (!hints.up) await delay(2);
  const other = new Redis(url);
  await other.publish(`${channelPrefix}x`, 'one');
  expect(await heard.promise).toBe('one');
  other.disconnect();
  hints.close();
  await proxy.close();
});
