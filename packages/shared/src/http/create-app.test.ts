import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CacheUnavailable } from '../cache/cache.ts';
import { StaleVersion, StoreUnavailable } from '../documents/documents.ts';
import { onWhoseBehalf } from '../documents/on-behalf-of.ts';
import { closeServer, createHttpServer, openPort } from '../service/http-server.ts';
import { PeerUnavailable } from '../service/peers.ts';
import { sendRequest } from '../testing/http-client.ts';
import type { TestCall } from '../testing/http-client.ts';
import { createApp, messagesOf } from './create-app.ts';
import type { Observation } from './create-app.ts';
import { endpoint } from './endpoint.ts';
import type { Answer, Caller, Endpoint } from './endpoint.ts';
import type { IfMatch } from './etag.ts';
import { Refusal } from './refusal.ts';

let answer: () => Answer | Promise<Answer>;
let seen: { query: unknown; body: unknown; params: unknown; key: string | null; ifMatch: IfMatch } | undefined;
let observed: Observation[] = [];
const declared = { tag: 't', summary: 's', admission: 'open' as const, answers: { 200: { description: 'ok' } } };
const caller = { userId: 'ada', scopes: null } as Caller;

/** As a store asks, some turns later. */
const whoseWork = async (): Promise<string | null> => {
  await new Promise((resolve) => setImmediate(resolve));
  return onWhoseBehalf() ?? null;
};

const endpoints: Endpoint[] = [
  endpoint({
    ...declared,
    method: 'get',
    path: '/things/:id',
    operationId: 'get',
    params: z.strictObject({ id: z.string().max(8) }),
    query: z.strictObject({ limit: z.string().regex(/^\d+$/).optional() }),
    handle: async ({ params, query }) => {
      seen = { params, query, body: null, key: null, ifMatch: null };
      return answer();
    },
  }),
  endpoint({
    ...declared,
    method: 'get',
    path: '/things/special',
    operationId: 'special',
    handle: async () => ({ status: 200, body: 'special' }),
  }),
  ...[':part', 'all'].map((part) =>
    endpoint({
      ...declared,
      method: 'get',
      path: `/things/:id/parts/${part}`,
      operationId: `part-${part}`,
      handle: async () => ({ status: 200, body: part }),
    }),
  ),
  endpoint({
    ...declared,
    method: 'post',
    path: '/things',
    operationId: 'post',
    idempotent: true,
    body: z.strictObject({ name: z.string(), size: z.number().optional() }),
    handle: async ({ body, idempotencyKey }) => {
      seen = { params: null, query: null, body, key: idempotencyKey, ifMatch: null };
      return answer();
    },
  }),
  endpoint({
    ...declared,
    method: 'patch',
    path: '/things/:id',
    operationId: 'patch',
    conditional: true,
    mergePatch: true,
    body: z.strictObject({ name: z.string().nullable().optional() }),
    handle: async ({ body, ifMatch }) => {
      seen = { params: null, query: null, body, key: null, ifMatch };
      return answer();
    },
  }),
  endpoint({ ...declared, method: 'post', path: '/things/:id/touch', operationId: 'touch', handle: async () => answer() }),
  endpoint({ ...declared, method: 'delete', path: '/things/:id', operationId: 'delete', handle: async () => answer() }),
  endpoint({
    ...declared,
    method: 'get',
    path: '/me',
    operationId: 'me',
    admission: 'session',
    handle: async ({ caller: { userId } }) => ({ status: 200, body: { userId, workIsFor: await whoseWork() } }),
  }),
  endpoint({
    ...declared,
    method: 'get',
    path: '/open',
    operationId: 'open',
    handle: async () => ({ status: 200, body: { workIsFor: await whoseWork() } }),
  }),
  endpoint({
    ...declared,
    method: 'get',
    path: '/nobody',
    operationId: 'nobody',
    handle: async ({ caller: { userId } }) => ({ status: 200, body: userId }),
  }),
];

/** The prototypes of a request and its response before and after the application was handed them. */
let kinds: object[][];
const kindsOf = (req: IncomingMessage, res: ServerResponse): object[] => [req, res].map((one) => Object.getPrototypeOf(one) as object);

