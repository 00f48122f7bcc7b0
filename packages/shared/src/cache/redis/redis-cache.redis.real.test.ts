import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { Redis } from 'ioredis';
import { systemClock } from '../../service/clock.ts';
import { serverUrl } from '../../testing/servers/index.ts';
import { describeCache } from '../cache.contract.ts';
import { openRedisCache } from './index.ts';

const log = pino({ enabled: false });

describeCache('Redis', async () => {
  const url = serverUrl('redis');
  const prefix = `test-${randomUUID()}`;
  const open = () => openRedisCache({ url, prefix, clock: systemClock, log, checkMs: 20 });
  const [cache, other] = await Promise.all([open(), open()]);
  const admin = new Redis(url);
  const restart = async (): Promise<void> => {
    const keys = await admin.keys(`${prefix}:*`);
    if (keys.length > 0) await admin.del(...keys);
  };
  return {
    cache,
    other,
    // a timer may be a little early
    pass: async (ms) => {
      const until = performance.now() + ms;
      while (performance.now() < until) await delay(until - performance.now() + 1);
    },
    restart,
    close: async () => {
      await Promise.all([cache.close(), other.close()]);
      await restart();
      admin.disconnect();
    },
  };
});
