import { z } from 'zod';
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { invalid } from '../http/refusal.ts';
import { readChanges, type ChangesPage } from '../messaging/changes-feed.ts';
import type { ServiceOptions } from './create-service.ts';
import type { Logger } from 'pino';

const ChangesQuery = z.strictObject({
  since: z.iso.datetime().optional(),
  after: z.string().max(1024).optional(),
  /** Comma separated. */
  types: z
    .string()
    .max(1024)
    .transform((text) => text.split(','))
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform((text) => Math.min(Number(text), 1_000))
    .prefault('200'),
});

type ChangesSource = Pick<ServiceOptions, 'deps' | 'outboxes' | 'history'> & { readonly log: Logger };

/** `GET /internal/changes`: what this service published, again, for consumers that catch up. null where nothing is published. */
export function changesEndpoint({ deps, outboxes = [], history, log }: ChangesSource): Endpoint | null {
  if (!history) return null;
  const read = async (query: z.output<typeof ChangesQuery>): Promise<ChangesPage> => {
    try {
      const { since = null, after = null, types, limit } = query;
      return await readChanges({ history, outboxes, clock: deps.clock, log }, { since, after, limit, ...(types && { types }) });
    } catch (error) {
      if (error instanceof RangeError) throw invalid('/after', 'cursor-invalid', error.message);
      throw error;
    }
  };
  return endpoint({
    method: 'get',
    path: '/internal/changes',
    operationId: 'changes',
    tag: 'internal',
    summary: 'Changes feed',
    admission: 'service',
    query: ChangesQuery,
    answers: { 200: { description: 'A page of events', schema: z.unknown() } },
    handle: async ({ query }) => ({ status: 200, body: await read(query) }),
  });
}
