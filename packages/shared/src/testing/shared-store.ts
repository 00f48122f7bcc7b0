import type { CollectionDeclaration, Doc, Documents, DocumentStore } from '../documents/documents.ts';
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

/** The store as a process of its own has it: it hears of its own writes at once, and of others' when it looks. */
export const withOwnWrites = (store: DocumentStore): DocumentStore =>
  overriding(store, {
    collection: async <T extends Doc>(declaration: CollectionDeclaration) => ownWrites(await store.collection<T>(declaration)),
  });

function ownWrites<T extends Doc>(documents: Documents<T>): Documents<T> {
  const listeners = new Set<(id: string, written: T) => void>();
  const tell = (doc: T, entries: readonly unknown[] | undefined): T => {
    if (entries !== undefined && entries.length > 0) for (const listener of listeners) listener(doc._id, doc);
    return doc;
  };
  return overriding(documents, {
    insert: async (doc, entries) => tell(await documents.insert(doc, entries), entries),
    replace: async (doc, version, entries) => tell(await documents.replace(doc, version, entries), entries),
    onOutbox: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
}
