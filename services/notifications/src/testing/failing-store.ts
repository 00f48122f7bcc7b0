import { type CollectionDeclaration, type Doc, type DocumentStore, StoreUnavailable } from '@commonpurse/shared/documents';
import { overriding } from '@commonpurse/shared/testing';

/** A store that can be told to fail at reading or writing. */
export interface FailingStore {
  failing: 'nothing' | 'find' | 'get' | 'replace' | 'insert';
  wrap(store: DocumentStore): DocumentStore;
}

export function failingStore(): FailingStore {
  const state: FailingStore = {
    failing: 'nothing',
    wrap: (store) =>
      overriding(store, {
        collection: async <T extends Doc>(declaration: CollectionDeclaration) => {
          const documents = await store.collection<T>(declaration);
          const unless = (name: FailingStore['failing']): void => {
            if (state.failing === name) throw new StoreUnavailable(`${name} fails in this test`);
          };
          return overriding(documents, {
            find: async (...args) => (unless('find'), documents.find(...args)),
            get: async (...args) => (unless('get'), documents.get(...args)),
            replace: async (...args) => (unless('replace'), documents.replace(...args)),
            insert: async (...args) => (unless('insert'), documents.insert(...args)),
          });
        },
      }),
  };
  return state;
}
