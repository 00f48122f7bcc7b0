export * from './fake-clock.ts';
export * from './memory-disk.ts';
export * from './fake-auth.ts';
export * from './http-client.ts';
export * from './test-service.ts';
export * from './example-faults.ts';
export * from './simulated-disk.ts';
export * from './tcp-proxy.ts';
