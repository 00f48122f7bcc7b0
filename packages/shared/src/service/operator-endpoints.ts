import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { invalid, Refusal } from '../http/refusal.ts';
import type { FeedState } from '../messaging/catch-up.ts';
import type { ParkedPage } from '../messaging/parked-events.ts';
import type { Rebuild } from '../messaging/rebuild.ts';
import type { Rebuilder } from '../messaging/run-rebuild.ts';
import type { OperatorsDesk } from './connect-messaging.ts';
import { partMsMax } from './health.ts';
import { inTime } from './in-time.ts';
import type { ServiceName } from './peers.ts';
import type { ServiceHealth } from './service.ts';
import { version } from './version.ts';

interface OperatorEndpoints {
  readonly name: ServiceName;
  readonly health: () => Promise<ServiceHealth>;
  readonly desk: OperatorsDesk;
}

/** How one instance tells operators that it is. */
export interface InstanceStatus extends ServiceHealth {
  readonly version: string;
  /** Events that no handler could take; of the service. null: its store does not answer. */
  readonly parked: number | null;
  /** Events of others that wait for the service, and those that this instance is at work on. null: the bus can't say. */
  readonly queued: number | null;
  /** Entries that this instance has to tell. */
  readonly outboxPending: number;
  readonly feeds: readonly FeedState[];
  readonly rebuild: Pick<Rebuild, 'phase' | 'startedAt' | 'finishedAt'> | null;
}

const PageQuery = z.strictObject({
  after: z.string().max(1024).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform((text) => Math.min(Number(text), 500))
    .prefault('100'),
});
const Ids = z.strictObject({ ids: z.array(z.string().max(1024)).min(1).max(500) });

/** What `npm run ops` asks of every service. */
export const operatorEndpoints = ({ name, health, desk }: OperatorEndpoints): Endpoint[] => [
  endpoint({ ...hidden('get', 'status'), handle: async () => ({ status: 200, body: await statusOf(health, desk) }) }),
  endpoint({
    ...hidden('get', 'parked'),
    query: PageQuery,
    handle: async ({ query }) => ({ status: 200, body: await parkedPage(desk, query) }),
  }),
  endpoint({
    ...hidden('post', 'parked/replay'),
    body: Ids,
    handle: async ({ body }) => ({ status: 200, body: await desk.parked.replay(body.ids) }),
  }),
  endpoint({
    ...hidden('post', 'parked/drop'),
    body: Ids,
    handle: async ({ body }) => ({ status: 200, body: { dropped: await desk.parked.drop(body.ids) } }),
  }),
  endpoint({
    ...hidden('post', 'rebuild'),
    handle: async () => ({ status: 202, body: rebuildView(await rebuilderOf(name, desk).begin()) }),
  }),
];

const hidden = <M extends 'get' | 'post'>(method: M, path: string) => ({
  method,
  path: `/internal/ops/${path}`,
  operationId: `ops ${path}`,
  tag: 'internal',
  summary: path,
  admission: 'service' as const,
  answers: { 200: { description: 'What was asked', schema: z.unknown() } },
});

async function statusOf(health: OperatorEndpoints['health'], desk: OperatorsDesk): Promise<InstanceStatus> {
  const told = await health();
  const isStoring = told.parts['store'] === 'ok';
  const rebuild = (isStoring && (await desk.rebuilder?.latest())) || null;
  return {
    ...told,
    version,
    parked: isStoring ? await desk.parked.count() : null,
    queued: told.parts['bus'] === 'ok' ? await inTime(desk.queued(), partMsMax).catch(() => null) : null,
    outboxPending: desk.outboxPending(),
    feeds: desk.feeds(),
    rebuild: rebuild === null ? null : rebuildView(rebuild),
  };
}

const rebuildView = ({ phase, startedAt, finishedAt }: Rebuild): NonNullable<InstanceStatus['rebuild']> => ({
  phase,
  startedAt,
  finishedAt,
});

async function parkedPage({ parked }: OperatorsDesk, { limit, after }: z.output<typeof PageQuery>): Promise<ParkedPage> {
  try {
    return await parked.list({ limit, after: after ?? null });
  } catch (error) {
    if (error instanceof RangeError) throw invalid('/after', 'cursor-invalid', error.message);
    throw error;
  }
}

function rebuilderOf(name: ServiceName, { rebuilder }: OperatorsDesk): Rebuilder {
  if (rebuilder !== null) return rebuilder;
  throw new Refusal('conflict', `${name} keeps nothing that is made of what others tell; there is nothing to rebuild`);
}
