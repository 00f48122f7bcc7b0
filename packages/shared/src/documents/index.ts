export * from './documents.ts';
export * from './upsert.ts';
