import type { Document } from 'mongodb';
import type { OutboxEntry, OutboxPull } from '../documents.ts';
import type { Stored } from './stored-form.ts';
import { plainCopy } from './stored-form.ts';

/** The new state in place of the old one; of that, only what belongs to the relay stays. A field that isn't there makes none. */
export function replaceStages(doc: Stored, entries: readonly OutboxEntry[]): Document[] {
  const outbox = entries.length === 0 ? '$outbox' : { $concatArrays: [{ $ifNull: ['$outbox', []] }, { $literal: plainCopy(entries) }] };
  return [{ $replaceWith: { $mergeObjects: [{ $literal: doc }, { outbox, historyHash: '$historyHash' }] } }];
}

/** Takes entries out, and the outbox with the last of them. The hash is set only where the last one pulled is still there: another relay
 *  has pulled further otherwise. */
export function pullStages({ entryIds, historyHash }: OutboxPull): Document[] {
  const left = { $filter: { input: '$outbox', cond: { $not: [{ $in: ['$$this.id', { $literal: entryIds }] }] } } };
  const last = { $literal: entryIds.at(-1) ?? null };
  const hash =
    historyHash === undefined ? {} : { historyHash: { $cond: [{ $in: [last, '$outbox.id'] }, { $literal: historyHash }, '$historyHash'] } };
  return [{ $set: { ...hash, outbox: left } }, { $set: { outbox: { $cond: [{ $eq: ['$outbox', []] }, '$$REMOVE', '$outbox'] } } }];
}
