import type { Doc, Documents } from '../../documents/documents.ts';

/** The same collection, except that one of its methods does something first, which may fail instead of it. */
export const before = <T extends Doc>(
  documents: Documents<T>,
  method: keyof Documents<T>,
  first: () => Promise<void> | void,
): Documents<T> =>
  new Proxy(documents, {
    get(target, name) {
      const real: unknown = Reflect.get(target, name, target);
      if (typeof real !== 'function') return real;
      const bound = real.bind(target) as (...given: unknown[]) => Promise<unknown>;
      return name !== method ? bound : async (...given: unknown[]) => (await first(), bound(...given));
    },
  });
