import { createMemoryCache } from '@commonpurse/shared/cache/memory';
import { openRedisCache } from '@commonpurse/shared/cache/redis';
import { runService } from '@commonpurse/shared/service';
import { GatewayConfig } from './config.ts';
import { createGatewayService } from './service.ts';

await runService({
  name: 'gateway',
  env: process.env,
  config: { gateway: GatewayConfig },
  adapters: { cache: (options) => openRedisCache({ ...options, connect: 'until-available' }) },
  create: (found, { gateway }) =>
    createGatewayService({ ...found, config: gateway, localCache: createMemoryCache({ clock: found.clock }) }),
});
