import type { Doc, Documents, DocumentStore } from '../documents/documents.ts';
import { overriding } from './override.ts';
import { shareable } from './shared-store.ts';

export interface NotedStore {
  readonly store: DocumentStore;
  /** Every collection that was opened through it, by name. */
  readonly opened: ReadonlyMap<string, Documents<Doc>>;
}

/** The same store, whose collections can be opened more than once, and which knows what was. */
export function noted(given: DocumentStore): NotedStore {
  const opened = new Map<string, Documents<Doc>>();
  const shared = shareable(given);
  const store = overriding(shared, {
    collection: async <T extends Doc>(declaration: Parameters<DocumentStore['collection']>[0]) => {
      const documents = await shared.collection<T>(declaration);
      opened.set(declaration.name, documents);
      return documents;
    },
  });
  return { store, opened };
}
