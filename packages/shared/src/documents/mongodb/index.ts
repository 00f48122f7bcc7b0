export { openMongoStore } from './store.ts';
export type { MongoStoreOptions } from './store.ts';
