import { type Endpoint, endpoint, listParameters, pageOf } from '@commonpurse/shared/http';
import { z } from 'zod';
import type { RecordsStore } from '../store.ts';
import { historyExample } from './examples.ts';
import { readRecordHistory } from './read-record-history.ts';

const Fields = z.record(z.string(), z.json()).nullable();
const HistoryItem = z
  .strictObject({
    at: z.iso.datetime({ precision: 3 }),
    by: z.string().meta({ description: 'The user who did it' }),
    action: z.enum(['created', 'updated', 'deleted', 'restored']),
    version: z.int().positive(),
    before: Fields.meta({ description: 'The fields that changed, as they were; null when it was created or restored' }),
    after: Fields.meta({
      description: 'The same fields as they became, the whole record when it was created or restored; null when deleted',
    }),
    requestId: z.string().meta({ description: "Of the request that did it; of an imported row, its import's id" }),
  })
  .meta({ id: 'RecordHistoryItem' });

/** Who did what to a record, and when. */
export const historyRoutes = (deps: { readonly store: RecordsStore; readonly installationKey: Buffer }): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/records/:id/history',
    operationId: 'readRecordHistory',
    tag: 'Records',
    summary: 'Every change of a record, newest first',
    admission: { scope: 'records:read' },
    params: z.object({ id: z.string().max(128) }),
    query: z.strictObject(listParameters),
    answers: { 200: { description: 'A page of changes', schema: pageOf(HistoryItem), example: historyExample } },
    refusals: ['not-found'],
    handle: async ({ caller, params, query }) => ({ status: 200, body: await readRecordHistory(deps, caller, params.id, query) }),
  }),
];
