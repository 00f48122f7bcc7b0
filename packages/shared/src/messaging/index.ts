export * from './bus.ts';
export * from './dispatcher.ts';
export * from './event.ts';
export * from './history-line.ts';
export * from './history.ts';
export * from './outbox.ts';
export * from './parking.ts';
export * from './retry-policy.ts';
