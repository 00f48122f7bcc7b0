import type { CollectionDeclaration, Doc, Documents, DocumentStore } from '@commonpurse/shared/documents';
import { overriding } from './override.ts';

/** The same store, whose collections can be opened more than once: by a test, or by a second instance of the service. */
export function shareable(store: DocumentStore): DocumentStore {
  const open = new Map<string, Promise<Documents<Doc>>>();
  return overriding(store, {
    collection: <T extends Doc>(declaration: CollectionDeclaration) => {
      const documents = open.get(declaration.name) ?? store.collection<Doc>(declaration);
      open.set(declaration.name, documents);
      return documents as Promise<unknown> as Promise<Documents<T>>;
    },
  });
}
