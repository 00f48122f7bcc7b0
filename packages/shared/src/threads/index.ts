export * from './thread-calls.ts';
