export * from './forget-keys.ts';
export * from './rabbitmq-management.ts';
export * from './real-suites.ts';
export * from './server-faults.ts';
export * from './system-ground.ts';
