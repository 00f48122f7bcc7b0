import type { Doc, Documents, DocumentStore, OutboxEntry } from './documents.ts';

/** What the contract is tried with. */
export interface Note extends Doc {
  readonly owner: string;
  readonly size: number;
  readonly title?: string | null;
  readonly code?: string;
  readonly tags?: readonly string[];
  readonly parts?: readonly { readonly name?: string | null }[];
  readonly nested?: { readonly [name: string]: string | number | boolean | null };
}

/** An adapter's store, on its own empty ground. */
export interface OpenedStore {
  readonly store: DocumentStore;
  /** Closes it properly and opens what is there again. */
  reopen(): Promise<DocumentStore>;
  /** Ends it as `kill -9` would, and opens what is there again. */
  kill(): Promise<DocumentStore>;
  /** Closes whatever is open, and cleans up. */
  end(): Promise<void>;
}
export type OpenStore = () => Promise<OpenedStore>;

export const noteIndexes = [
  { name: 'owner', fields: ['owner', 'size', '_id'] },
  { name: 'tags', fields: ['tags', '_id'] },
  { name: 'code', fields: ['code'], unique: true, sparse: true },
];

export interface Ground {
  readonly opened: OpenedStore;
  readonly notes: Documents<Note>;
  /** The same collection after `reopen` or `kill`. */
  again(how: 'reopen' | 'kill'): Promise<Documents<Note>>;
}
export type Kind = 'hot' | 'cold';

export async function groundOf(open: OpenStore, kind: Kind): Promise<Ground> {
  const opened = await open();
  const declaration = { name: 'notes', indexes: noteIndexes, cold: kind === 'cold' };
  return {
    opened,
    notes: await opened.store.collection<Note>(declaration),
    again: async (how) => (await opened[how]()).collection<Note>(declaration),
  };
}

export const note = (id: string, facts: Partial<Note> = {}) => ({ _id: id, version: 1, owner: 'ann', size: 1, ...facts });

export const entry = (id: string, version: number, at = '2026-01-15T12:00:00.000Z'): OutboxEntry => ({
  id: `note.changed/${id}/${version}`,
  type: 'note.changed',
  version,
  at,
  by: 'ann',
  requestId: 'r',
  action: 'updated',
  change: null,
  salt: 'salt',
});

export const idsOf = (docs: readonly Doc[]): string[] => docs.map((doc) => doc._id);
