import { DuplicateKey } from '../documents/documents.ts';
import type { Doc, Documents, Draft, OutboxEntry } from '../documents/documents.ts';
import { Refusal } from './refusal.ts';

/** What a document that can be created with an `Idempotency-Key` keeps about its first request. */
export interface CreatedOnce extends Doc {
  /** Of the parsed input; absent when it was created without a key, or by an import. */
  readonly fingerprint?: string;
}

export interface CreateOnce<T extends CreatedOnce> {
  readonly documents: Documents<T>;
  /** Its `_id` comes from `idempotentId`. */
  readonly draft: Draft<T>;
  readonly entries: readonly OutboxEntry[];
  /** null where the request had no key. */
  readonly fingerprint: string | null;
  /** The document as it was at version 1, for a replay after it has been changed or deleted. */
  readonly firstState: (doc: T) => Promise<T> | T;
  /** Refuses one more than there may be. What it says counts for nothing where this very request has been here before, or is here twice at once: then
   *  it is its own document that takes up the room. */
  readonly demandRoom?: () => Promise<void>;
}

/** Inserts, or finds that this very request has been here before. Another input under the same key is 422.
 *  @throws Refusal also what `demandRoom` refuses */
export async function createOnce<T extends CreatedOnce>(create: CreateOnce<T>): Promise<{ doc: T; replayed: boolean }> {
  const { documents, draft, entries, fingerprint } = create;
  await demandRoomFor(create);
  const stamped = fingerprint === null ? draft : { ...draft, fingerprint };
  try {
    return { doc: await documents.insert(stamped, entries), replayed: false };
  } catch (error) {
    if (!(error instanceof DuplicateKey) || error.indexName !== '_id' || fingerprint === null) throw error;
  }
  const stored = await documents.get(draft._id);
  if (stored?.fingerprint !== fingerprint) {
    throw new Refusal('idempotency-key-reused', 'This Idempotency-Key was used for another request');
  }
  return { doc: stored.version === 1 ? stored : await create.firstState(stored), replayed: true };
}

async function demandRoomFor<T extends CreatedOnce>({ documents, draft, fingerprint, demandRoom }: CreateOnce<T>): Promise<void> {
  try {
    await demandRoom?.();
  } catch (error) {
    if (!(error instanceof Refusal) || fingerprint === null || (await documents.get(draft._id)) === null) throw error;
  }
}

/** Beside the answer of something created once. */
export const replayHeaders = (replayed: boolean): Record<string, string> => (replayed ? { 'Idempotency-Replayed': 'true' } : {});
