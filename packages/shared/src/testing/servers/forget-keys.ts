import { Redis } from 'ioredis';
import { serverUrl } from './real-suites.ts';

/** Takes away what a suite has in Redis, as if it had been emptied; without more given: everything under the prefix. */
export async function forgetKeys(prefix: string, ...some: readonly string[]): Promise<void> {
  const redis = new Redis(serverUrl('redis'));
  const keys = some.length > 0 ? some : await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
}
