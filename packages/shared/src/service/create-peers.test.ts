import { afterEach, describe, expect, test } from '@jest/globals';
import type { RequestListener, Server } from 'node:http';
import { internalKeyOf, verifyInternal } from '../http/internal-token.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { createPeers } from './create-peers.ts';
import { closeServer, createHttpServer, openPort } from './http-server.ts';
import { PeerDistrusts, PeerRefused, PeerUnavailable } from './peers.ts';

const internalKey = 'between-services-0123456789';
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeServer(server)));
});
const serve = async (listener: RequestListener): Promise<string> => {
  const server = createHttpServer(listener);
  servers.push(server);
  return (await openPort(server, { host: '127.0.0.1', port: 0 })).url;
};
const json =
  (status: number, body: unknown): RequestListener =>
  (_req, res) =>
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
const peersTo = (urls: readonly string[], clock = fakeClock()) =>
  createPeers({ self: 'records', urls: () => ({ auth: urls }), internalKey, clock });
/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:1';

describe('A call to another service', () => {
  test('says who calls, carries the request id, and gives the answer', async () => {
    const seen: Record<string, unknown>[] = [];
    const url = await serve((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        seen.push({ method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(chunks).toString() });
        res.end('{"ok":true}');
      });
    });
    const clock = fakeClock();
    const peers = peersTo([url], clock);
    expect(await peers.get('auth', '/internal/people/1?x=%20', { requestId: 'r-1' })).toEqual({ ok: true });
    expect(await peers.post('auth', '/internal/x', { é: 1 })).toEqual({ ok: true });
    const [first, second] = seen as { headers: Record<string, string>; url: string; method: string; body: string }[];
    expect([first?.method, first?.url, first?.headers['x-request-id'], first?.body]).toEqual([
      'GET',
      '/internal/people/1?x=%20',
      'r-1',
      '',
    ]);
    expect([second?.method, second?.headers['content-type'], second?.body]).toEqual(['POST', 'application/json', '{"é":1}']);
    const token = first!.headers['authorization']!.replace('Bearer ', '');
    expect(verifyInternal(token, { audience: 'auth', key: internalKeyOf(internalKey), nowMs: clock.now() })).toBe('records');
    expect(second?.headers['authorization']).toBe(first?.headers['authorization']);
    clock.advance(30_000);
    await peers.get('auth', '/internal/x');
    expect((seen[2] as { headers: Record<string, string> }).headers['authorization']).not.toBe(first?.headers['authorization']);
  });

  test('that is refused says how', async () => {
    const url = await serve(json(404, { code: 'not-found' }));
    const failure = await peersTo([url])
      .get('auth', '/internal/x')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PeerRefused);
    expect(failure).toMatchObject({ status: 404, problem: { code: 'not-found' } });
  });

  test('may have no answer', async () => {
    expect(await peersTo([await serve((_req, res) => res.writeHead(204).end())]).get('auth', '/x')).toBeUndefined();
  });

  test.each<[string, RequestListener]>([
    ['fails', json(500, {})],
    ['is starting', json(503, {})],
    ['talks nonsense', (_req, res) => res.end('<html>')],
    ['hangs up', (req) => req.socket.destroy()],
    [
      'hangs up in the middle',
      (req, res) => {
        res.writeHead(200, { 'Content-Length': 100 }).write('{"a"');
        setImmediate(() => req.socket.destroy());
      },
    ],
    ['says nothing', () => undefined],
    ['says half of it', (_req, res) => res.writeHead(200).write('{"a"')],
  ])('to one that %s is unavailable', async (_, listener) => {
    const url = await serve(listener);
    await expect(peersTo([url]).get('auth', '/x', { timeoutMs: 200 })).rejects.toBeInstanceOf(PeerUnavailable);
  });

  test('to nobody is unavailable', async () => {
    await expect(peersTo([nowhere]).get('auth', '/x')).rejects.toBeInstanceOf(PeerUnavailable);
    await expect(peersTo([]).get('auth', '/x')).rejects.toBeInstanceOf(PeerUnavailable);
  });
});

