import type { Documents, DocumentStore } from '@commonpurse/shared/documents';
import { createHistory, type HistoryLine } from '@commonpurse/shared/messaging';
import type { RecordDoc } from './entries/record.ts';

/** The collections that records owns. */
export interface RecordsStore {
  readonly records: Documents<RecordDoc>;
  readonly history: Documents<HistoryLine>;
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
    }),
    history: await createHistory(documents),
  };
}
