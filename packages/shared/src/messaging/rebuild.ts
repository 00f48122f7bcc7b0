import type { CollectionDeclaration, Doc, Documents, Draft } from '../documents/documents.ts';

/** How far it is to make anew what a service keeps of another's events. One document for each producer, whose name is its `_id`. Its version
 *  moves on whenever somebody works on it: who finds another one than before knows that something went on in between. */
export interface Rebuild extends Doc {
  /** First what was kept is removed, then the producer's feed is read from the beginning. */
  readonly phase: 'emptying' | 'reading' | 'done';
  readonly startedAt: string;
  /** When whoever removes was last at it, by its own clock: for a person to read. */
  readonly aliveAt: string;
  readonly finishedAt: string | null;
}

export const rebuildsCollection: CollectionDeclaration = { name: 'rebuilds', indexes: [] };

/** What can be made anew of a producer's changes feed. */
export interface Derived {
  readonly producer: string;
  /** In the order in which they are emptied: what is told first, then what follows from it. */
  readonly collections: readonly Documents<Doc>[];
  readonly rebuilds: Documents<Rebuild>;
}

export const isUnderWay = (rebuild: Rebuild | null): rebuild is Rebuild & { readonly phase: 'emptying' | 'reading' } =>
  rebuild !== null && rebuild.phase !== 'done';

/** How often an instance looks how far it is. */
export const lookEveryMs = 2_000;
/** Whoever is at it, and has not moved its version in so many looks of another one, is taken for gone. */
export const looksUntilGone = 8;

export const begun = (before: Rebuild | null, producer: string, at: string): Draft<Rebuild> => ({
  _id: producer,
  version: (before?.version ?? 0) + 1,
  phase: 'emptying',
  startedAt: at,
  aliveAt: at,
  finishedAt: null,
});

export const moved = (
  { _id, version, phase, startedAt, aliveAt, finishedAt }: Rebuild,
  to: Partial<Pick<Rebuild, 'phase' | 'aliveAt' | 'finishedAt'>>,
): Draft<Rebuild> => ({ _id, version: version + 1, phase, startedAt, aliveAt, finishedAt, ...to });
