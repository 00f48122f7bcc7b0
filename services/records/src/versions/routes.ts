import { accessTo, type Viewer } from '@commonpurse/shared/access';
import { Grant } from '@commonpurse/shared/contracts';
import { type Endpoint, endpoint } from '@commonpurse/shared/http';
import { z } from 'zod';
import { recordResource } from '../entries/record.ts';
import type { RecordsStore } from '../store.ts';

const VersionQuestion = z.strictObject({
  id: z.string().max(128),
  ownerId: z.string().min(1).max(128),
  viewer: z.strictObject({ userId: z.string().min(1).max(128), grants: z.array(Grant) }),
});
type VersionQuestion = z.output<typeof VersionQuestion>;
const VersionAnswer = z.strictObject({ version: z.int().nullable() });

/** For services that follow records by events and are asked about one that they have not heard of. */
export const versionRoutes = (store: Pick<RecordsStore, 'records'>): Endpoint[] => [
  endpoint({
    method: 'post',
    path: '/internal/records/version',
    operationId: 'versionOfRecord',
    tag: 'Records',
    summary: 'How far a record has come, deleted ones too',
    admission: 'service',
    body: VersionQuestion,
    bodyExample: { id: 'record-1', ownerId: 'ada', viewer: { userId: 'ada', grants: [] } },
    answers: {
      200: { description: 'null: absent, of another owner, or nothing the viewer may see', schema: VersionAnswer, example: { version: 3 } },
    },
    handle: async ({ body }) => ({ status: 200, body: { version: await versionFor(store, body) } }),
  }),
];

async function versionFor({ records }: Pick<RecordsStore, 'records'>, { id, ownerId, viewer }: VersionQuestion): Promise<number | null> {
  const record = await records.get(id);
  if (record === null || record.ownerId !== ownerId) return null;
  return accessTo(viewer satisfies Viewer, recordResource(record)) === 'none' ? null : record.version;
}
