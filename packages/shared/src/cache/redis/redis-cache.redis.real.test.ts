import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../../service/clock.ts';
import { forgetKeys, serverUrl } from '../../testing/servers/index.ts';
import { describeCache } from '../cache.contract.ts';
import { openRedisCache } from './index.ts';

const log = pino({ enabled: false });

describeCache('Redis', async () => {
  const url = serverUrl('redis');
  const prefix = `test-${randomUUID()}`;
  const open = () => openRedisCache({ url, prefix, clock: systemClock, log, checkMs: 20 });
  const [cache, other] = await Promise.all([open(), open()]);
  return {
    cache,
    other,
    // a timer may be a little early
    pass: async (ms) => {
      const until = performance.now() + ms;
      while (performance.now() < until) await delay(until - performance.now() + 1);
    },
    restart: () => forgetKeys(prefix),
    close: async () => {
      await Promise.all([cache.close(), other.close()]);
      await forgetKeys(prefix);
    },
  };
});
