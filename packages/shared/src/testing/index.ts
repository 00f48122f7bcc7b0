export * from './fake-clock.ts';
export * from './memory-disk.ts';
