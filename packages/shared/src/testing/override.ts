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

/** The same store, but for these methods of the collection of that name, which whoever names it knows to hold such documents. */
export const overridingCollection = <D extends Doc = Doc>(
  store: DocumentStore,
  name: string,
  methods: (documents: Documents<D>) => Partial<Documents<D>>,
): DocumentStore =>
  overriding(store, {
    collection: async <T extends Doc>(declaration: CollectionDeclaration) => {
      const documents = await store.collection<T>(declaration);
      if (declaration.name !== name) return documents;
      const known = documents as unknown as Documents<D>;
      return overriding(known, methods(known)) as unknown as Documents<T>;
    },
  });
