import type { Doc, Documents, Draft } from './documents.ts';
import { DuplicateKey, StaleVersion } from './documents.ts';

/** What a mirror makes of what it holds (null: nothing yet) and what has arrived; null leaves everything as it is. */
export type Merge<T extends Doc> = (current: T | null) => Draft<T> | null;

export interface Upserted<T extends Doc> {
  /** What was stored before. */
  readonly before: T | null;
  /** What is stored now; the same as `before` when nothing was kept. */
  readonly after: T | null;
}

/** Reads, merges and compare-and-sets until no other writer comes in between. The merged version must be higher than the current one.
 *  @param read what was read just now */
export async function upsertNewer<T extends Doc>(documents: Documents<T>, id: string, merge: Merge<T>, read?: T): Promise<Upserted<T>> {
  for (let before = read ?? (await documents.get(id)); ; before = await documents.get(id)) {
    const draft = merge(before);
    if (draft === null) return { before, after: before };
    const after = await writeIfUnchanged(documents, before, draft);
    if (after !== null) return { before, after };
  }
}

/** Inserts where there was nothing, compare-and-sets otherwise. null: another writer was faster.
 *  @param current as it was read just now */
export async function writeIfUnchanged<T extends Doc>(documents: Documents<T>, current: T | null, next: Draft<T>): Promise<T | null> {
  try {
    return await (current === null ? documents.insert(next) : documents.replace(next, current.version));
  } catch (error) {
    if (lostRace(error)) return null;
    throw error;
  }
}

/** Only races are tried again; a unique key held by another document is for the caller. */
const lostRace = (error: unknown): boolean => error instanceof StaleVersion || (error instanceof DuplicateKey && error.indexName === '_id');
