export * from './clock.ts';
export * from './peers.ts';
export * from './service.ts';
