import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openPeople } from '../access/people.ts';
import { RecordChanged } from '../contracts/index.ts';
import type { DomainEvent, Subscription } from '../messaging/bus.ts';
import { startTestService, type TestService } from '../testing/index.ts';
import { createService } from './create-service.ts';
import type { InstanceStatus } from './operator-endpoints.ts';
import type { ServiceDeps } from './service.ts';
import { version } from './version.ts';

const poison = (id: string): DomainEvent => ({
  specversion: '1.0',
  id: `record.changed/${id}/1`,
  source: 'records',
  type: 'record.changed',
  subject: id,
  time: '2026-01-15T12:00:00.000Z',
  datacontenttype: 'application/json',
  data: { nothing: 'of a record' },
  version: 1,
  correlationid: 'r-1',
  actor: 'ada',
});

describe('What operators ask of a service', () => {
  let harness: TestService;
  let store: string | null;
  /** As the feed of records brings them, no bus would take them. */
  let poisons: readonly DomainEvent[];
  beforeEach(async () => {
    store = null;
    poisons = ['a', 'b', 'c'].map(poison);
    const subscriptions = [{ event: RecordChanged, from: 'beginning', handle: async () => {} }] as unknown as Subscription[];
    const create = async (deps: ServiceDeps) =>
      createService({ name: 'budgets', deps, people: (await openPeople(deps)).people, endpoints: [], subscriptions });
    harness = await startTestService(create, {
      peers: { records: () => ({ events: poisons, next: null, now: '2026-01-15T12:00:00.000Z' }) },
      deps: (deps) => ({ ...deps, documents: { ...deps.documents, health: async () => store } }),
    });
    await harness.until(async () => {
      const { parked, feeds } = (await harness.internal().get('/internal/ops/status')).body as InstanceStatus;
      return parked === poisons.length && feeds.every(({ state }) => state === 'current');
    });
  });
  afterEach(() => harness.stop());

  const get = async (path: string) => harness.internal().get(`/internal/ops/${path}`);
  const post = async (path: string, body?: unknown) => harness.internal().post(`/internal/ops/${path}`, body);

  test('how it is: its parts, what is parked, what has to be told, how far it has read', async () => {
    expect(await get('status')).toMatchObject({
      status: 200,
      body: {
        name: 'budgets',
        ready: true,
        parts: { store: 'ok', bus: 'ok', cache: 'ok', feeds: 'ok' },
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        parked: 3,
        queued: 0,
        outboxPending: 0,
        feeds: expect.arrayContaining([expect.objectContaining({ producer: 'records', state: 'current', at: expect.any(String) })]),
        rebuild: null,
      },
    });
    expect(version).toMatch(/^\d/);
  });

  test('also while its store is away, which is then not asked', async () => {
    store = 'the server is away';
    expect((await get('status')).body).toMatchObject({ ready: false, parts: { store: 'the server is away' }, parked: null });
  });

  test('what is parked, to be handed on again or forgotten', async () => {
    const first = (await get('parked?limit=2')).body;
    expect([first.items.length, first.total]).toEqual([2, 3]);
    const second = (await get(`parked?after=${first.next}`)).body;
    expect([second.items.length, second.next]).toEqual([1, null]);
    const [oldest] = first.items;
    expect(oldest).toMatchObject({
      id: `budgets:${oldest.event.id}`,
      consumer: 'budgets',
      reason: expect.stringContaining('InvalidEvent'),
    });
    expect((await get('parked?after=x')).body).toMatchObject({ status: 400, errors: [{ path: '/after', code: 'cursor-invalid' }] });
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    const { body } = await post('parked/replay', { ids });
    expect([body.replayed, body.failed.map(({ id }: { id: string }) => id)]).toEqual([0, ids]);
    expect((await post('parked/drop', { ids: ids.slice(0, 2) })).body).toEqual({ dropped: 2 });
    expect((await get('parked')).body.total).toBe(1);
    expect((await post('parked/drop', { ids: [] })).status).toBe(400);
  });

  test('a rebuild, where there is something to rebuild', async () => {
    expect((await post('rebuild')).body).toMatchObject({ status: 409, detail: expect.stringMatching(/^budgets keeps nothing/) });
  });

  test('and nobody else asks', async () => {
    const ada = await harness.user({ role: 'admin' });
    for (const caller of [ada, null])
      for (const path of ['status', 'parked']) expect((await harness.as(caller).get(`/internal/ops/${path}`)).status).toBe(401);
  });
});
