import type { PersonDoc } from '@commonpurse/shared/access';
import type { Documents } from '@commonpurse/shared/documents';
import { createPersonalData, idsBelow, type Part, type PersonalData, personPart, withHistory } from '@commonpurse/shared/personal-data';
import type { RecordDoc } from './entries/record.ts';
import type { ImportDoc } from './imports/import-job.ts';
import type { ImportReport } from './imports/import-report.ts';
import type { ImportChunk } from './imports/keep-upload.ts';
import type { RecordsStore } from './store.ts';

/** What records keeps of a person: their ledger, whoever entered it. What they entered for somebody else is that person's. */
export function recordsPersonalData(store: RecordsStore, people: Documents<PersonDoc>): PersonalData {
  // Imports first: one that goes on would bring records back.
  return createPersonalData([importsPart(store), recordsPart(store), personPart(people)]);
}

const recordsPart = ({ records, history }: RecordsStore): Part<RecordDoc> => ({
  documents: records,
  where: (ownerId) => [{ ownerId }],
  sort: [
    ['deletedAt', 1],
    ['date', 1],
    ['_id', 1],
  ],
  ...withHistory(history),
});

function importsPart({ imports, importReports, importChunks, history }: RecordsStore): Part<ImportDoc> {
  const { belongings, before } = withHistory<ImportDoc>(history);
  const report: Part<ImportReport, ImportDoc> = { documents: importReports, where: ({ _id }) => [{ _id }] };
  const chunks: Part<ImportChunk, ImportDoc> = {
    documents: importChunks,
    where: ({ file }) => [idsBelow(file.uploadId)],
  };
  return {
    documents: imports,
    where: (ownerId) => [{ ownerId }],
    sort: [
      ['createdAt', 1],
      ['_id', 1],
    ],
    belongings: [...belongings, report, chunks],
    before,
  };
}

/** Collections that hold nothing of anybody, beside those that every service has, and why. */
export const holdsNobody: Readonly<Record<string, string>> = {};
