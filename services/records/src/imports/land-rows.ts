import { type Documents, type Draft, TimeSlice, upsertNewer } from '@commonpurse/shared/documents';
import { newRecord, type RecordDoc } from '../entries/record.ts';
import { baseOf, identityRates } from '../rates/record-base.ts';
import { decideRows } from './decide-rows.ts';
import type { HeldImport, ImportWork } from './hold-import.ts';
import { chunkEntry, progressEntry } from './import-entries.ts';
import { advanced, finished, type ImportDoc, type ImportDraft, type Intent } from './import-job.ts';
import { type ImportReport, withErrors } from './import-report.ts';
import { withRefused } from './judge-access.ts';
import { errorsOf, type GoodRow, goodRows, type JudgedRow, judgeRows } from './judge-rows.ts';
import { createRowIds } from './row-id.ts';

/** Writes the rows of a checked file, batch by batch. One compare-and-set of the job settles a batch that has landed and says what the
 *  next one will be; while a batch is being written the next one is decided. */
export async function landRows(work: ImportWork, held: HeldImport): Promise<void> {
  const { store, batchRows } = work;
  const { plan, cursor, intent: left } = held.job;
  if (plan === null) throw new Error('rows can land only after their file was checked');
  const stretch = { behind: cursor, firstTo: left?.to ?? null, batchRows };
  let landing: Promise<unknown> = Promise.resolve();
  try {
    for await (const batch of judgeRows(store.importChunks, held.job, plan, stretch)) {
      const known = knownIntent(held.job, batch);
      const intent = known ?? (await decideRows(work, held.job, batch, held.job.looksForDuplicates));
      await landing;
      held.goOn();
      if (known === null) await held.save((job, lease) => advanced(job, intent, lease), settledEntries(held));
      landing = land(work, held.job, withRefused(batch, intent.refused ?? []), intent);
      // Awaited above or below; a failure must not count as unhandled until then.
      landing.catch(() => undefined);
    }
  } finally {
    await landing;
  }
  await held.save(
    (job) => finished(job, held.told().at),
    (draft) => [...settledEntries(held)(draft), progressEntry(draft, held.told(), 'finished', true)],
  );
}

/** A decision from before a crash holds. */
const knownIntent = ({ intent, cursor }: ImportDoc, batch: readonly JudgedRow[]): Intent | null =>
  intent !== null && batch[0]?.number === cursor + 1 && batch.at(-1)?.number === intent.to ? intent : null;

/** What settling a batch tells others: its rows, if any have landed. */
function settledEntries(held: HeldImport): (draft: ImportDraft) => ReturnType<typeof chunkEntry>[] {
  const { cursor, intent } = held.job;
  return (draft) =>
    intent === null || intent.rows.imported === 0 ? [] : [chunkEntry(draft, held.told(), 'imported', cursor + 1, intent.to)];
}

async function land(work: ImportWork, job: ImportDoc, batch: readonly JudgedRow[], intent: Intent): Promise<void> {
  await keepErrors(work.store.importReports, job._id, batch);
  const left = new Set(intent.duplicates);
  const rows = goodRows(batch).filter(({ number }) => !left.has(number));
  const draftOf = createDrafts(work.installationKey, job);
  const slice = new TimeSlice();
  const drafts: Draft<RecordDoc>[] = [];
  for (const row of rows) {
    if (slice.isOver()) await slice.rest();
    drafts.push(draftOf(row));
  }
  // One that is there already has landed before a crash, or its revert has left a tombstone.
  if (drafts.length > 0) await work.store.records.insertMany(drafts);
}

/** Before their batch is settled, and once: the report says how far it has come. */
async function keepErrors(reports: Documents<ImportReport>, id: string, batch: readonly JudgedRow[]): Promise<void> {
  const errors = errorsOf(batch);
  if (errors.length === 0) return;
  await upsertNewer(reports, id, (report) => report && withErrors(report, errors, batch.at(-1)!.number));
}

function createDrafts(installationKey: Buffer, job: ImportDoc): (row: GoodRow) => Draft<RecordDoc> {
  const idOf = createRowIds(installationKey, job._id, job.createdAt);
  const { ownerId, createdBy, createdAt: at, baseCurrency, _id: importId } = job;
  return ({ number, content }) =>
    newRecord(content, { id: idOf(number), ownerId, createdBy, at, base: baseOf(content, baseCurrency, identityRates), importId });
}
