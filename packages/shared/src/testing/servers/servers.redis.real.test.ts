import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { serverUrl } from './real-suites.ts';

test('the Redis of this run answers', async () => {
  const redis = new Redis(serverUrl('redis'));
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});
