export * from './parts.ts';
export * from './personal-data.ts';