let server: Server;
let url: string;
beforeAll(async () => {
  const app = createApp({
    endpoints,
    admit: (_req, admission) => (admission === 'open' ? null : caller),
    readmit: async (one) => one,
    observe: (observation) => observed.push(observation),
    gate: () => undefined,
  });
  server = createHttpServer((req, res) => {
    kinds = [kindsOf(req, res)];
    app(req as Request, res as Response);
    kinds.push(kindsOf(req, res));
  }, messagesOf(app));
  ({ url } = await openPort(server, { host: '127.0.0.1', port: 0 }));
});
afterAll(() => closeServer(server));
beforeEach(() => {
  seen = undefined;
  observed = [];
  answer = () => ({ status: 200, body: { ok: true } });
});
const send = (method: string, path: string, call?: TestCall) => sendRequest(url, method, path, call);
const outcome = async (method: string, path: string, call?: TestCall) => {
  const { status, body } = await send(method, path, call);
  return [status, body?.code, ...(body?.errors ?? []).map((error: { path: string; code: string }) => `${error.path} ${error.code}`)];
};

describe('Routing', () => {
  test('knows static paths from ids', async () => {
    expect((await send('GET', '/things/special')).body).toBe('special');
    expect(observed[0]?.route).toBe('/things/special');
    expect((await send('GET', '/things/1/parts/all')).body).toBe('all');
    expect((await send('GET', '/things/special/parts/2')).body).toBe(':part');
  });

  test('works on behalf of whoever is calling, for whom a store keeps a turn', async () => {
    expect((await send('GET', '/me')).body).toEqual({ userId: 'ada', workIsFor: 'ada' });
    expect((await send('GET', '/open')).body).toEqual({ workIsFor: null });
  });

  test('is of messages that are made as Express wants them', async () => {
    expect((await send('GET', '/things/special')).status).toBe(200);
    const [[request, response] = [], after = []] = kinds;
    expect([after[0] === request, after[1] === response]).toEqual([true, true]);
  });

  test('answers unknown paths with a problem', async () => {
    const { status, body, headers } = await send('GET', '/nothing', { headers: { 'x-request-id': 'mine' } });
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['x-request-id']).toBe('mine');
    // only who might get further by signing in is told how
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(body).toEqual({
      type: '/problems/not-found',
      title: 'Not found',
      status: 404,
      detail: 'There is nothing here',
      code: 'not-found',
      requestId: 'mine',
    });
    expect(observed).toEqual([expect.objectContaining({ route: 'unmatched', status: 404 })]);
  });

  test.each(['/things/', '/Things/1', '//things/1', '/things/1/'])('takes %s for another path', async (path) => {
    expect((await send('GET', path)).status).toBe(404);
  });

  test('names the methods that a known path takes', async () => {
    const { status, headers, body } = await send('PUT', '/things/1');
    expect([status, body.code, headers.allow]).toEqual([405, 'method-not-allowed', 'DELETE, GET, HEAD, PATCH']);
    expect((await send('GET', '/things')).headers.allow).toBe('POST');
    expect((await send('OPTIONS', '/things')).status).toBe(405);
  });

  test('answers HEAD like GET, without the body', async () => {
    const { status, text, headers } = await send('HEAD', '/things/1');
    expect([status, text, headers['content-length']]).toEqual([200, '', '11']);
  });

  test('takes an id that can not be for one that is not', async () => {
    const absent = {
      type: '/problems/not-found',
      title: 'Not found',
      status: 404,
      detail: 'There is nothing here',
      code: 'not-found',
      requestId: 'r',
    };
    for (const id of ['much-too-long', '%00', 'a%00b']) {
      expect((await send('GET', `/things/${id}`, { headers: { 'x-request-id': 'r' } })).body).toEqual(absent);
    }
    expect(await outcome('GET', '/things/%ff')).toEqual([400, 'validation-failed', ' invalid-encoding']);
  });

  test('hands on what was parsed', async () => {
    await send('GET', '/things/a%2Fb?limit=3');
    expect(seen).toMatchObject({ params: { id: 'a/b' }, query: { limit: '3' } });
    expect((await send('GET', '/me')).body).toMatchObject({ userId: 'ada' });
  });
});

