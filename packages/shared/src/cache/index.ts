export * from './cache.ts';
export * from './gcra.ts';
