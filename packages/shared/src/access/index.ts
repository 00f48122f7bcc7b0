export * from './access.ts';
export * from './people.ts';
export * from './person.ts';
export * from './viewer.ts';
export * from './visible.ts';
