export * from './access.ts';
export * from './people.ts';
export * from './person.ts';
