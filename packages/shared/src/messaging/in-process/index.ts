export * from './disorder.ts';
export * from './in-process-bus.ts';
