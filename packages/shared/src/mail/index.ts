export * from './create-mailer.ts';
export * from './mailer.ts';
export * from './open-mailer.ts';
