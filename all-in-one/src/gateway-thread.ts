/** The entry of the gateway's thread: the factory that every gateway is made by, with peers and logs that lead out of the thread. Reads
 *  nothing of its surroundings but what it was handed. */
import { parentPort, workerData } from 'node:worker_threads';
import { createGatewayService } from '@commonpurse/gateway';
import { GatewayConfig } from '@commonpurse/gateway/config';
import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { createPeers, keysChannel, loadConfig, loggerTo, securityLoggerTo, systemClock } from '@commonpurse/shared/service';
import type { GatewayCalls, GatewayThreadData, LogLine } from './open-gateway-thread.ts';
import { answerOver, sayOver } from '@commonpurse/shared/threads';

const { env, internalKey, level } = workerData as GatewayThreadData;
const out = parentPort!;
const clock = systemClock;
const cache = createMemoryCache({ clock });
let urls: Parameters<GatewayCalls['meet']>[0] = {};
let doors: Parameters<GatewayCalls['meet']>[1] = {};

const linesOf = (log: LogLine['log']) => ({ write: (line: string) => sayOver(out, { log, line } satisfies LogLine) });
const gateway = createGatewayService({
  config: loadConfig(GatewayConfig, env),
  cache,
  localCache: cache,
  peers: createPeers({ self: 'gateway', urls: () => urls, internalKey, clock }),
  urls: (name) => urls[name] ?? [],
  doorAt: (url) => doors[url],
  clock,
  log: loggerTo(linesOf('program'), { level, name: 'commonpurse' }),
  securityLog: securityLoggerTo(linesOf('security'), { level, name: 'security' }),
});

answerOver<GatewayCalls>(out, {
  listen: (address) => gateway.listen(address),
  meet: async (found, near) => {
    urls = found;
    doors = near;
  },
  doubtKeys: () => cache.publish(keysChannel, ''),
  start: () => gateway.start(),
  stop: async () => {
    await gateway.stop();
    await cache.close();
  },
  health: () => gateway.health(),
  metrics: () => gateway.metrics.getMetricsAsJSON(),
});
