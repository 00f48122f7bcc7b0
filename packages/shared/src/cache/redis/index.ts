export { openRedisCache, type RedisCacheOptions } from './open-redis-cache.ts';
export { CacheRefused } from './trouble.ts';
