import type { CollectionDeclaration, Doc, Documents, DocumentStore } from '../documents/documents.ts';
import { overriding } from './override.ts';

/** Watches who is at work on a store. */
export interface StoreWork {
  /** The same store, watched. */
  watch(store: DocumentStore): DocumentStore;
  /** Resolves when nobody has been at work on what is watched for some turns of the event loop: what goes on behind the answers is through then,
   *  or waits for the clock or for somebody else. */
  atRest(): Promise<void>;
}

/** More than anybody lets pass between two steps of one piece of work. */
const restfulTurns = 20;

export function watchStoreWork(): StoreWork {
  let begun = 0;
  let underWay = 0;
  const end = (): void => void (underWay -= 1);
  const noted = <T>(work: T): T => {
    if (!(work instanceof Promise)) return work;
    begun += 1;
    underWay += 1;
    work.then(end, end);
    return work;
  };
  const watched = <T extends Doc>(documents: Documents<T>): Documents<T> =>
    new Proxy(documents, {
      get: (real, name) => {
        const value: unknown = Reflect.get(real, name, real);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => noted(Reflect.apply(value, real, given) as unknown);
      },
    });
  return {
    watch: (store) =>
      overriding(store, {
        collection: async <T extends Doc>(declaration: CollectionDeclaration) => watched(await store.collection<T>(declaration)),
      }),
    async atRest() {
      for (let turns = 0, seen = begun; turns < restfulTurns; turns += 1) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (underWay === 0 && seen === begun) continue;
        seen = begun;
        turns = -1;
      }
    },
  };
}