describe('Queries', () => {
  test.each([
    ['/things/1?limit=x', '/limit invalid-format'],
    ['/things/1?limit=1&limit=2', '/limit repeated-parameter'],
    ['/things/1?other=1', '/other unknown-parameter'],
    ['/things/1?limit=%00', '/limit invalid-character'],
    ['/things/special?x=1', '/x unknown-parameter'],
  ])('%s is refused', async (path, error) => {
    expect(await outcome('GET', path)).toEqual([400, 'validation-failed', error]);
  });
});

describe('Bodies', () => {
  const json = { 'content-type': 'application/json' };

  test('are read strictly', async () => {
    expect((await send('POST', '/things', { body: { name: 'x' } })).status).toBe(200);
    expect(seen?.body).toEqual({ name: 'x' });
    expect(
      (
        await send('POST', '/things', {
          raw: '{"name":"é"}',
          headers: { 'content-type': 'Application/JSON ; profile="x"; charset="UTF-8"' },
        })
      ).status,
    ).toBe(200);
    expect((await send('POST', '/things', { raw: '{"name":"x"}', headers: { ...json, 'content-encoding': 'identity' } })).status).toBe(200);
  });

  test.each<[string, TestCall, unknown[]]>([
    ['malformed', { raw: '{', headers: json }, [400, 'validation-failed', ' malformed-json']],
    ['not UTF-8', { raw: Buffer.from([0x22, 0xff, 0x22]), headers: json }, [400, 'validation-failed', ' malformed-json']],
    ['with a byte order mark', { raw: Buffer.from('\ufeff{"name":"x"}'), headers: json }, [400, 'validation-failed', ' malformed-json']],
    ['with a name twice', { raw: '{"name":"a","name":"b"}', headers: json }, [400, 'validation-failed', '/name duplicate-field']],
    ['with unknown fields', { body: { name: 'a', version: 3 } }, [400, 'validation-failed', '/version unknown-field']],
    ['that touch prototypes', { raw: '{"__proto__":{"name":"x"}}', headers: json }, [400, 'validation-failed', '/__proto__ unknown-field']],
    [
      'of depth 10,000',
      { raw: `${'['.repeat(10_000)}${']'.repeat(10_000)}`, headers: json },
      [400, 'validation-failed', `${'/0'.repeat(64)} too-deep`],
    ],
    ['with an exponent', { raw: '{"name":"x","size":1e3}', headers: json }, [400, 'validation-failed', '/size exponent-notation']],
    ['that are no object', { raw: '[]', headers: json }, [400, 'validation-failed', ' invalid-type']],
    [
      'of another type',
      { raw: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      [415, 'unsupported-media-type'],
    ],
    ['without a type', { raw: '{}' }, [415, 'unsupported-media-type']],
    ['in another charset', { raw: '{}', headers: { 'content-type': 'application/json; charset=latin1' } }, [415, 'unsupported-media-type']],
    ['compressed', { raw: '{}', headers: { ...json, 'content-encoding': 'gzip' } }, [415, 'unsupported-media-type']],
    [
      'as a patch where none is taken',
      { raw: '{}', headers: { 'content-type': 'application/merge-patch+json' } },
      [415, 'unsupported-media-type'],
    ],
  ])('%s are refused', async (_, call, expected) => {
    expect(await outcome('POST', '/things', call)).toEqual(expected);
    expect(seen).toBeUndefined();
  });

  test('that are absent count as empty objects, but a merge patch has to be there', async () => {
    const chunked = { raw: '', headers: { ...json, 'transfer-encoding': 'chunked' } };
    for (const absent of [undefined, { raw: '', headers: json }, chunked]) {
      expect(await outcome('POST', '/things', absent)).toEqual([400, 'validation-failed', '/name required']);
      expect(await outcome('PATCH', '/things/1', absent)).toEqual([400, 'validation-failed', ' required']);
    }
    expect((await send('PATCH', '/things/1', { body: {} })).status).toBe(200);
  });

  test('may be merge patches where that is declared', async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect((await send('PATCH', '/things/1', { raw: '{"name":null}', headers })).status).toBe(200);
    expect(seen?.body).toEqual({ name: null });
    for (const type of ['text/plain', 'application/json-patch+json']) {
      expect(await outcome('PATCH', '/things/1', { raw: '{}', headers: { 'content-type': type } })).toEqual([
        415,
        'unsupported-media-type',
      ]);
    }
  });

  test('of a POST that takes none may be absent or an empty object, and are otherwise refused like any', async () => {
    const touch = (call?: TestCall): Promise<unknown[]> => outcome('POST', '/things/1/touch', call);
    answer = () => ({ status: 204 });
    for (const call of [undefined, { body: {} }, { raw: '', headers: json }, { raw: '' }]) expect((await touch(call))[0]).toBe(204);
    expect(await touch({ body: { name: 'x' } })).toEqual([400, 'validation-failed', '/name unknown-field']);
    expect(await touch({ raw: '{', headers: json })).toEqual([400, 'validation-failed', ' malformed-json']);
    expect(await touch({ raw: '[]', headers: json })).toEqual([400, 'validation-failed', ' invalid-type']);
    expect(await touch({ raw: 'name=x' })).toEqual([415, 'unsupported-media-type']);
    expect(await touch({ body: { name: 'x'.repeat(1024 * 1024) } })).toEqual([413, 'too-large']);
  });

  test('on GET and DELETE are not looked at', async () => {
    expect((await send('GET', '/things/1', { raw: '{', headers: json })).status).toBe(200);
    expect((await send('DELETE', '/things/1', { raw: 'x'.repeat(100_000) })).status).toBe(200);
  });
});

