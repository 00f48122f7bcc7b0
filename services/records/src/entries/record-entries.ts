import { recordView, RecordChanged, type RecordWas } from '@commonpurse/shared/contracts';
import type { Draft, OutboxEntry } from '@commonpurse/shared/documents';
import { entryOf, eventOfEntry, type Outbox } from '@commonpurse/shared/messaging';
import type { DomainEvent } from '@commonpurse/shared/messaging';
import { changeOf, factsAfter, type RecordAction, untoldChanges } from '../history/record-change.ts';
import { type RecordDoc, recordStateOf, recordWas } from './record.ts';

/** Who asked for a change. */
interface Cause {
  readonly by: string;
  readonly requestId: string;
}

/** What the outbox keeps of a new record. */
export const createdEntry = (draft: Draft<RecordDoc>, cause: Cause): OutboxEntry =>
  entryOf(RecordChanged, {
    aggregateId: draft._id,
    version: draft.version,
    at: draft.updatedAt,
    ...cause,
    action: 'created',
    change: changeOf(null, recordView(recordStateOf(draft))),
  });

/** What the outbox keeps of the next version of a record: behind what only its import told so far, this change. */
export function changeEntries(record: RecordDoc, next: Draft<RecordDoc>, action: RecordAction, cause: Cause): OutboxEntry[] {
  const viewOf = (doc: RecordDoc | Draft<RecordDoc>) => (doc.deletedAt === undefined ? recordView(recordStateOf(doc)) : null);
  const change = entryOf(RecordChanged, {
    aggregateId: record._id,
    version: next.version,
    at: next.updatedAt,
    ...cause,
    action,
    change: changeOf(viewOf(record), viewOf(next)),
    facts: { was: recordWas(record) },
  });
  return [...untoldEntries(record), change];
}

/** Their events went out in the import's chunks, so these are for history only. The import's id stands for a request's. */
const untoldEntries = (record: RecordDoc): OutboxEntry[] =>
  untoldChanges(record).map((told) =>
    entryOf(RecordChanged, { ...told, aggregateId: record._id, requestId: record.importId ?? '', facts: { toldByImport: true } }),
  );

/** How the relay tells of records. */
export const recordOutbox = (documents: Outbox<RecordDoc>['documents']): Outbox<RecordDoc> => ({
  aggregate: 'record',
  documents,
  render: renderEntry,
});

function renderEntry(entry: OutboxEntry, doc: RecordDoc): readonly DomainEvent[] {
  if (entry.facts?.['toldByImport'] === true) return [];
  const was = (entry.facts?.['was'] ?? null) as RecordWas | null;
  const data = {
    action: entry.action,
    record: recordStateOf(doc),
    was,
    became: entry.version === doc.version || entry.change === null ? null : factsAfter(was, entry.change),
    historyHash: doc.historyHash ?? null,
  };
  // The schema judges it: an entry is what this file has written, or damage.
  return [eventOfEntry(RecordChanged, entry, doc._id, data as RecordChanged)];
}
