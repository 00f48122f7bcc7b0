import { OwnedAnswer, OwnedQuestion, recordView, RecordView } from '@commonpurse/shared/contracts';
import { type Answer, type Endpoint, endpoint, pageOf, replayHeaders, targetOf } from '@commonpurse/shared/http';
import { EnterQuery } from '../find-owner.ts';
import { deleteRecord, patchRecord, replaceRecord, restoreRecord } from './change-record.ts';
import { createRecord, type EntryDeps } from './create-record.ts';
import * as examples from './examples.ts';
import { listRecords } from './list-records.ts';
import { ownedRecords, readRecord, recordViews } from './read-record.ts';
import { recordStateOf, type RecordDoc } from './record.ts';
import { NewRecordBody, PatchBody, ReplaceBody } from './record-content.ts';
import { ListQuery, RecordParams, ViewsBody, Views } from './schemas.ts';

const tag = 'Records';
const read = { scope: 'records:read' };
const write = { scope: 'records:write' };

const answerOf = (record: RecordDoc, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  body: recordView(recordStateOf(record)),
  version: record.version,
  headers,
});
const answers = (description: string, example: unknown) => ({ 200: { description, schema: RecordView, example } });

/** Expenses and income: everything a client does with single records and their list. */
export const entryRoutes = (deps: EntryDeps): Endpoint[] => [
  listRoute(deps),
  createRoute(deps),
  readRoute(deps),
  replaceRoute(deps),
  patchRoute(deps),
  deleteRoute(deps),
  restoreRoute(deps),
  viewsRoute(deps),
  ownedRoute(deps),
];

const listRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/records',
    operationId: 'listRecords',
    tag,
    summary: 'List and search records',
    description: 'All conditions are ANDed. Amounts of different currencies compare by decimal value; ties are ordered by id.',
    admission: read,
    query: ListQuery,
    queryExample: { category: 'Groceries', sort: '-date', limit: '50', filters: '{"amount":{"gte":"10","lte":"100"}}' },
    answers: {
      200: {
        description: 'A page of records',
        schema: pageOf(RecordView),
        example: { items: [examples.recordExample], nextCursor: null },
      },
    },
    refusals: ['not-found'],
    handle: async ({ caller, query, gone }) => ({ status: 200, body: await listRecords(deps, caller, query, gone) }),
  });

const createRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/records',
    operationId: 'createRecord',
    tag,
    summary: 'Enter an expense or an income',
    admission: write,
    query: EnterQuery,
    body: NewRecordBody,
    bodyExample: examples.newExpenseExample,
    idempotent: true,
    answers: { 201: { description: 'The record', schema: RecordView, example: examples.recordExample } },
    refusals: ['not-found', 'forbidden', 'idempotency-key-reused'],
    handle: async ({ caller, query, body, requestId, idempotencyKey }) => {
      const { doc, replayed } = await createRecord(deps, { caller, owner: query.owner, body, requestId, idempotencyKey });
      return answerOf(doc, 201, { Location: `/records/${doc._id}`, ...replayHeaders(replayed) });
    },
  });

const readRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'get',
    path: '/records/:id',
    operationId: 'getRecord',
    tag,
    summary: 'Read a record',
    admission: read,
    params: RecordParams,
    answers: answers('The record', examples.recordExample),
    refusals: ['not-found'],
    handle: async ({ caller, params }) => answerOf(await readRecord(deps.store, caller, params.id)),
  });

const replaceRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'put',
    path: '/records/:id',
    operationId: 'replaceRecord',
    tag,
    summary: 'Replace everything that can be edited',
    admission: write,
    params: RecordParams,
    body: ReplaceBody,
    bodyExample: examples.replacementExample,
    conditional: true,
    answers: answers('The record as it is now', examples.replacedExample),
    refusals: ['not-found', 'forbidden', 'version-mismatch'],
    handle: async (request) => answerOf(await replaceRecord(deps, targetOf(request), request.body)),
  });

const patchRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'patch',
    path: '/records/:id',
    operationId: 'patchRecord',
    tag,
    summary: 'Change some fields (JSON merge patch)',
    admission: write,
    params: RecordParams,
    body: PatchBody,
    mergePatch: true,
    bodyExample: examples.patchExample,
    conditional: true,
    answers: answers('The record as it is now', examples.patchedExample),
    refusals: ['not-found', 'forbidden', 'version-mismatch'],
    handle: async (request) => answerOf(await patchRecord(deps, targetOf(request), request.body)),
  });

const deleteRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'delete',
    path: '/records/:id',
    operationId: 'deleteRecord',
    tag,
    summary: 'Delete a record',
    description: 'It answers 404 from then on; `restore` brings it back.',
    admission: write,
    params: RecordParams,
    conditional: true,
    answers: { 204: { description: 'Deleted' } },
    refusals: ['not-found', 'forbidden', 'version-mismatch'],
    handle: async (request) => {
      await deleteRecord(deps, targetOf(request));
      return { status: 204 };
    },
  });

const restoreRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/records/:id/restore',
    operationId: 'restoreRecord',
    tag,
    summary: 'Bring a deleted record back',
    admission: write,
    params: RecordParams,
    versioned: true,
    answers: answers('The record, living again', examples.restoredExample),
    refusals: ['not-found', 'forbidden', 'conflict'],
    handle: async (request) => answerOf(await restoreRecord(deps, targetOf(request))),
  });

/** For the notifications service, which replays frames of records as they are now. */
const viewsRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/internal/records/views',
    operationId: 'viewRecords',
    tag,
    summary: 'What a person sees of records now',
    admission: 'service',
    body: ViewsBody,
    bodyExample: { viewerId: examples.recordExample.ownerId, ids: [examples.recordExample.id] },
    answers: {
      200: {
        description: 'By id; null: absent, deleted or not visible',
        schema: Views,
        example: { records: { [examples.recordExample.id]: examples.recordExample } },
      },
    },
    handle: async ({ body }) => ({
      status: 200,
      body: { records: await recordViews(deps, body.viewerId, body.ids) },
    }),
  });

/** For the auth service: what somebody shares has to be theirs. */
const ownedRoute = (deps: EntryDeps): Endpoint =>
  endpoint({
    method: 'post',
    path: '/internal/records/owned',
    operationId: 'ownedRecords',
    tag,
    summary: "Which of these records are a person's own",
    admission: 'service',
    body: OwnedQuestion,
    bodyExample: { ownerId: examples.recordExample.ownerId, ids: [examples.recordExample.id] },
    answers: { 200: { description: 'Those that are', schema: OwnedAnswer, example: { owned: [examples.recordExample.id] } } },
    handle: async ({ body }) => ({ status: 200, body: { owned: await ownedRecords(deps.store, body.ownerId, body.ids) } }),
  });
