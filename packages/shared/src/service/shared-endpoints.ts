import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { openApiOf } from '../http/open-api.ts';
import type { DailyCounts } from './daily-counts.ts';
import type { ServiceName } from './peers.ts';
import type { ServiceHealth } from './service.ts';

interface SharedEndpoints {
  readonly name: ServiceName;
  readonly endpoints: readonly Endpoint[];
  readonly health: () => Promise<ServiceHealth>;
  /** The changes feed; null where nothing is published. */
  readonly changes: Endpoint | null;
  readonly counts: Pick<DailyCounts, 'read'>;
}

/** What every service answers beside its own: health, its part of the API's description, its changes feed, its figures. */
export function sharedEndpoints({ name, endpoints, health, changes, counts }: SharedEndpoints): Endpoint[] {
  let described: unknown = null;
  const openApi = endpoint({
    ...hidden('openApi', '/internal/openapi.json'),
    admission: 'service',
    handle: async () => ({ status: 200, body: (described ??= openApiOf({ name, endpoints })) }),
  });
  const live = endpoint({
    ...hidden('live', '/health/live'),
    admission: 'open',
    handle: async () => ({ status: 200, body: { status: 'live', name } }),
  });
  const ready = endpoint({
    ...hidden('ready', '/health/ready'),
    admission: 'open',
    handle: async () => {
      const state = await health();
      return { status: state.ready ? 200 : 503, body: state, headers: state.ready ? {} : { 'Retry-After': '1' } };
    },
  });
  const daily = endpoint({
    ...hidden('dailyCounts', '/internal/daily-counts'),
    admission: 'service',
    query: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
    handle: async ({ query }) => {
      const days = await counts.read(query.from, query.to);
      return { status: 200, body: { days: days.map(({ _id, counts: counted }) => ({ day: _id, counts: counted })) } };
    },
  });
  return [openApi, live, ready, daily, ...(changes ? [changes] : [])];
}

const hidden = (operationId: string, path: string) => ({
  method: 'get' as const,
  path,
  operationId,
  tag: 'internal',
  summary: operationId,
  answers: { 200: { description: 'Its state', schema: z.unknown() } },
});
