import type { Doc, OutboxEntry } from '../documents.ts';

/** A document as it is stored. */
export type Stored = Doc & { readonly [field: string]: unknown };

/** What the JSON files would give back: a copy without what is undefined, and with no number that JSON doesn't know. */
export function plainCopy<V>(value: V): V {
  if (typeof value === 'number') return (Number.isFinite(value) ? value + 0 : null) as V;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => (element === undefined ? null : plainCopy(element))) as V;
  const copy = Object.entries(value).filter(([, nested]) => nested !== undefined);
  return Object.fromEntries(copy.map(([name, nested]) => [name, plainCopy<unknown>(nested)])) as V;
}

/** What a caller left in `outbox` or `historyHash` from an earlier reading doesn't count. */
export function storedForm(draft: Doc, changedAt: string): Stored {
  if (typeof draft._id !== 'string' || !Number.isSafeInteger(draft.version)) throw new Error('a document needs _id and version');
  const { outbox: _outbox, historyHash: _historyHash, ...state } = draft;
  return { ...plainCopy(state), changedAt };
}

/** An empty outbox is not stored, so that the index of those that wait holds only those. */
export const withEntries = (doc: Stored, entries: readonly OutboxEntry[]): Stored =>
  entries.length === 0 ? doc : { ...doc, outbox: plainCopy(entries) };
