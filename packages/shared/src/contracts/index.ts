export * from './auth.ts';
export * from './budgets.ts';
export * from './define-event.ts';
export * from './fields.ts';
export * from './record-view.ts';
export * from './records.ts';
export * from './share.ts';
export * from './spending.ts';
