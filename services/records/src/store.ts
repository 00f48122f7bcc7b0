import type { Documents, DocumentStore } from '@commonpurse/shared/documents';
import { createHistory, type HistoryLine } from '@commonpurse/shared/messaging';
import type { RecordDoc } from './entries/record.ts';
import type { ImportDoc } from './imports/import-job.ts';
import type { ImportReport } from './imports/import-report.ts';
import type { ImportChunk } from './imports/keep-upload.ts';

/** The collections that records owns. */
export interface RecordsStore {
  readonly records: Documents<RecordDoc>;
  readonly history: Documents<HistoryLine>;
  readonly imports: Documents<ImportDoc>;
  readonly importReports: Documents<ImportReport>;
  readonly importChunks: Documents<ImportChunk>;
}

/** Opens them. A tombstone has another `deletedAt` than null, so deleted records lie outside the stretch of index that a list reads. */
export async function openRecordsStore(documents: DocumentStore): Promise<RecordsStore> {
  return {
    records: await documents.collection<RecordDoc>({
      name: 'records',
      indexes: [
        { name: 'by-date', fields: ['ownerId', 'deletedAt', 'date', '_id'] },
        { name: 'by-creation', fields: ['ownerId', 'deletedAt', 'createdAt', '_id'] },
        { name: 'by-amount', fields: ['ownerId', 'deletedAt', 'amountKey', '_id'] },
        { name: 'by-category', fields: ['ownerId', 'deletedAt', 'category', 'date', '_id'] },
        { name: 'by-content', fields: ['contentKey'] },
      ],
      times: { date: 'day', createdAt: 'instant' },
    }),
    history: await createHistory(documents),
    imports: await documents.collection<ImportDoc>({
      name: 'imports',
      indexes: [
        { name: 'by-owner', fields: ['ownerId', 'createdAt', '_id'] },
        { name: 'by-open', fields: ['openSince', '_id'], sparse: true },
        { name: 'by-upload', fields: ['uploadId'], sparse: true },
      ],
    }),
    importReports: await documents.collection<ImportReport>({ name: 'import-reports', cold: true, indexes: [] }),
    importChunks: await documents.collection<ImportChunk>({
      name: 'import-chunks',
      cold: true,
      indexes: [{ name: 'by-start', fields: ['startedAt', '_id'], sparse: true }],
    }),
  };
}
