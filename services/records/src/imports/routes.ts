import { type Answer, type Endpoint, endpoint, pageOf, replayHeaders } from '@commonpurse/shared/http';
import { EnterQuery } from '../find-owner.ts';
import { maxColumns, maxRecordChars } from './csv-syntax.ts';
import * as examples from './examples.ts';
import type { ImportDoc } from './import-job.ts';
import { findImport, listImports, viewImport } from './read-import.ts';
import { revertImport } from './revert-import.ts';
import { ImportListItem, ImportListQuery, ImportParams, ImportUpload, ImportView } from './schemas.ts';
import { type ImportDeps, startImport } from './start-import.ts';

const tag = 'Imports';
const read = { scope: 'records:read' };
const write = { scope: 'records:write' };

const answerOf = async (deps: ImportDeps, job: ImportDoc, status = 200, headers: Record<string, string> = {}): Promise<Answer> => ({
  status,
  body: await viewImport(deps.store, job),
  version: job.version,
  headers,
});

/** Bulk import: upload, progress, taking it back. */
export const importRoutes = (deps: ImportDeps): Endpoint[] => [startRoute(deps), listRoute(deps), readRoute(deps), revertRoute(deps)];

const startRoute = (deps: ImportDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/records/bulk-import',
    operationId: 'startImport',
    tag,
    summary: 'Import records from a CSV file',
    description:
      'What the options leave out is found from the first rows: encoding, delimiter, header row, columns (by names in English, German, French, ' +
      'Spanish, Dutch, Italian, Portuguese, the Nordic languages, Polish, Czech, Japanese and, the usual ones, some more), date format and decimal ' +
      'separator; what can be read in two ways is asked for, never guessed. Without a type, minus is an expense and plus an income, but what a column ' +
      'that nobody mapped calls costs or prices is an expense; a minus may stand before or behind (`12,50-`) and brackets mean one too. An expense without a category gets "Uncategorized"; an income takes its category as its source, or ' +
      'gets "Unknown". Amounts are in the currency of the row, else of `defaults`, else of the amount column\'s name ("Betrag (EUR)"), else in your ' +
      `base currency. A file has at most ${maxColumns} columns and ${maxRecordChars.toLocaleString('en')} characters to a record. A duplicate has the ` +
      'type, date, amount, currency and description of a living record that was there before. Of what one user has sent, files as large as eight of the ' +
      'largest wait at a time; what is beyond is refused until some of it is done.',
    admission: write,
    query: EnterQuery,
    upload: { contentType: 'multipart/form-data', schema: ImportUpload },
    bodyExample: examples.uploadExample,
    idempotent: true,
    versioned: true,
    answers: { 202: { description: 'The import, waiting to be run', schema: ImportView, example: examples.queuedExample } },
    refusals: ['not-found', 'forbidden', 'too-large', 'unsupported-media-type', 'conflict', 'unreadable-file', 'idempotency-key-reused'],
    handle: async (request) => {
      const { query, raw, requestId, idempotencyKey } = request;
      const callerAtEnd = () => request.callerAtEnd();
      const { doc, replayed } = await startImport(deps, { callerAtEnd, owner: query.owner, upload: raw, requestId, idempotencyKey });
      return answerOf(deps, doc, 202, { Location: `/records/imports/${doc._id}`, ...replayHeaders(replayed) });
    },
  });

const listRoute = (deps: ImportDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/records/imports',
    operationId: 'listImports',
    tag,
    summary: 'Your imports, newest first',
    admission: read,
    query: ImportListQuery,
    queryExample: { limit: '20' },
    answers: { 200: { description: 'A page of imports', schema: pageOf(ImportListItem), example: examples.importListExample } },
    handle: async ({ caller, query }) => ({ status: 200, body: await listImports(deps, caller, query) }),
  });

const readRoute = (deps: ImportDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/records/imports/:id',
    operationId: 'getImport',
    tag,
    summary: 'See how an import goes, or how it went',
    description:
      'Rows are counted as they are settled: `total` is the sum of the others, `skipped` are blank rows; the header and what stands above it count ' +
      'nowhere. A dry run counts what would happen. An import that failed has imported nothing.',
    admission: read,
    params: ImportParams,
    answers: { 200: { description: 'The import', schema: ImportView, example: examples.doneExample } },
    refusals: ['not-found'],
    handle: async ({ caller, params }) => answerOf(deps, await findImport(deps.store, caller, params.id)),
  });

const revertRoute = (deps: ImportDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/records/imports/:id/revert',
    operationId: 'revertImport',
    tag,
    summary: 'Take an import back',
    description: 'Deletes exactly the records of this import that nobody has changed since.',
    admission: write,
    params: ImportParams,
    versioned: true,
    answers: { 202: { description: 'The import, being taken back', schema: ImportView, example: examples.revertingExample } },
    refusals: ['not-found', 'forbidden', 'import-not-revertible'],
    handle: async ({ caller, params, requestId }) =>
      answerOf(deps, await revertImport(deps, { caller, id: params.id, requestId }), 202, { Location: `/records/imports/${params.id}` }),
  });
