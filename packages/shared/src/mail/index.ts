export * from './create-mailer.ts';
export * from './escape-html.ts';
export * from './mailer.ts';
export * from './open-mailer.ts';
export * from './send-due.ts';
export * from './while-held.ts';
