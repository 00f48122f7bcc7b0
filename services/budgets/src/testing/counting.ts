import type { Doc, Documents } from '@commonpurse/shared/documents';

/** Counts the calls of a collection by method. */
export function counting<T extends Doc>(documents: Documents<T>, calls: Map<string, number>): Documents<T> {
  return new Proxy(documents, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        const called = `${documents.name} ${String(name)}`;
        calls.set(called, (calls.get(called) ?? 0) + 1);
        return Reflect.apply(value, target, given);
      };
    },
  });
}
