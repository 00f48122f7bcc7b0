import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { openPeople, type People } from '../access/people.ts';
import { RecordChanged, UserChanged } from '../contracts/index.ts';
import type { Doc, Documents } from '../documents/documents.ts';
import { endpoint } from '../http/endpoint.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { Refusal } from '../http/refusal.ts';
import type { DomainEvent, Subscription } from '../messaging/bus.ts';
import { createHistory, entryOf, eventOfEntry } from '../messaging/index.ts';
import { instantOf, systemClock } from './clock.ts';
import { fakeClock, overriding, startTestService } from '../testing/index.ts';
import type { FakePeer, TestAnswer, TestService, TestServiceOptions, TestUser } from '../testing/index.ts';
import { createService } from './create-service.ts';
import { PeerUnavailable } from './peers.ts';
import type { Job, ServiceOptions } from './create-service.ts';
import type { Service, ServiceDeps } from './service.ts';

const facts = { tag: 'things', summary: 's', answers: { 200: { description: 'It', schema: z.unknown(), example: 1 } } };
const getThing = endpoint({
  ...facts,
  method: 'get',
  path: '/things/:id',
  operationId: 'getThing',
  admission: { scope: 'records:read' },
  handle: async ({ caller, raw }) => ({
    status: 200,
    body: { id: String(raw.params['id']), who: caller.userId, role: caller.role },
    version: 3,
  }),
});
const signedIn = endpoint({
  ...facts,
  method: 'get',
  path: '/me',
  operationId: 'me',
  admission: 'session',
  handle: async ({ caller }) => ({ status: 200, body: caller.person.displayName }),
});
const ask = endpoint({
  ...facts,
  method: 'get',
  path: '/internal/ask',
  operationId: 'ask',
  admission: 'service',
  handle: async () => ({ status: 200, body: 'told' }),
});
const endpoints: Endpoint[] = [getThing, signedIn, ask];

