import type { Doc, Documents, Draft, Filter, JsonObject, Sort } from '../documents/documents.ts';
import { upsertNewer } from '../documents/upsert.ts';

export interface PersonalDocument {
  readonly collection: string;
  readonly document: JsonObject;
}

/** What one service keeps of a person. */
export interface PersonalData {
  /** Every collection that holds anything of people. */
  readonly collections: readonly string[];
  /** Page by page. What is written meanwhile may be missing. */
  of(userId: string): AsyncIterable<PersonalDocument>;
  /** Harmless to repeat, and to begin again after a crash. Rejects where it has to be tried again. */
  erase(userId: string): Promise<void>;
}

/** What one collection holds of somebody.
 *  @typeParam Of what its documents are found by: the person's id, or a document that they belong to */
export interface Part<T extends Doc, Of = string> {
  readonly documents: Documents<T>;
  /** Each served by an index. */
  where(of: Of): readonly Filter[];
  /** The order that index has behind what `where` pins down; ends with `_id`. Default: by `_id`. */
  readonly sort?: Sort;
  /** What is found by these documents only: shown behind each, and erased before it, so that a crash in between leaves the way to it. */
  readonly belongings?: readonly AnyPart<T>[];
  /** As the person gets it; null: they don't. Default: all of it but the outbox. */
  show?(document: T, userId: string): JsonObject | null;
  /** What has to be so before anything of it is erased; rejects where it isn't yet. */
  before?(document: T, userId: string): Promise<void>;
  /** What stays of it; null: that is all that there is. Default: nothing stays. */
  leave?(document: T, userId: string): Draft<T> | null;
}
/** Of whatever documents: a part is only ever given those of its own collection. */
export type AnyPart<Of = string> = Part<Doc, Of>;

const atOnce = 100;

/** In the order given, to the last of each before the next. */
export const createPersonalData = (parts: readonly AnyPart[]): PersonalData => ({
  collections: [...new Set(parts.flatMap(collectionsOf))].toSorted(),
  async *of(userId) {
    for (const part of parts) yield* shown(part, userId, userId);
  },
  async erase(userId) {
    for (const part of parts) await erase(part, userId, userId);
  },
});

const collectionsOf = ({ documents, belongings = [] }: AnyPart<unknown>): string[] => [
  documents.name,
  ...belongings.flatMap((part) => collectionsOf(part)),
];

async function* shown<T extends Doc, Of>(part: Part<T, Of>, of: Of, userId: string): AsyncGenerator<PersonalDocument> {
  const show = part.show ?? everything;
  for await (const page of pagesOf(part, of)) {
    for (const each of page) {
      const document = show(each, userId);
      if (document !== null) yield { collection: part.documents.name, document };
      for (const belonging of part.belongings ?? []) yield* shown(belonging, each, userId);
    }
  }
}

function everything<T extends Doc>({ outbox: _outbox, historyHash: _hash, ...document }: T): JsonObject {
  // What is stored is JSON.
  return document as unknown as JsonObject;
}

async function erase<T extends Doc, Of>(part: Part<T, Of>, of: Of, userId: string): Promise<void> {
  for await (const page of pagesOf(part, of)) {
    await Promise.all(page.map((document) => clearTheWay(part, document, userId)));
    if (part.leave === undefined) await part.documents.remove(page.map(({ _id }) => _id));
    else await Promise.all(page.map((document) => leaveRest(part, document, userId)));
  }
}

async function clearTheWay<T extends Doc>(part: Part<T, never>, document: T, userId: string): Promise<void> {
  await part.before?.(document, userId);
  for (const belonging of part.belongings ?? []) await erase(belonging, document, userId);
}

/** What stays is decided anew where another write came first. */
async function leaveRest<T extends Doc>(part: Part<T, never>, document: T, userId: string): Promise<void> {
  await upsertNewer(part.documents, document._id, (current) => current && (part.leave?.(current, userId) ?? null), document);
}

async function* pagesOf<T extends Doc, Of>({ documents, where, sort = byId }: Part<T, Of>, of: Of): AsyncGenerator<T[]> {
  for (const filter of where(of)) {
    for (let last: T | undefined, full = true; full;) {
      const page: T[] = await documents.find(filter, { sort, limit: atOnce, ...(last && { after: placeOf(last, sort) }) });
      if (page.length > 0) yield page;
      full = page.length === atOnce;
      last = page.at(-1);
    }
  }
}

const byId: Sort = [['_id', 1]];

/** Parts are sorted by fields of their own, never by nested ones. */
const placeOf = (document: Doc, sort: Sort) =>
  sort.map(([field]) => (document as unknown as Record<string, string | number | null | undefined>)[field] ?? null);
