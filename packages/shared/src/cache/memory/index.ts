export * from './memory-cache.ts';
