import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { RecordState } from './records.ts';
import { Id, Instant } from './shapes.ts';

/** A chunk of an import's rows as they are now: newly landed, or taken back. At most 500. */
export const RecordsImported = defineEvent(
  'records.imported',
  'records',
  'Some rows of an import, whole, have landed or were taken back.',
  z.strictObject({ importId: Id, ownerId: Id, action: z.enum(['imported', 'reverted']), records: z.array(RecordState).max(500) }),
);
export type RecordsImported = z.infer<typeof RecordsImported.schema>;

/** What an import's job says of itself, without its file and what reading that has found. */
export const ImportSummary = z.strictObject({
  id: Id,
  status: z.enum(['queued', 'running', 'done', 'failed', 'reverting', 'reverted']),
  dryRun: z.boolean(),
  rows: z.strictObject({ total: z.int(), imported: z.int(), skipped: z.int(), duplicate: z.int(), failed: z.int() }),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
  /** Why it failed, in one line. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  version: z.int().positive(),
});
export type ImportSummary = z.infer<typeof ImportSummary>;

const ImportFormat = z
  .strictObject({
    encoding: z.string(),
    delimiter: z.string(),
    headerRow: z.int(),
    dateFormat: z.string(),
    decimalSeparator: z.enum(['.', ',']).nullable().meta({ description: 'null: the first amounts have none, so each must tell by itself' }),
    tagSeparator: z.string(),
    currency: z.string().meta({ description: 'Of rows that name none' }),
    mapping: z.record(z.string(), z.union([z.string(), z.int()])),
  })
  .meta({ description: 'How the file is read: what was said about it, completed by what was found' });
export type ImportFormat = z.infer<typeof ImportFormat>;

const ImportRowError = z.strictObject({
  row: z.int().meta({ description: "Counts the file's records from 1" }),
  path: z.string(),
  code: z.string(),
  message: z.string(),
});
const ImportPreviewRow = z
  .strictObject({
    row: z.int(),
    type: z.enum(['expense', 'income']),
    amount: z.string(),
    currency: z.string(),
    date: z.iso.date(),
    description: z.string(),
    category: z.string().optional(),
    source: z.string().optional(),
    tags: z.array(z.string()),
    customFields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ description: 'A row as POST /records would take it' });

/** A job as a list shows it: without what the reading of its file has found. */
export const ImportListItem = z.strictObject({
  ...ImportSummary.shape,
  file: z.strictObject({ name: z.string().nullable(), bytes: z.int() }),
  format: ImportFormat.nullable().meta({ description: 'null until the file was read through' }),
});
export type ImportListItem = z.infer<typeof ImportListItem>;

/** A job as GET /records/imports/{id} shows it. */
export const ImportView = z.strictObject({
  ...ImportListItem.shape,
  errors: z.array(ImportRowError).max(1_000).meta({ description: 'The first 1,000' }),
  preview: z.array(ImportPreviewRow).max(20).meta({ description: 'The first 20 good rows' }),
});
export type ImportView = z.infer<typeof ImportView>;

/** Progress of an import; `finished` is true exactly once a job's run ended (done or failed). */
export const ImportProgressed = defineEvent(
  'import.progressed',
  'records',
  'An import has got further: the job as it shows itself. `finished` comes once a run.',
  z.strictObject({ ownerId: Id, createdBy: Id, finished: z.boolean(), import: ImportView }),
);
export type ImportProgressed = z.infer<typeof ImportProgressed.schema>;