const running: TestService[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
const startWith = async (build: (deps: ServiceDeps) => Promise<Service>, options?: TestServiceOptions): Promise<TestService> => {
  const harness = await startTestService(build, options);
  running.push(harness);
  return harness;
};
const start = (over: Partial<ServiceOptions> = {}, options?: TestServiceOptions): Promise<TestService> =>
  startWith(async (deps) => createService({ ...(await defaultsOf(deps)), ...over }), options);
const defaultsOf = async (deps: ServiceDeps): Promise<ServiceOptions> => ({
  name: 'records',
  deps,
  people: (await openPeople(deps)).people,
  endpoints,
});

describe('Identity', () => {
  test('is checked by the service itself', async () => {
    const harness = await start();
    const ada = await harness.user({ role: 'admin' });
    const { status, body, headers } = await harness.as(ada).get('/things/7');
    expect([status, body, headers.etag]).toEqual([200, { id: '7', who: ada.id, role: 'admin' }, '"3"']);
    for (const token of [undefined, 'x', `${ada.token}x`]) {
      const refused = await harness.request('GET', '/things/7', token === undefined ? {} : { token });
      expect([refused.status, refused.body.code, refused.headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer']);
    }
  });

  test('of a revoked session is refused at once, before any event', async () => {
    const harness = await start();
    const ada = await harness.user();
    expect((await harness.as(ada).get('/me')).body).toBe('Ada');
    await harness.auth.revokeSession(ada);
    expect((await harness.as(ada).get('/me')).status).toBe(401);
  });

  test('of an administrator who is none any more is that of a user at once, whatever their token says', async () => {
    const harness = await start();
    const ada = await harness.user({ role: 'admin' });
    expect((await harness.as(ada).get('/things/7')).body.role).toBe('admin');
    await harness.auth.change(ada.id, { role: 'user' });
    expect((await harness.as(ada).get('/things/7')).body.role).toBe('user');
  });

  test('of a dead key is none, whatever its scopes were', async () => {
    const harness = await start();
    const ada = await harness.user();
    const key = harness.as({ token: harness.auth.tokenFor(ada, { scopes: ['budgets:read'] }) });
    await harness.auth.change(ada.id, { keys: [] });
    expect((await key.get('/things/7')).status).toBe(401);
  });

  test('of a key reaches as far as its scopes', async () => {
    const harness = await start();
    const ada = await harness.user();
    const key = harness.as({ token: harness.auth.tokenFor(ada, { scopes: ['records:read'] }) });
    const other = harness.as({ token: harness.auth.tokenFor(ada, { scopes: ['budgets:read'] }) });
    expect((await key.get('/things/7')).status).toBe(200);
    const refusals: [TestAnswer, string][] = [
      [await other.get('/things/7?bad=1'), 'The key lacks the scope records:read'],
      [await key.get('/me'), 'A key is not enough here; sign in'],
    ];
    for (const [refused, detail] of refusals) {
      expect([refused.status, refused.body.code, refused.body.detail]).toEqual([403, 'insufficient-scope', detail]);
      const trace = { event: 'authz_fail', userId: ada.id, requestId: refused.headers['x-request-id'] };
      expect(harness.logs).toContainEqual(expect.objectContaining(trace));
    }
  });

  describe('of who takes long to say something is that of when it is said', () => {
    const say = endpoint({
      ...facts,
      method: 'post',
      path: '/said',
      operationId: 'say',
      admission: { scope: 'records:write' },
      body: z.strictObject({ text: z.string() }),
      handle: async ({ body, caller }) => ({ status: 200, body: `${caller.role} ${body.text}` }),
    });
    const clock = fakeClock();
    /** What comes of a body of which the rest is sent when its caller has been admitted and something has happened. */
    async function outcome(scopes: readonly string[] | undefined, meanwhile: (harness: TestService, user: TestUser) => unknown) {
      const admitted = Promise.withResolvers<void>();
      const build = async (deps: ServiceDeps): Promise<Service> => {
        const { people, ...others } = await defaultsOf(deps);
        const identify: People['identify'] = (...asked) => people.identify(...asked).finally(admitted.resolve);
        return createService({ ...others, people: { ...people, identify }, endpoints: [say] });
      };
      const harness = await startWith(build, { clock });
      const ada = await harness.user({ role: 'admin' });
      const token = scopes === undefined ? ada.token : harness.auth.tokenFor(ada, { scopes });
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = request(`${harness.url}/said`, { method: 'POST', headers });
      const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
      sent.write('{"text":');
      await admitted.promise;
      await meanwhile(harness, ada);
      sent.end('"hey"}');
      const [answer] = await answered;
      return [answer.statusCode, await json(answer)];
    }
    const write = ['records:write'];
    const expires = () => clock.advance(60 * 60_000);

    test.each<[string, ...Parameters<typeof outcome>]>([
      ['signed in, with a token that expires meanwhile', undefined, expires],
      ['with a key, and a token of it that expires meanwhile', write, expires],
    ])('%s', async (_who, ...given) => expect(await outcome(...given)).toEqual([200, 'admin hey']));

    test('with another role by then', async () => {
      expect(await outcome(undefined, ({ auth }, { id }) => auth.change(id, { role: 'user' }))).toEqual([200, 'user hey']);
    });

    test.each<[string, ...Parameters<typeof outcome>]>([
      ['signed out meanwhile', undefined, ({ auth }, ada) => auth.revokeSession(ada)],
      ['with a key that is dead meanwhile', write, ({ auth }, { id }) => auth.change(id, { keys: [] })],
    ])('%s', async (_who, ...given) =>
      expect(await outcome(...given)).toEqual([401, expect.objectContaining({ code: 'unauthenticated' })]),
    );
  });

  test('of services and of users are never taken for each other', async () => {
    const harness = await start();
    const ada = await harness.user();
    expect((await harness.internal().get('/internal/ask')).body).toBe('told');
    expect((await harness.as(ada).get('/internal/ask')).status).toBe(401);
    expect((await harness.as(null).get('/internal/ask')).status).toBe(401);
    expect((await harness.internal().get('/me')).status).toBe(401);
  });

  test('nobody can vouch for is 503', async () => {
    const harness = await start();
    const ada = await harness.user();
    harness.auth.available = false;
    const { status, headers } = await harness.as(ada).get('/me');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });

  test('may come from another source: auth knows its people itself', async () => {
    let asked = 0;
    const people = { identify: () => Promise.reject(new Refusal('unauthenticated', 'own')), find: async () => null };
    const jwks = {
      keyFor: async () => {
        asked += 1;
        return null;
      },
    };
    const harness = await start({ people, jwks });
    expect((await harness.as(await harness.user()).get('/me')).status).toBe(401);
    expect(asked).toBe(1);
  });
});

describe('Every service', () => {
  test('tells how it is', async () => {
    const harness = await start();
    expect((await harness.request('GET', '/health/live')).body).toEqual({ status: 'live', name: 'records' });
    const parts = { store: 'ok', bus: 'ok', cache: 'ok', feeds: 'ok' };
    expect((await harness.request('GET', '/health/ready')).body).toEqual({ name: 'records', ready: true, parts });
    expect(await harness.service.health()).toEqual({ name: 'records', ready: true, parts });
  });

  test('is not ready when it can not store, however its parts fail', async () => {
    const broken = (health: () => Promise<string | null>): TestServiceOptions => ({
      deps: (deps) => ({ ...deps, documents: { ...deps.documents, health } }),
    });
    const full = await start(
      {},
      broken(async () => 'the disk is full'),
    );
    expect(await full.request('GET', '/health/ready')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { ready: false, parts: { store: 'the disk is full' } },
    });
    const thrown = await start(
      {},
      broken(() => Promise.reject(new Error('EIO'))),
    );
    expect((await thrown.service.health()).parts['store']).toBe('EIO');
    const silent = await start(
      {},
      broken(() => new Promise(() => undefined)),
    );
    expect((await silent.service.health()).parts['store']).toBe('no answer within 2000 ms');
  });

  test('describes itself to the gateway', async () => {
    const harness = await start();
    const { body } = await harness.internal().get('/internal/openapi.json');
    expect(Object.keys(body.paths)).toEqual(['/things/{id}', '/me']);
    expect((await harness.as(null).get('/internal/openapi.json')).status).toBe(401);
  });

  test('stays ready while the broker and the cache are away: work goes on without them', async () => {
    const health = async (): Promise<string> => 'away';
    const deps: TestServiceOptions['deps'] = (given) => ({
      ...given,
      bus: overriding(given.bus, { health }),
      cache: overriding(given.cache, { health }),
    });
    const harness = await start({}, { deps });
    expect(await harness.request('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { ready: true, parts: { store: 'ok', bus: 'away', cache: 'away' } },
    });
  });

  test('counts by day what broke, and what was not available, across a restart', async () => {
    const failing = (path: string, error: Error): Endpoint =>
      endpoint({ ...facts, method: 'get', path, operationId: path, admission: 'open', handle: () => Promise.reject(error) });
    const harness = await start({
      endpoints: [
        failing('/broken', new Error('bug')),
        failing('/away', new PeerUnavailable('auth')),
        failing('/wrong', new Refusal('conflict', 'no')),
      ],
    });
    for (const path of ['/broken', '/away', '/wrong']) await harness.request('GET', path);
    await harness.restart();
    const { body } = await harness.internal().get('/internal/daily-counts?from=2000-01-01&to=2999-12-31');
    const days: { counts: { errors: number } }[] = body.days;
    expect(days.reduce((sum, { counts }) => sum + counts.errors, 0)).toBe(2);
  });

  test('counts and times its requests by route', async () => {
    const harness = await start();
    const ada = await harness.user();
    await harness.as(ada).get('/things/7');
    await harness.request('PROPFIND', '/things/7');
    const text = await harness.service.metrics.metrics();
    expect(text).toContain('http_request_duration_seconds_count{service="records",method="GET",route="/things/:id",status="200"} 1');
    expect(text).toContain('http_request_duration_seconds_count{service="records",method="other",route="unmatched",status="405"} 1');
    expect(text).toContain('events_parked{service="records"} 0');
  });

  test('tells of each server that it stands on whether it can be used, also while one hangs', async () => {
    const told = { store: null as Promise<never> | null, bus: null as string | null };
    const harness = await start(
      {},
      {
        deps: (deps) => ({
          ...deps,
          documents: overriding(deps.documents, { health: async () => told.store }),
          bus: overriding(deps.bus, { health: async () => told.bus }),
        }),
      },
    );
    const up = async (): Promise<unknown> => {
      const text = await harness.service.metrics.metrics();
      return Object.fromEntries(
        [...text.matchAll(/^dependency_up\{dependency="(\w+)",service="records"\} (\d)$/gm)].map((line) => line.slice(1)),
      );
    };
    expect(await up()).toEqual({ store: '1', bus: '1', cache: '1' });
    Object.assign(told, { store: new Promise(() => {}), bus: 'RabbitMQ does not answer' });
    expect(await up()).toEqual({ store: '0', bus: '0', cache: '1' });
    Object.assign(told, { store: null, bus: null });
    expect(await up()).toEqual({ store: '1', bus: '1', cache: '1' });
  });

  test('logs what was refused and what broke, with the request id, and no query', async () => {
    const failing = endpoint({
      ...facts,
      method: 'get',
      path: '/broken',
      operationId: 'broken',
      admission: 'open',
      query: z.strictObject({ token: z.string() }),
      handle: () => Promise.reject(new TypeError('oh')),
    });
    const harness = await start({ endpoints: [...endpoints, failing] }, { logLevel: 'debug' });
    await harness.request('GET', '/me', { headers: { 'x-request-id': 'r-1' } });
    await harness.request('GET', '/broken?token=hunter2', { headers: { 'x-request-id': 'r-2' } });
    await harness.as(await harness.user()).get('/me', { headers: { 'x-request-id': 'r-3' } });
    const line = (requestId: string) => harness.logs.find((one) => one['requestId'] === requestId);
    expect(line('r-1')).toMatchObject({
      level: 30,
      service: 'records',
      route: '/me',
      status: 401,
      code: 'unauthenticated',
      msg: 'refused',
    });
    expect(line('r-2')).toMatchObject({
      level: 50,
      status: 500,
      err: { type: 'TypeError', message: 'oh', stack: expect.any(String) },
      msg: 'failed',
    });
    expect(line('r-3')).toMatchObject({ level: 20, status: 200, msg: 'answered', userId: expect.any(String) });
    expect(JSON.stringify(harness.logs)).not.toContain('hunter2');
  });
});

interface Note extends Doc {
  readonly text: string;
}
const NoteWritten = { type: 'note.written', source: 'records', schema: z.strictObject({ text: z.string() }) };

describe('Events', () => {
  let notes: Documents<Note>;
  const withNotes = (options?: TestServiceOptions, subscriptions: readonly Subscription[] = []) =>
    startWith(async (deps) => {
      notes = await deps.documents.collection<Note>({ name: 'notes', indexes: [] });
      const outbox = {
        aggregate: 'note',
        documents: notes,
        render: (entry: Parameters<typeof eventOfEntry>[1], doc: Note) => [eventOfEntry(NoteWritten, entry, doc._id, { text: doc.text })],
      };
      const history = await createHistory(deps.documents);
      return createService({ ...(await defaultsOf(deps)), outboxes: [outbox], history, subscriptions });
    }, options);
  const write = (id: string) => {
    const entry = entryOf(NoteWritten, {
      aggregateId: id,
      version: 1,
      at: instantOf(systemClock),
      by: 'ada',
      requestId: 'r-1',
      action: 'created',
      change: null,
    });
    return notes.insert({ _id: id, version: 1, text: id }, [entry]);
  };

  test('are told after a write, and again to whom asks for changes', async () => {
    const harness = await withNotes();
    await write('n1');
    const event = await harness.until(() => harness.published.find(({ type }) => type === 'note.written'));
    expect(event).toMatchObject({ id: 'note.written/n1/1', correlationid: 'r-1', data: { text: 'n1' } });
    const { body } = await harness.internal('budgets').get('/internal/changes?limit=10');
    expect(body).toEqual({ events: [event], next: null, now: expect.any(String) });
    const later = await harness.internal('budgets').get(`/internal/changes?since=${encodeURIComponent(body.now)}`);
    expect(later.body.events).toEqual([]);
    expect((await harness.internal().get('/internal/changes?after=x')).body).toMatchObject({
      status: 400,
      errors: [{ path: '/after', code: 'cursor-invalid' }],
    });
    expect((await harness.internal().get('/internal/changes?limit=0')).status).toBe(400);
    expect((await harness.as(await harness.user()).get('/internal/changes')).status).toBe(401);
    expect(await harness.service.metrics.metrics()).toContain('events_published_total{aggregate="note",service="records"} 1');
  });

  test('that are being told as the service stops are told to the end, and not once more after the next start', async () => {
    const gate = Promise.withResolvers<void>();
    const harness = await withNotes({
      deps: (deps) => {
        const publish = (event: DomainEvent): Promise<void> => gate.promise.then(() => deps.bus.publish(event));
        return { ...deps, bus: overriding(deps.bus, { publish }) };
      },
    });
    await write('n1');
    const restarting = harness.restart();
    for (let turns = 0; turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    await restarting;
    await write('n2');
    await harness.until(() => harness.published.some(({ subject }) => subject === 'n2'));
    expect(harness.published.map(({ subject }) => subject)).toEqual(['n1', 'n2']);
  });

  test('need a history', async () => {
    const outboxes = [{ aggregate: 'x', documents: {} as Documents<Note>, render: () => [] }];
    await expect(start({ outboxes })).rejects.toThrow('records: outboxes need a history');
  });

  test('of others are handled, from the bus and from their feeds, and the mirror of people is kept beside', async () => {
    const handled: string[] = [];
    const feeds: string[] = [];
    const records: FakePeer = ({ path }) => {
      feeds.push(path);
      return { events: [], next: feeds.length === 1 ? 'further' : null, now: '2026-01-15T12:00:00.000Z' };
    };
    const build = async (deps: ServiceDeps): Promise<Service> => {
      const defaults = await defaultsOf(deps);
      // the mirror has heard of it by then
      const mirrored = async (id: string) => (await defaults.people.find(id))?.displayName;
      const own = {
        from: 'beginning' as const,
        handle: async ({ id, subject }: DomainEvent) => void handled.push(id, String(await mirrored(subject))),
      };
      const subscriptions = [
        { ...own, event: RecordChanged },
        { ...own, event: UserChanged },
      ] as Subscription[];
      return createService({ ...defaults, name: 'budgets', subscriptions });
    };
    const harness = await startWith(build, { peers: { records } });
    const feed = '/internal/changes?limit=200&types=record.changed';
    expect(feeds).toEqual([feed, `${feed}&after=further`]);
    const ada = await harness.user();
    expect((await harness.as(ada).get('/me')).body).toBe('Ada');
    await harness.publish(await harness.auth.change(ada.id, { displayName: 'Augusta' }));
    expect(handled).toEqual([`user.changed/${ada.id}/2`, 'Augusta']);
    harness.auth.available = false;
    expect((await harness.as(ada).get('/me')).body).toBe('Augusta');
    await harness.service.stop();
    await harness.publish(await harness.auth.change(ada.id, { displayName: 'Countess' }));
    expect(handled).toHaveLength(2);
  });

  test('of its own are read in its own store: nobody else has to be there', async () => {
    const handled: string[] = [];
    const handle = async ({ id }: DomainEvent): Promise<void> => void handled.push(id);
    const records: FakePeer = () => {
      throw new PeerUnavailable('records are away');
    };
    const harness = await withNotes({ peers: { records } }, [{ event: NoteWritten, from: 'beginning', handle }]);
    await write('n1');
    await harness.until(() => handled.includes('note.written/n1/1'));
    expect((await harness.service.health()).parts['feeds']).toBe('ok');
  });

  test('of a producer that is away are said to be missing', async () => {
    let away = true;
    const auth: FakePeer = () => {
      if (away) throw new PeerUnavailable('auth is away');
      return { events: [], next: null, now: '2026-01-15T12:00:00.000Z' };
    };
    const harness = await start({}, { peers: { auth }, startsAlone: true });
    const feeds = async () => (await harness.service.health()).parts['feeds'];
    await harness.until(async () => (await feeds()) === 'auth: auth is away');
    expect(await harness.service.metrics.metrics()).toContain('feeds_away{service="records"} 1');
    away = false;
    await harness.until(async () => harness.service.ready && (await feeds()) === 'ok');
  });
});

describe('Starting and stopping', () => {
  const gate = Promise.withResolvers<void>();
  let entered = false;
  const slow = endpoint({
    ...facts,
    method: 'get',
    path: '/slow',
    operationId: 'slow',
    admission: 'open',
    handle: async () => {
      entered = true;
      await gate.promise;
      return { status: 200, body: 'done' };
    },
  });

  test('users wait until it has started; other services and the curious do not', async () => {
    const begin = Promise.withResolvers<void>();
    const job: Job = { name: 'wait', start: () => begin.promise, stop: async () => undefined };
    const harness = await start({ jobs: [job] }, { startsAlone: true });
    const ada = await harness.user();
    const early = await harness.as(ada).get('/me');
    expect([early.status, early.headers['retry-after'], early.body.detail]).toEqual([503, '1', 'The service is starting']);
    expect(early.headers['x-internal-not-begun']).toBe('yes');
    expect((await harness.request('GET', '/health/ready')).status).toBe(503);
    expect((await harness.request('GET', '/health/live')).status).toBe(200);
    expect((await harness.internal().get('/internal/ask')).body).toBe('told');
    begin.resolve();
    await harness.until(() => harness.service.ready);
    expect((await harness.as(ada).get('/me')).status).toBe(200);
  });

  test('lets requests finish, refuses new ones, and stops its jobs and sockets', async () => {
    const stops: string[] = [];
    const job: Job = { name: 'j', start: async () => undefined, stop: async () => void stops.push('job') };
    const bad: Job = { name: 'bad', start: async () => undefined, stop: () => Promise.reject(new Error('will not')) };
    const harness = await startTestService(async (deps) =>
      createService({
        ...(await defaultsOf(deps)),
        endpoints: [...endpoints, slow],
        jobs: [job, bad],
        upgrade: (_req, socket) => void socket.write('HTTP/1.1 101 x\r\n\r\n'),
      }),
    );
    const socket = connect(Number(new URL(harness.url).port), '127.0.0.1', () =>
      socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    const pending = harness.request('GET', '/slow');
    await harness.until(() => entered);
    const stopping = harness.stop();
    expect(harness.service.ready).toBe(false);
    const refused = await harness.request('GET', '/slow');
    expect([refused.status, refused.headers['retry-after'], refused.headers.connection, refused.body.detail]).toEqual([
      503,
      '1',
      'close',
      'The service is stopping',
    ]);
    expect(refused.headers['x-internal-not-begun']).toBe('yes');
    expect((await harness.internal().get('/internal/ask')).status).toBe(200);
    gate.resolve();
    expect((await pending).body).toBe('done');
    await stopping;
    await closed;
    expect(stops).toEqual(['job']);
    expect(harness.logs).toContainEqual(expect.objectContaining({ step: 'job bad', msg: 'could not be stopped cleanly' }));
    await expect(harness.request('GET', '/health/live')).rejects.toThrow();
    await harness.service.stop();
  });

  test('comes back on the same store', async () => {
    const harness = await start();
    const ada = await harness.user();
    await harness.as(ada).get('/me');
    await harness.restart();
    expect((await harness.as(ada).get('/me')).status).toBe(200);
    expect(harness.auth.asked).toBe(1);
  });

  test('says when its port is taken', async () => {
    const harness = await start();
    const other = await startTestService(async (deps) => {
      const service = await createService({ ...(await defaultsOf(deps)), name: 'budgets', endpoints: [] });
      const port = Number(new URL(harness.url).port);
      await expect(service.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
      return service;
    });
    running.push(other);
    expect(other.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
