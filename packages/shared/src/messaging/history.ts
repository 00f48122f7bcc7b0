import type { CollectionDeclaration, Doc, Documents, DocumentStore } from '../documents/documents.ts';
import { linesOf } from './history-line.ts';
import type { HistoryLine } from './outbox.ts';

const historyCollection: CollectionDeclaration = {
  name: 'history',
  cold: true,
  indexes: [{ name: 'recordedAt', fields: ['recordedAt', '_id'] }],
  times: { recordedAt: 'instant' },
};

/** Opens the one history of a service: every aggregate's lines, and its changes feed. */
export const createHistory = (documents: DocumentStore): Promise<Documents<HistoryLine>> =>
  documents.collection<HistoryLine>(historyCollection);

/** Every line of one aggregate, oldest first: those that are stored, and those that its outbox still holds and the relay will store just so.
 *  Read `doc` before calling: what the relay moves meanwhile is then seen at least once, and never twice. `doc` null: it is gone, only its lines are left. */
export async function readHistory(
  history: Documents<HistoryLine>,
  aggregateId: string,
  doc: Doc | null,
  aggregate = '',
): Promise<HistoryLine[]> {
  const stored = await history.find(
    { aggregateId, _id: { $gte: `${aggregateId}:00000000`, $lt: `${aggregateId}:99999999:~` } },
    { sort: [['_id', 1]] },
  );
  if (doc?.outbox === undefined || doc.outbox.length === 0) return stored;
  const seen = new Set(stored.map((line) => line._id));
  const recorded = { aggregate: stored[0]?.aggregate ?? aggregate, aggregateId, recordedAt: doc.changedAt };
  const waiting = linesOf(doc.outbox, doc.historyHash ?? null, recorded)
    .filter((line) => !seen.has(line._id))
    .map((line) => ({ ...line, changedAt: doc.changedAt }));
  return [...stored, ...waiting].toSorted((a, b) => (a._id < b._id ? -1 : 1));
}
