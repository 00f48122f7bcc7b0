export * from './ask-thread.ts';
export * from './thread-calls.ts';
