import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPeople } from '@commonpurse/shared/access';
import { RecordChanged } from '@commonpurse/shared/contracts';
import type { Doc } from '@commonpurse/shared/documents';
import { endpoint, notFound } from '@commonpurse/shared/http';
import { type Rebuild, rebuildsCollection, type Subscription } from '@commonpurse/shared/messaging';
import {
  createService,
  openKeys,
  PeerUnavailable,
  type ServiceDeps,
  startedProcess,
  systemClock,
  writeProcessList,
} from '@commonpurse/shared/service';
import { startTestService, type TestService } from '@commonpurse/shared/testing';
import { z } from 'zod';
import { operate } from './operate.ts';

/** What no handler can read, as a feed brings it. */
const poison = (id: string) => ({ id: `record.changed/${id}/1`, type: 'record.changed', source: 'records' });

async function createBudgets(deps: ServiceDeps) {
  const subscriptions = [{ event: RecordChanged, from: 'beginning', handle: async () => {} }] as unknown as Subscription[];
  const derived = {
    producer: 'records',
    collections: [await deps.documents.collection<Doc>({ name: 'mirror', indexes: [] })],
    rebuilds: await deps.documents.collection<Rebuild>(rebuildsCollection),
  };
  const { people } = await openPeople(deps);
  return createService({ name: 'budgets', deps, people, endpoints: [], subscriptions, derived });
}

/** Auth, as far as operators ask it. */
const asked: unknown[] = [];
const forOperators = (path: string, answer: (body: Record<string, unknown>) => unknown) =>
  endpoint({
    method: 'post',
    path,
    operationId: path,
    tag: 'internal',
    summary: path,
    admission: 'service',
    body: z.record(z.string(), z.unknown()),
    answers: { 200: { description: 'It', schema: z.unknown() } },
    handle: async ({ body }) => {
      asked.push(body);
      return { status: 200, body: answer(body) };
    },
  });
/** What sealing anew comes to, one time after the other. */
const seals = [
  { resealed: 2, unreadable: 0 },
  { resealed: 0, unreadable: 3 },
];
const createAuth = (deps: ServiceDeps) =>
  createService({
    name: 'auth',
    deps,
    people: { identify: () => Promise.reject(notFound()), find: async () => null },
    endpoints: [
      forOperators('/internal/admins', ({ email }) => {
        if (email !== 'ada@example.org') throw notFound();
        return { role: 'admin' };
      }),
      forOperators('/internal/signing-keys', () => ({ kid: 'k-2', signsFrom: '2026-01-15T12:10:00.000Z' })),
      forOperators('/internal/secrets/reseal', () => seals.shift()),
    ],
  });

