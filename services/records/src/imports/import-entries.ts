import { ImportProgressed, type ImportSummary, RecordsImported } from '@commonpurse/shared/contracts';
import { type Documents, type OutboxEntry, TimeSlice } from '@commonpurse/shared/documents';
import { entryOf, eventOfEntry, type DomainEvent, type Outbox } from '@commonpurse/shared/messaging';
import { type RecordDoc, recordStateOf } from '../entries/record.ts';
import type { RecordsStore } from '../store.ts';
import { type ImportDoc, type ImportDraft, summaryOf } from './import-job.ts';
import { viewImport } from './read-import.ts';
import { createRowIds } from './row-id.ts';

interface Cause {
  readonly at: string;
  readonly by: string;
  readonly requestId: string;
}

/** Progress, or the end of a run: told once, when `finished`. It tells the job as this write leaves it. */
export const progressEntry = (draft: ImportDraft, told: Cause, action: string, finished = false): OutboxEntry =>
  entryOf(ImportProgressed, {
    aggregateId: draft._id,
    version: draft.version,
    ...told,
    action,
    change: null,
    facts: { finished, import: summaryOf(draft) },
  });

/** A chunk of rows that have landed, or were taken back; the relay renders it from the rows themselves. Both numbers belong to it. */
export const chunkEntry = (draft: ImportDraft, told: Cause, action: 'imported' | 'reverted', from: number, to: number): OutboxEntry =>
  entryOf(RecordsImported, { aggregateId: draft._id, version: draft.version, ...told, action, change: null, facts: { from, to } });

type Stored = Pick<RecordsStore, 'imports' | 'importReports' | 'records'>;

/** How the relay tells of imports and their rows. */
export const importOutbox = (store: Stored, installationKey: Buffer): Outbox<ImportDoc> => ({
  aggregate: 'import',
  documents: store.imports,
  render: (entry, job) =>
    entry.type === RecordsImported.type ? renderChunk(entry, job, store.records, installationKey) : renderProgress(entry, job, store),
});

/** The job as it was then, with what is known of its file by now. */
async function renderProgress(entry: OutboxEntry, job: ImportDoc, store: Stored): Promise<DomainEvent[]> {
  const shown = { ...(await viewImport(store, job)), ...(entry.facts?.['import'] as ImportSummary | undefined) };
  const data = { ownerId: job.ownerId, createdBy: job.createdBy, finished: entry.facts?.['finished'], import: shown };
  // The schema judges it: an entry is what this file has written, or damage.
  return [eventOfEntry(ImportProgressed, entry, job._id, data as ImportProgressed)];
}

async function renderChunk(
  entry: OutboxEntry,
  job: ImportDoc,
  records: Documents<RecordDoc>,
  installationKey: Buffer,
): Promise<DomainEvent[]> {
  const { action } = entry;
  // woken in the turn in which the batch was settled and the next one is begun: others come in between
  await new TimeSlice().rest();
  if (action !== 'imported' && action !== 'reverted') throw new Error(`a chunk of rows that were ${action}`);
  const found = await rowsOf(job, records, installationKey, Number(entry.facts?.['from']), Number(entry.facts?.['to']));
  const rows = action === 'imported' ? found : found.filter(({ deletedAt }) => deletedAt !== undefined);
  if (rows.length === 0) return [];
  const data = { importId: job._id, ownerId: job.ownerId, action, records: rows.map(recordStateOf) };
  return [eventOfEntry(RecordsImported, entry, job._id, data)];
}

/** The records that rows of this import have become, as they are now. */
export function rowsOf(
  job: ImportDoc,
  records: Documents<RecordDoc>,
  installationKey: Buffer,
  from: number,
  to: number,
): Promise<RecordDoc[]> {
  const idOf = createRowIds(installationKey, job._id, job.createdAt);
  return records.getMany(Array.from({ length: to - from + 1 }, (_, at) => idOf(from + at)));
}