describe('Several instances', () => {
  test('take turns', async () => {
    const [a, b] = [await serve(json(200, 'a')), await serve(json(200, 'b'))];
    const peers = peersTo([a, b]);
    const answers = [];
    for (let call = 0; call < 6; call += 1) answers.push(await peers.get<string>('auth', '/x'));
    expect(answers.toSorted()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  });

  test('stand in for one that is gone, which is tried again after a while', async () => {
    const clock = fakeClock();
    const peers = peersTo([nowhere, await serve(json(200, 'b'))], clock);
    for (let call = 0; call < 4; call += 1) expect(await peers.post('auth', '/x', {})).toBe('b');
    clock.advance(2_001);
    for (let call = 0; call < 2; call += 1) expect(await peers.get('auth', '/x')).toBe('b');
  });
});

describe('An instance that fails', () => {
  // as long as it takes is waited where something comes
  const failing: [string, RequestListener, { readonly timeoutMs: number }][] = [
    ['says nothing', () => undefined, { timeoutMs: 1_500 }],
    ['is starting', json(503, {}), { timeoutMs: 60_000 }],
    ['hangs up', (req) => void req.resume().on('end', () => req.socket.destroy()), { timeoutMs: 60_000 }],
  ];
  test.each(failing)('since it %s, leaves what only reads to another one, and is left alone for a while', async (_, listener, patience) => {
    let asked = 0;
    const bad = await serve((req, res) => {
      asked += 1;
      listener(req, res);
    });
    const peers = peersTo([await serve(json(200, 'good')), bad]);
    for (let call = 0; call < 4; call += 1) expect(await peers.get('auth', '/x', patience)).toBe('good');
    expect(asked).toBe(1);
  });

  test.each(failing)('although it %s, may have done what it was told: nobody else is', async (_, listener, patience) => {
    let done = 0;
    const good = await serve((_req, res) => {
      done += 1;
      res.end('1');
    });
    const peers = peersTo([good, await serve(listener)]);
    await expect(peers.post('auth', '/x', {}, patience)).rejects.toBeInstanceOf(PeerUnavailable);
    expect(done).toBe(0);
    expect(await peers.post('auth', '/x', {})).toBe(1);
  });
});

describe('An instance that does not believe who calls, since a clock is wrong or the key another', () => {
  const doubting = json(401, { code: 'unauthenticated' });

  test('has said nothing about what was asked: another one is, whatever it was, and that one is left alone for a while', async () => {
    let asked = 0;
    const bad = await serve((req, res) => {
      asked += 1;
      doubting(req, res);
    });
    const peers = peersTo([await serve(json(200, 'good')), bad]);
    for (let call = 0; call < 2; call += 1) expect(await peers.post('auth', '/x', {})).toBe('good');
    for (let call = 0; call < 2; call += 1) expect(await peers.get('auth', '/x')).toBe('good');
    expect(asked).toBe(1);
  });

  test('is told apart from one that is gone, also where the others are', async () => {
    for (const urls of [
      [await serve(doubting), nowhere],
      [nowhere, await serve(doubting)],
      [await serve(doubting), await serve(json(503, {}))],
    ])
      await expect(peersTo(urls).get('auth', '/x')).rejects.toBeInstanceOf(PeerDistrusts);
  });

  test('is as good as none where there is no other', async () => {
    const failure = await peersTo([await serve(doubting)])
      .get('auth', '/x')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PeerUnavailable);
    expect((failure as Error).message).toMatch(/^auth .*INTERNAL_KEY.*clock/);
  });
});

describe('A kept connection', () => {
  test('that the other side closed is replaced for a read', async () => {
    let calls = 0;
    const url = await serve((req, res) => {
      calls += 1;
      if (calls === 2) req.socket.destroy();
      else res.end('1');
    });
    const peers = peersTo([url]);
    expect(await peers.get('auth', '/x')).toBe(1);
    expect(await peers.get('auth', '/x')).toBe(1);
    expect(calls).toBe(3);
  });

  test('is not written to twice by what may have an effect', async () => {
    let calls = 0;
    const url = await serve((req, res) => {
      calls += 1;
      if (calls === 2) req.socket.destroy();
      else res.end('1');
    });
    const peers = peersTo([url]);
    expect(await peers.post('auth', '/x', {})).toBe(1);
    await expect(peers.post('auth', '/x', {})).rejects.toBeInstanceOf(PeerUnavailable);
    expect(calls).toBe(2);
  });
});
