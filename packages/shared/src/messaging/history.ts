import type { CollectionDeclaration, Doc, Documents, DocumentStore, Filter } from '../documents/documents.ts';
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
  const stored = await history.find(linesBelow(aggregateId), { sort: [['_id', 1]] });
  return [...stored, ...waitingLines(doc, stored, stored[0]?.aggregate ?? aggregate)].toSorted((a, b) => (a._id < b._id ? -1 : 1));
}

/** Which lines of one aggregate. */
interface HistoryPart {
  readonly order: 'oldest-first' | 'newest-first';
  readonly limit: number;
  /** Of versions below this one only. */
  readonly below?: number;
}

/** As `readHistory`, of a document that is there, but only so many lines: a document can have been changed any number of times. */
export async function readHistoryPart(
  history: Documents<HistoryLine>,
  doc: Doc,
  { order, limit, below = Infinity }: HistoryPart,
): Promise<HistoryLine[]> {
  const direction = order === 'oldest-first' ? 1 : -1;
  const stored = await history.find(linesBelow(doc._id, below), { sort: [['_id', direction]], limit });
  const waiting = waitingLines(doc, stored, stored[0]?.aggregate ?? '').filter(({ entry }) => entry.version < below);
  // What waits and is stored, too, but was not read, lies behind all that was.
  return [...stored, ...waiting].toSorted((a, b) => (a._id < b._id ? -direction : direction)).slice(0, limit);
}

const versionsMax = 99_999_999;
const linesBelow = (aggregateId: string, below = Infinity): Filter => ({
  aggregateId,
  _id: {
    $gte: `${aggregateId}:00000000`,
    $lt: below > versionsMax ? `${aggregateId}:${versionsMax}:~` : `${aggregateId}:${String(below).padStart(8, '0')}`,
  },
});

/** Those that the outbox still holds. */
function waitingLines(doc: Doc | null, stored: readonly HistoryLine[], aggregate: string): HistoryLine[] {
  if (doc?.outbox === undefined || doc.outbox.length === 0) return [];
  const seen = new Set(stored.map((line) => line._id));
  return linesOf(doc.outbox, doc.historyHash ?? null, { aggregate, aggregateId: doc._id, recordedAt: doc.changedAt })
    .filter((line) => !seen.has(line._id))
    .map((line) => ({ ...line, changedAt: doc.changedAt }));
}