describe('Conditions and keys', () => {
  test('If-Match reaches the handler, and a malformed one does not', async () => {
    await send('PATCH', '/things/1', { body: {}, headers: { 'if-match': '"4"' } });
    expect(seen?.ifMatch).toEqual([4]);
    expect(await outcome('PATCH', '/things/1', { body: {}, headers: { 'if-match': '4' } })).toEqual([
      400,
      'validation-failed',
      '/If-Match header-invalid',
    ]);
  });

  test('Idempotency-Key reaches the handler, and a malformed one does not', async () => {
    for (const key of ['k', '~'.repeat(255)]) {
      await send('POST', '/things', { body: { name: 'x' }, headers: { 'idempotency-key': key } });
      expect(seen?.key).toBe(key);
    }
    for (const key of ['', 'a b', 'x'.repeat(256), 'é']) {
      const call = { body: { name: 'x' }, headers: { 'idempotency-key': key } };
      expect(await outcome('POST', '/things', call)).toEqual([400, 'validation-failed', '/Idempotency-Key header-invalid']);
    }
  });

  test('are ignored, however malformed, where the route does not honour them', async () => {
    expect((await send('POST', '/things/1/touch', { headers: { 'idempotency-key': 'a b', 'if-match': '4' } })).status).toBe(200);
  });

  test('If-None-Match makes a read cheap, and does nothing to a write', async () => {
    answer = () => ({ status: 200, body: { ok: true }, version: 3 });
    const { status, text, headers } = await send('GET', '/things/1', { headers: { 'if-none-match': 'W/"3"' } });
    expect([status, text, headers.etag]).toEqual([304, '', '"3"']);
    expect((await send('HEAD', '/things/1', { headers: { 'if-none-match': '"3"' } })).status).toBe(304);
    expect((await send('GET', '/things/1', { headers: { 'if-none-match': '"2"' } })).status).toBe(200);
    expect((await send('DELETE', '/things/1', { headers: { 'if-none-match': '*' } })).status).toBe(200);
  });

  test('say nothing of what has no version, which is always sent whole', async () => {
    const { status, headers } = await send('GET', '/things/1', { headers: { 'if-none-match': '*' } });
    expect([status, headers.etag]).toEqual([200, undefined]);
  });
});

