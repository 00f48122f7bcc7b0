export * from './real-suites.ts';
export * from './server-faults.ts';
