export * from './encryption-keys.ts';
export * from './secret-box.ts';