describe('The command line of operators', () => {
  let budgets: TestService;
  let auth: TestService;
  let folder: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    const events = Array.from({ length: 25 }, (_, n) => poison(String(n).padStart(2, '0')));
    const records = () => ({ events, next: null, now: '2026-01-15T12:00:00.000Z' });
    budgets = await startTestService(createBudgets, { peers: { records } });
    auth = await startTestService(createAuth);
    folder = await mkdtemp(join(tmpdir(), 'commonpurse-ops-'));
    const { internalKey } = budgets.deps;
    await budgets.until(async () => {
      const { parked, feeds } = (await budgets.internal().get('/internal/ops/status')).body;
      return (
        parked === events.length &&
        feeds.every(({ producer, at }: { producer: string; at: string | null }) => producer !== 'records' || at !== null)
      );
    }, 120_000);
    env = { AUTH_URL: auth.url, BUDGETS_URL: budgets.url, INTERNAL_KEY: internalKey, DATA_DIR: folder };
  });
  afterAll(async () => {
    await Promise.all([budgets.stop(), auth.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
  async function ops(line: string, over: Record<string, string> = {}) {
    const [out, err]: string[][] = [[], []];
    const code = await operate(line.split(' '), {
      env: { ...env, ...over },
      clock: systemClock,
      print: (said) => void out!.push(said),
      complain: (said) => void err!.push(said),
    });
    return { code, out: out!.join('\n'), err: err!.join('\n') };
  }
  const parked = async (): Promise<string[]> =>
    (JSON.parse((await ops('parked list budgets --json')).out) as { id: string }[]).map(({ id }) => id);

  test('shows how every instance is, and ends with 1 where one does not answer', async () => {
    expect(await ops('status')).toEqual({
      code: 0,
      out: expect.stringMatching(/^INSTANCE .*\nauth +ready +\d\S+ +0 .*\nbudgets +ready +\d\S+ +25 +0 +.*records \d+ /),
      err: '',
    });
    const two = await ops('status --json', { BUDGETS_URL: `${budgets.url},http://127.0.0.1:1` });
    expect(two.code).toBe(1);
    expect(JSON.parse(two.out)).toEqual([
      expect.objectContaining({ name: 'auth', ready: true }),
      expect.objectContaining({ name: 'budgets-1', ready: true, status: expect.objectContaining({ parked: 25 }) }),
      {
        name: 'budgets-2',
        service: 'budgets',
        url: 'http://127.0.0.1:1',
        ready: false,
        status: null,
        wrong: expect.stringMatching(/^can not be reached/),
      },
    ]);
  });

  test('lists what is parked, hands it on again, and forgets it', async () => {
    const list = await ops('parked list');
    expect(list.out).toMatch(/^budgets:record\.changed\/00\/1\n {2}since \S+Z: InvalidEvent: /);
    const ids = await parked();
    expect(ids).toHaveLength(25);
    const replayed = await ops('parked replay budgets --all');
    expect(replayed).toEqual({
      code: 1,
      out: expect.stringMatching(/^0 of 25 events were handled\nbudgets:\S+\n {2}not handled: InvalidEvent/),
      err: '',
    });
    expect(await ops(`parked drop budgets ${ids[0]} nobody`)).toEqual({ code: 1, out: '1 of 2 events were dropped', err: '' });
    expect(await ops('parked drop budgets --all')).toEqual({ code: 0, out: '24 of 24 events were dropped', err: '' });
    expect(await ops('parked list')).toEqual({ code: 0, out: 'nothing is parked', err: '' });
    expect((await ops('parked replay budgets --all')).out).toBe('0 of 0 events were handled');
  });

  test('rebuilds, and says how it gets on', async () => {
    const { code, out } = await ops('rebuild budgets');
    expect([code, out]).toEqual([0, expect.stringMatching(/(^|\n)budgets: is done$/)]);
    expect((await ops('rebuild budgets --no-wait')).out).toBe('budgets: the rebuild has begun; status tells how it gets on');
    expect(await ops('rebuild auth')).toMatchObject({ code: 1, err: expect.stringMatching(/^commonpurse: auth keeps nothing/) });
  });

  test('follows a rebuild over a restart of the system, which listens elsewhere then', async () => {
    const dying = await startTestService(createBudgets, { peers: { records: () => Promise.reject(new PeerUnavailable('records')) } });
    const home = await mkdtemp(join(tmpdir(), 'commonpurse-ops-'));
    const listed = (url: string) => {
      const instance = { name: 'budgets', service: 'budgets', pid: process.pid, state: 'ready', restarts: 0, url } as const;
      return writeProcessList(join(home, 'processes.json'), { ...startedProcess(), url: '', processes: [instance] });
    };
    await listed(dying.url);
    const here = { ...env, AUTH_URL: '', BUDGETS_URL: '', DATA_DIR: home };
    const out: string[] = [];
    const print = (said: string): void => void out.push(said);
    const following = operate(['rebuild', 'budgets'], { env: here, clock: systemClock, print, complain: print });
    await budgets.until(() => out.length > 0);
    await dying.stop();
    await budgets.until(() => out.at(-1) === 'budgets: does not answer; it is waited for');
    await listed(budgets.url);
    expect([await following, out.at(-1)]).toEqual([0, 'budgets: is done']);
    await rm(home, { recursive: true });
  });

  test('asks auth for administrators, keys and seals', async () => {
    expect(await ops('make-admin ada@example.org')).toEqual({ code: 0, out: 'ada@example.org is an administrator', err: '' });
    expect(await ops('make-admin bob@example.org')).toEqual({
      code: 1,
      out: '',
      err: 'commonpurse: no verified account has the address bob@example.org',
    });
    expect((await ops('rotate-keys --compromised')).out).toBe('the key k-2 signs from 2026-01-15T12:10:00.000Z');
    expect(await ops('reseal')).toEqual({ code: 0, out: '2 secrets were sealed anew', err: '' });
    expect(await ops('reseal')).toMatchObject({ code: 1, out: expect.stringMatching(/^0 secrets were sealed anew\n3 can not be read/) });
    expect(asked).toEqual([{ email: 'ada@example.org' }, { email: 'bob@example.org' }, { compromised: true }, {}, {}]);
  });

  test('finds a system by what it left in DATA_DIR', async () => {
    const without = { AUTH_URL: '', BUDGETS_URL: '', INTERNAL_KEY: '' };
    const none = await ops('status', without);
    expect(none).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^commonpurse: no system runs with this DATA_DIR /),
    });
    const gateway = { name: 'gateway', service: 'gateway', pid: 1, state: 'ready', restarts: 0 } as const;
    const places = [auth.url, 'http://127.0.0.1:1'].map((url) => ({ ...gateway, url }));
    const processes = [...places, { ...gateway, name: 'budgets', service: 'budgets' as const, url: budgets.url }];
    await writeProcessList(join(folder, 'processes.json'), { pid: 1, url: '', processes });
    expect(await ops('status', without)).toMatchObject({ code: 1, err: expect.stringMatching(/^commonpurse: INTERNAL_KEY: is required/) });
    await openKeys(join(folder, 'keys'));
    const { out } = await ops('status', without);
    expect(out).toMatch(/^gateway +ready[^]*^gateway +not ready[^]*^gateway: can not be reached/m);
    // a key of its own, which is not the system's
    expect(out).toMatch(/^budgets: does not take this INTERNAL_KEY: it is of another system/m);
    await writeFile(join(folder, 'processes.json'), '{');
    expect(await ops('status', without)).toMatchObject({ code: 1, err: expect.stringMatching(/^commonpurse: .+JSON/) });
  });

  test('says in one line what is wrong', async () => {
    expect(await ops('reseal', { AUTH_URL: '' })).toEqual({ code: 1, out: '', err: 'commonpurse: AUTH_URL: is required for this' });
    expect(await ops('reseal', { AUTH_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 1, err: 'commonpurse: auth can not be reached' });
    const wrong = await ops('status', { AUTH_URL: 'ftp://there', INTERNAL_KEY: 'short' });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^commonpurse: (INTERNAL_KEY|AUTH_URL): .+\ncommonpurse: \w+: .+$/)]);
    expect(await ops('statsu')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^commonpurse: there is no command statsu\n.*--help/),
    });
    expect(await ops('--help')).toMatchObject({ code: 0, out: expect.stringContaining('parked replay <service>'), err: '' });
  });
});
