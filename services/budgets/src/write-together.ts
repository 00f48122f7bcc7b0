import type { Doc, Documents, Draft } from '@commonpurse/shared/documents';

interface Change<T extends Doc> {
  /** As it was read; null: there was none. */
  readonly current: T | null;
  readonly next: Draft<T>;
}

/** Inserts or compare-and-sets each of them, all by two commands. Answers those where another may have been faster: of many that are
 *  compare-and-set nobody says which were refused. */
export async function writeTogether<T extends Doc, C extends Change<T>>(documents: Documents<T>, changes: readonly C[]): Promise<C[]> {
  const first = changes.filter(({ current }) => current === null);
  const known = changes.filter(({ current }) => current !== null);
  const [{ duplicates }, areWritten] = await Promise.all([
    documents.insertMany(first.map(({ next }) => next)),
    documents.replaceMany(known.map(({ current, next }) => ({ doc: next, expectedVersion: current!.version }))),
  ]);
  return [...duplicates.map(({ index }) => first[index]!), ...(areWritten ? [] : known)];
}
