import type { CollectionDeclaration, Doc, Documents, DocumentStore } from '../documents/documents.ts';

/** The same object, but for these methods. */
export const overriding = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, {
    get: (real, name) => {
      if (name in methods) return methods[name as keyof T];
      const value: unknown = Reflect.get(real, name);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });

/** The same store, but for these methods of the collection of that name. */
export const overridingCollection = (
  store: DocumentStore,
  name: string,
  methods: <T extends Doc>(documents: Documents<T>) => Partial<Documents<T>>,
): DocumentStore =>
  overriding(store, {
    collection: async <T extends Doc>(declaration: CollectionDeclaration) => {
      const documents = await store.collection<T>(declaration);
      return declaration.name === name ? overriding(documents, methods(documents)) : documents;
    },
  });
