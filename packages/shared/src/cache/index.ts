export * from './cache.ts';
export * from './gcra.ts';
export * from './get-or-load.ts';
