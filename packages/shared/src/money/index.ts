export * from './amount.ts';
export * from './convert.ts';
export * from './currencies.ts';
export * from './divide-half-even.ts';