describe('Answers', () => {
  test('carry version, own headers, and the request id, made where the sent one is no good', async () => {
    answer = () => ({ status: 201, body: {}, version: 1, headers: { Location: '/things/9' } });
    const { headers } = await send('POST', '/things', { body: { name: 'x' }, headers: { 'x-request-id': 'no good' } });
    expect([headers.etag, headers.location, headers['cache-control']]).toEqual(['"1"', '/things/9', 'no-store']);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    for (const length of [1, 128, 129]) {
      const sent = '~'.repeat(length);
      const answered = (await send('GET', '/things/1', { headers: { 'x-request-id': sent } })).headers['x-request-id'];
      expect([length, answered === sent]).toEqual([length, length <= 128]);
    }
    expect(observed[0]).toMatchObject({
      method: 'POST',
      route: '/things',
      status: 201,
      userId: null,
      error: null,
      requestId: headers['x-request-id'],
    });
  });

  test.each(['Milk', 'K\u00e4se', '\u20ac', '\u{1f9c0}', '\u2028', 'M'.repeat(40_000), `${'M'.repeat(40_000)}\u00e4`])(
    'are whole, in UTF-8 and with their length in bytes: %.12s',
    async (name) => {
      answer = () => ({ status: 200, body: { name } });
      const { headers, text, body } = await send('GET', '/things/1');
      expect(body).toEqual({ name });
      expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    },
  );

  test.each([
    ['are kept by no cache: some hold tokens', { body: { accessToken: 'a' } }],
    ['with a version neither: another person may have the same one there', { body: { name: 'Ada' }, version: 1 }],
  ])('%s', async (_, given) => {
    answer = () => ({ status: 200, ...given });
    expect((await send('GET', '/things/1')).headers['cache-control']).toBe('no-store');
  });

  test('may have no body, or be a stream', async () => {
    answer = () => ({ status: 204 });
    expect(await send('DELETE', '/things/1')).toMatchObject({ status: 204, text: '' });
    answer = () => ({
      status: 200,
      headers: { 'Content-Type': 'text/csv' },
      stream: async (res) => {
        res.write('a;');
        res.end('b');
      },
    });
    expect(await send('GET', '/things/1')).toMatchObject({ status: 200, text: 'a;b' });
  });

  test('that break in the middle are cut, never ended as if whole', async () => {
    answer = () => ({
      status: 200,
      stream: async (res) => {
        res.write('half');
        throw new Error('broken');
      },
    });
    await expect(send('GET', '/things/1')).rejects.toThrow();
    expect(observed[0]?.error).toEqual(new Error('broken'));
  });
});

describe('Refusals', () => {
  const refused = async (error: unknown) => {
    answer = () => {
      throw error;
    };
    return send('GET', '/things/1', { headers: { 'x-request-id': 'r' } });
  };

  test('have their status, code, headers and errors', async () => {
    const { status, body, headers } = await refused(new Refusal('unauthenticated', 'Sign in first'));
    expect([status, body.code, headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer']);
    expect((await refused(new Refusal('invalid-credentials', 'No', { status: 403 }))).status).toBe(403);
    expect((await refused(new Refusal('rate-limited', 'Slow', { headers: { 'Retry-After': '3' } }))).headers['retry-after']).toBe('3');
  });

  test.each([new StoreUnavailable('mongodb://secret'), new PeerUnavailable('auth'), new CacheUnavailable('redis')])(
    '%s is 503 with Retry-After',
    async (error) => {
      const { status, headers, text } = await refused(error);
      expect([status, headers['retry-after']]).toEqual([503, '1']);
      expect(text).not.toContain('secret');
    },
  );

  test('two that changed the same thing at once is a conflict', async () => {
    expect((await refused(new StaleVersion('records', 'id', 3))).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  test('of something unexpected tell nothing', async () => {
    const { status, body } = await refused(new TypeError('cannot read password of undefined'));
    expect(status).toBe(500);
    expect(body).toEqual({
      type: '/problems/internal-error',
      title: 'Something went wrong',
      status: 500,
      detail: 'Something went wrong on our side',
      code: 'internal-error',
      requestId: 'r',
    });
    expect(observed[0]?.error).toBeInstanceOf(TypeError);
    expect((await send('GET', '/nobody')).status).toBe(500);
  });

  test('leave no header of the answer that failed behind', async () => {
    answer = () => ({
      status: 200,
      version: 3,
      headers: { Location: '/x' },
      stream: async () => {
        throw new Refusal('not-found', 'gone');
      },
    });
    const { status, headers } = await send('GET', '/things/1');
    expect([status, headers.etag, headers.location, headers['cache-control']]).toEqual([404, undefined, undefined, 'no-store']);
  });
});
